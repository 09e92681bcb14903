# One image for web, worker, relay, beat and migrate. Two stages: compilers and pip stay in the first.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements.lock .
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --use-pep517 --require-hashes --requirement requirements.lock

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libfontconfig1 \
        fontconfig fonts-liberation fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && fc-cache --force \
    && groupadd --gid 10001 p2ktd \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin p2ktd \
    && install -d -o p2ktd -g p2ktd -m 700 /srv/files /var/lib/p2ktd
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=p2ktd.settings \
    WEB_BIND=0.0.0.0:8000 \
    XDG_CACHE_HOME=/tmp \
    MEDIA_ROOT=/srv/files \
    VAR_DIR=/var/lib/p2ktd
WORKDIR /app
COPY . .
RUN python -m compileall -q /app
USER p2ktd
# Static files are part of the image; the secrets here are of no use anywhere.
RUN SECRET_KEY=build FIELD_KEYS=build=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= DATABASE_URL=postgresql://build/build \
    python manage.py collectstatic --noinput --verbosity 0
EXPOSE 8000
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "p2ktd.wsgi"]
