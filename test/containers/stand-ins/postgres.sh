#!/bin/sh
# What the official image's start does, as far as compose asks for it: makes a database of POSTGRES_USER with the
# password of POSTGRES_PASSWORD_FILE, or POSTGRES_PASSWORD, at the first start, then serves.
set -eu
data=/var/lib/postgresql/data
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$data"
  chown postgres "$data"
  exec runuser -u postgres -- "$0" "$@"
fi
if [ ! -s "$data/PG_VERSION" ]; then
  method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  password=${POSTGRES_PASSWORD_FILE:-}
  if [ -z "$password" ]; then
    password=/tmp/password
    printf '%s' "$POSTGRES_PASSWORD" > "$password"
  fi
  # shellcheck disable=SC2086 # several words
  initdb -D "$data" -U "$POSTGRES_USER" --pwfile="$password" --auth-local=trust \
    --auth-host="$method" ${POSTGRES_INITDB_ARGS:-}
  echo "host all all all $method" >> "$data/pg_hba.conf"
  pg_ctl -D "$data" -o "-c listen_addresses=''" -w start
  createdb -U "$POSTGRES_USER" "$POSTGRES_DB"
  pg_ctl -D "$data" -m fast -w stop
fi
exec postgres -D "$data" -c listen_addresses='*'
