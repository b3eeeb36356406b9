#!/usr/bin/env bash
# Makes three states of one PostgreSQL data directory, for benches/preset_choice.rs:
#
#   pg-A      after `pgbench -i -s 50`: 5 million rows, about 750 MB of tables and indexes
#   pg-few-B  pg-A after 2,000 transactions
#   pg-B      pg-A after 80,000 more
#
# Each is a plain copy of a cluster that was shut down cleanly, write-ahead log included, all
# settings as Debian ships them. The server listens on a Unix socket only. Transactions are seeded,
# yet four clients interleave as the machine likes and rows hold times: two runs differ in bytes,
# hardly in how many pages changed.
#
# Usage: postgres_versions.sh DIR      needs Debian's postgresql and postgresql-contrib, 6 GB of room
set -euo pipefail
target=$(realpath "${1:?usage: postgres_versions.sh DIR}")
programs=$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -n 1)
[ -x "$programs/pgbench" ] || { echo "pgbench is missing: apt-get install postgresql-contrib" >&2; exit 1; }

# PostgreSQL refuses to run as root, and its user need not be able to enter DIR.
work=$(mktemp -d /var/tmp/gleaner-pg.XXXXXX)
as_owner=()
if [ "$(id -u)" = 0 ]; then
    chown postgres "$work"
    # Not runuser: it stays behind as a parent that a terminal can stop.
    as_owner=(setpriv --reuid=postgres --regid=postgres --init-groups)
fi
cd "$work"

server() { # start or stop
    "${as_owner[@]}" "$programs/pg_ctl" "$1" -D "$work/data" -w -t 600 -m fast -l "$work/log" \
        -o "-c listen_addresses='' -k $work" >"$work/pg_ctl.log"
}
bench() { "${as_owner[@]}" "$programs/pgbench" -h "$work" "$@" postgres; }
keep() { # NAME: a copy of the cluster at rest
    rm -rf "${target:?}/$1"
    cp -a "$work/data" "$target/$1"
}
clean_up() {
    [ ! -e "$work/data/postmaster.pid" ] || server stop || true
    rm -rf "$work"
}
trap clean_up EXIT

"${as_owner[@]}" "$programs/initdb" -D "$work/data" -U "$(id -un "$(stat -c %u "$work")")" \
    --locale=C --encoding=UTF8 --no-sync >"$work/initdb.log"
server start
bench -i -s 50 --quiet
server stop
keep pg-A

server start
bench -n -c 4 -j 2 -t 500 --random-seed=1
server stop
keep pg-few-B

server start
bench -n -c 4 -j 2 -t 20000 --random-seed=2
server stop
keep pg-B
du -sm "$target"/pg-A "$target"/pg-few-B "$target"/pg-B
