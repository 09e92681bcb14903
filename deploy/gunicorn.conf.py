"""gunicorn, in production and in `make run` alike. WEB_BIND, WEB_WORKERS and WEB_TIMEOUT may say otherwise."""

import os

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "sync"  # nginx holds the slow phones; a worker holds a request only while it works
timeout = int(os.environ.get("WEB_TIMEOUT", "60"))  # above any statement_timeout, below nginx's
graceful_timeout = 20
keepalive = 5
max_requests = 20_000  # a worker that grew starts anew, not all at once; a start costs two seconds of CPU
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # the heartbeat never waits for a disk
control_socket_disable = True
accesslog = None  # nginx writes it; Django logs what went wrong
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "core.logs.JSONFormatter"}},
    "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
    "root": {"handlers": ["stdout"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "gunicorn.error": {"handlers": ["stdout"], "level": "INFO", "propagate": False},
        "gunicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
