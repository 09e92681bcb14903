#!/bin/sh
# Once, when the database is new: one role owns the tables and migrates, the other is the app's.
set -eu
psql --no-psqlrc --set=ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set=owner_password="$OWNER_PASSWORD" --set=app_password="$APP_PASSWORD" <<'SQL'
CREATE ROLE p2ktd_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE p2ktd LOGIN PASSWORD :'app_password';
CREATE DATABASE p2ktd OWNER p2ktd_owner;
REVOKE CONNECT ON DATABASE p2ktd FROM PUBLIC;
GRANT CONNECT ON DATABASE p2ktd TO p2ktd;
SQL
