#!/bin/sh
# The environment contract of the official image, as far as tests need it: POSTGRES_USER, POSTGRES_PASSWORD,
# POSTGRES_DB, PGDATA, scripts in /docker-entrypoint-initdb.d, and `postgres …` or any other command as arguments.
set -eu

[ "${1:-postgres}" = postgres ] || exec "$@"

user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -z "${POSTGRES_PASSWORD:-}" ]; then
    echo "POSTGRES_PASSWORD is not set" >&2
    exit 1
  fi
  umask 077
  passwords=$(mktemp -d)
  printf '%s\n' "$POSTGRES_PASSWORD" >"$passwords/superuser"
  initdb -D "$PGDATA" --username="$user" --pwfile="$passwords/superuser" --encoding=UTF8 --locale=C.UTF-8 \
    --auth-local=trust --auth-host=scram-sha-256 --no-sync
  rm -r "$passwords"
  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"

  # Through the socket alone, so that nobody outside takes this server for the final one.
  pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
  if [ "$database" != postgres ]; then
    psql --no-psqlrc -v ON_ERROR_STOP=1 -v name="$database" -U "$user" -d postgres <<'SQL'
create database :"name";
SQL
  fi
  for script in /docker-entrypoint-initdb.d/*.sql; do
    [ ! -e "$script" ] || psql --no-psqlrc -v ON_ERROR_STOP=1 -U "$user" -d "$database" -f "$script"
  done
  pg_ctl -D "$PGDATA" -m fast -w stop
fi

unset POSTGRES_PASSWORD
[ "$#" -gt 0 ] || set -- postgres
shift
exec postgres -D "$PGDATA" -c listen_addresses='*' "$@"
