/**
 * What the official image's entrypoint does, for the programs that the npm package has: initdb and postgres, no psql.
 * The password goes from shell builtin to initdb through a pipe: never in an argument, never in a file.
 */
export const POSTGRES_ENTRYPOINT = `#!/bin/sh
set -eu

# A first argument that is an option is one of postgres.
case "\${1:-postgres}" in -*) set -- postgres "$@" ;; esac
[ "$1" = postgres ] || exec "$@"

from_file() {
  eval "value=\\\${$1:-} file=\\\${$1_FILE:-}"
  if [ -n "$value" ] && [ -n "$file" ]; then
    echo "error: $1 and $1_FILE are both set" >&2
    exit 1
  fi
  if [ -n "$file" ]; then value=$(cat "$file"); fi
  eval "$1=\\$value"
}
from_file POSTGRES_PASSWORD
from_file POSTGRES_USER
from_file POSTGRES_DB
from_file POSTGRES_INITDB_ARGS
: "\${POSTGRES_USER:=postgres}"
: "\${POSTGRES_DB:=$POSTGRES_USER}"
method=\${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}

mkdir -p "$PGDATA"
chmod 700 "$PGDATA"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$method" != trust ]; then
    echo "error: set POSTGRES_PASSWORD to a non-empty value, or POSTGRES_HOST_AUTH_METHOD=trust" >&2
    exit 1
  fi
  for script in /docker-entrypoint-initdb.d/*; do
    case "$script" in
      *.sh) ;;
      *'/*') ;;
      *) echo "error: $script: only .sh files can be run here, there is no psql" >&2; exit 1 ;;
    esac
  done
  if [ -n "$POSTGRES_PASSWORD" ]; then
    # shellcheck disable=SC2086  the arguments are words
    printf '%s\\n' "$POSTGRES_PASSWORD" |
      initdb --username="$POSTGRES_USER" --pwfile=/dev/stdin --auth-local=trust --auth-host="$method" \\
        --encoding=UTF8 $POSTGRES_INITDB_ARGS
  else
    # shellcheck disable=SC2086
    initdb --username="$POSTGRES_USER" --auth-local=trust --auth-host="$method" --encoding=UTF8 $POSTGRES_INITDB_ARGS
  fi
  echo "host all all all $method" >>"$PGDATA/pg_hba.conf"
  if [ "$POSTGRES_DB" != postgres ]; then
    quoted=$(printf '%s' "$POSTGRES_DB" | sed 's/"/""/g')
    printf 'CREATE DATABASE "%s"\\n' "$quoted" | postgres --single -D "$PGDATA" postgres >/dev/null
  fi
  for script in /docker-entrypoint-initdb.d/*.sh; do
    [ -e "$script" ] || continue
    if [ -x "$script" ]; then "$script"; else . "$script"; fi
  done
fi
unset POSTGRES_PASSWORD value

shift
exec postgres -c listen_addresses='*' -c unix_socket_directories=/run/postgresql "$@"
`;
