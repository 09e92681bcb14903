"""Settings, read from the environment by strict parsers: a wrong value stops the start, none is guessed.

`docs/deploy.md` lists every name. Only SECRET_KEY, FIELD_KEYS and DATABASE_URL have no default.
"""

from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.templatetags.static import static
from environs import Env, validate
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.store import connection_class

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

# --- what this deployment is ------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)  # invented people, a mailbox page, "DATA CONTOH" on every page and paper
SECRET_KEY = env.str("SECRET_KEY")
SITE_URL = env.str("SITE_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
HTTPS = env.bool("HTTPS", SITE_URL.startswith("https://"))
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)  # how many proxies of ours stand in front
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))

# --- apps ---------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "core",
    "regions",
    "accounts",
    "verification",
    "catalog",
    "transactions",
    "reviews",
    "monitoring",
    "p2ktd",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "core.middleware.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "core.middleware.LargeBodyMiddleware",
    "core.middleware.RefuseBadTextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.KeepTypedMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",  # deny by default
    "django.middleware.csrf.CsrfViewMiddleware",  # reads the body, so after the refusal of strangers
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SessionEndMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.PersonsZoneMiddleware",
    "core.middleware.ReturnTypedMiddleware",
    "core.middleware.PrivatePagesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]

ROOT_URLCONF = env.str("ROOT_URLCONF", "p2ktd.urls")  # `make bench` adds reference pages
WSGI_APPLICATION = "p2ktd.wsgi.application"
FORM_RENDERER = "core.jinja.FormRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "p2ktd.context.site",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",  # small parts that pages repeat: core/jinja.py
        "DIRS": [BASE_DIR / "templates" / "jinja2"],
        "APP_DIRS": True,  # Django's own widgets
        "OPTIONS": {"environment": "core.jinja.environment"},
    },
]

# --- data ---------------------------------------------------------------------------------------
DATABASES = {
    "default": dj_database_url.parse(
        env.str("DATABASE_URL"),
        engine="django.db.backends.postgresql",
        conn_max_age=env.int("CONN_MAX_AGE", 300),
        conn_health_checks=True,
    )
}
_timeouts = {
    "statement_timeout": env.int("DB_STATEMENT_TIMEOUT_MS", 15_000),
    "lock_timeout": env.int("DB_LOCK_TIMEOUT_MS", 5_000),
    "idle_in_transaction_session_timeout": env.int("DB_IDLE_TIMEOUT_MS", 30_000),
}
# The data lie in memory or on a disk without a head, and no statement runs so long that compiling it would pay.
_planner = {"random_page_cost": 1.1, "jit": "off"}
DATABASES["default"].setdefault("OPTIONS", {})["options"] = " ".join(
    f"-c {name}={value}" for name, value in (_timeouts | _planner).items()
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "redis://localhost:6379/0")
CACHE_URL = env.str("CACHE_URL", REDIS_URL.rsplit("/", 1)[0] + "/1")
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {
            "SOCKET_CONNECT_TIMEOUT": 0.3,
            "SOCKET_TIMEOUT": 0.3,
            "CONNECTION_POOL_KWARGS": {
                "connection_class": connection_class(CACHE_URL),  # with Redis hanging it is asked once a while
                "retry": Retry(NoBackoff(), 0),
            },
            "IGNORE_EXCEPTIONS": True,  # with Redis away every page still works
        },
    }
}
KEEP_PAGES = env.bool("KEEP_PAGES", not DEBUG)  # public pages are made once for each state of the data
KEEP_SECONDS = env.int("KEEP_SECONDS", 3600)  # 0: made for each who asks, as `make bench` does to see what that costs
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = env.int("SESSION_IDLE_SECONDS", 8 * 3600)  # without use; renewed while a person works
SESSION_LONGEST = 14 * 24 * 3600  # in any case
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- work in the background: rows in core.Job, rung through Celery ------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200  # WeasyPrint keeps memory
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "core.tasks.beat", "schedule": 30.0},
    "sessions": {"task": "core.tasks.forget_sessions", "schedule": crontab(minute=30, hour=18)},
    "views": {"task": "catalog.tasks.fold_views", "schedule": 300.0},
    "rollups": {"task": "monitoring.tasks.refresh_rollups", "schedule": 300.0},
    "words": {"task": "catalog.tasks.recount_words", "schedule": crontab(minute=15, hour=18)},  # 01.15 WIB
    # On the 1st at 02.00 WIB the month has ended in every zone of the country.
    "monthly-reports": {"task": "monitoring.tasks.close_month", "schedule": crontab(minute=0, hour=19)},
    # 01.30 WIB: villages read the night's figures in the morning.
    "year-end": {"task": "transactions.tasks.call_year_end", "schedule": crontab(minute=20, hour=23)},  # 06.20 WIB
    "prices": {"task": "transactions.tasks.refresh_prices", "schedule": crontab(minute=30, hour=18)},
    "bundles": {"task": "transactions.tasks.forget_bundles", "schedule": crontab(minute=45, hour=18)},
    # 06.00 WIB: the day has begun in Jakarta, by whose date listings end, and people are awake.
    "reminders": {"task": "verification.tasks.remind", "schedule": crontab(minute=0, hour=23)},
}

# --- people -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.Backend"]  # allauth's, with one query for who is there
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "todo"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.login_forms.LoginForm",
    "signup": "accounts.login_forms.SignupForm",
    "change_password": "accounts.login_forms.ChangePasswordForm",
    "confirm_email_verification_code": "accounts.login_forms.ConfirmEmailForm",
    "confirm_password_reset_code": "accounts.login_forms.ConfirmResetForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True  # a code is easier than a link on a shared phone
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
# allauth counts in the cache, where a volley slips through and where nobody gets in with Redis away.
# The limits are ours, in PostgreSQL: accounts/limits.py.
ACCOUNT_RATE_LIMITS = False
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Marketplace P2KTD"
MFA_TOTP_TOLERANCE = 1  # one step of 30 s either way, for telephones with a wrong clock
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.login_forms.AuthenticateForm",
    "reauthenticate": "accounts.login_forms.ReauthenticateForm",
}
FIELD_KEYS: dict[str, str] = env.dict("FIELD_KEYS")  # key id -> 32 bytes in base64; the last one encrypts, all decrypt

# --- mail: rows in core.Mail, delivered by the worker ---------------------------------------------
EMAIL_BACKEND = "core.mail.OutboxBackend"
EMAIL_DELIVERY = env.dj_email_url("EMAIL_URL", "dummy://" if DEMO else "console://")
if "EMAIL_BACKEND" not in EMAIL_DELIVERY:
    raise ValueError("EMAIL_URL must begin with submission://, smtp://, console://, file:/// or dummy://")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Marketplace P2KTD <noreply@localhost>")

# --- language and time ----------------------------------------------------------------------------
LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia")]
LOCALE_PATHS = [BASE_DIR / "p2ktd" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # shown in the region's own zone

# --- files ------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "core.bundles.BundleFinder",  # one style sheet and one script per page
]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "files")))
MEDIA_URL = ""  # nothing is served from there but through core.views.file
X_ACCEL_PREFIX = env.str("X_ACCEL_PREFIX", "")  # nginx's internal location; empty: Django sends the bytes
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", 5 * 1024 * 1024)
# Five such files and the form around them; nginx's client_max_body_size is the same. Held in memory, never spooled:
# no worker that dies leaves somebody's KTP in a temporary folder.
REQUEST_MAX_BYTES = 5 * UPLOAD_MAX_BYTES + 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = REQUEST_MAX_BYTES
# A path or host:port; then no upload passes unscanned.
CLAMAV_SOCKET = env.str("CLAMAV_SOCKET", "", validate=validate.Regexp(r"^$|^/.|^[^/]+:\d{1,5}$"))
CLAMAV_SECONDS = env.float("CLAMAV_SECONDS", 15.0)  # for one file; no answer by then is a refusal
# What one provider's application may hold, replaced papers included: experts and experience bring many.
APPLICATION_MAX_FILES = env.int("APPLICATION_MAX_FILES", 150)
APPLICATION_MAX_BYTES = env.int("APPLICATION_MAX_BYTES", 500 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 12
FILE_UPLOAD_PERMISSIONS = 0o600

# --- security -----------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    if TRUSTED_PROXIES:  # otherwise anybody could say it
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", False)
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sesi"
    CSRF_COOKIE_NAME = "__Host-csrf"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
    }
}
# The admin theme's scripts (Alpine) evaluate expressions; the looser policy is confined to the admin.
ADMIN_CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": CONTENT_SECURITY_POLICY["DIRECTIVES"]
    | {
        "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
        "style-src": [SELF, UNSAFE_INLINE],
    }
}

# --- the admin's theme; its colours are those of static/css/tokens.css --------------------------------
UNFOLD = {
    "SITE_TITLE": "Meja kerja P2KTD",
    "SITE_HEADER": "Meja kerja P2KTD",
    "SITE_SUBHEADER": "Marketplace P2KTD",
    "SITE_URL": "/",
    "SITE_ICON": lambda request: static("img/mark.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/mark.svg")}],
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": False,
    "THEME": "light",
    "BORDER_RADIUS": "8px",
    "STYLES": ["p2ktd.desk.style"],
    "SCRIPTS": ["p2ktd.desk.script"],
    "DASHBOARD_CALLBACK": "p2ktd.desk.first_page",
    "SIDEBAR": {"show_search": False, "navigation": "p2ktd.desk.navigation"},
    "COLORS": {
        "primary": {
            "50": "#f0f7f7",
            "100": "#dcedee",
            "200": "#b9dadd",
            "300": "#8bc0c5",
            "400": "#4f9ca5",
            "500": "#0b7280",
            "600": "#085c66",
            "700": "#07474f",
            "800": "#053b43",
            "900": "#04313a",
            "950": "#02222a",
        },
        "font": {
            "subtle-light": "#47585e",
            "subtle-dark": "#d5dedf",
            "default-light": "#14262b",
            "default-dark": "#f5f8f7",
            "important-light": "#14262b",
            "important-dark": "#ffffff",
        },
    },
}

# --- logs: JSON on standard output, without personal data ----------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "core.logs.JSONFormatter"}},
    "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
    "root": {"handlers": ["stdout"], "level": env.log_level("LOG_LEVEL", "INFO")},  # type: ignore[call-overload]
    "loggers": {
        "django.server": {"handlers": ["stdout"], "propagate": False},
        "fontTools": {"level": "WARNING"},
        "weasyprint.progress": {"level": "WARNING"},
    },
}
