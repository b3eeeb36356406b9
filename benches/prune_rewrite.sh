#!/usr/bin/env bash
# Times a prune that rewrites a tenth of all packs beside a copy of those packs (cp and fsync, one
# file after the other), on copies of one repository, in turn.
#
# Every second file of the first tenth is removed between two backups, and the first one forgotten:
# the prune reads those packs, keeps half of their bytes, and reads back what it wrote. Its time is
# that of the whole command, key derivation and marking included. Before each the page cache is
# emptied, which needs root: else one of both finds more of its packs there than the other.
#
# Usage: prune_rewrite.sh GLEANER DIR [FILES]     needs 3 MiB for each of FILES (6400)
#                                                 files of 1 MiB, and python3
set -euo pipefail
gleaner=$(realpath "${1:?usage: prune_rewrite.sh GLEANER DIR [FILES]}")
work=$(mktemp -d "$(realpath "${2:?usage: prune_rewrite.sh GLEANER DIR [FILES]}")/prune.XXXXXX")
files=${3:-6400} rounds=5
trap 'rm -rf "$work"' EXIT
cd "$work"
export GLEANER_REPOSITORY=$work/repository GLEANER_PASSWORD=bench HOME=$work/home XDG_CACHE_HOME=$work/cache

mkdir source
for ((i = 0; i < files; i++)); do head -c 1048576 /dev/urandom >"source/$(printf %06d "$i")"; done
"$gleaner" init >/dev/null
"$gleaner" backup source --json >/dev/null
for ((i = 0; i < files / 10; i += 2)); do rm "source/$(printf %06d "$i")"; done
"$gleaner" backup source --json >/dev/null
first=$("$gleaner" snapshots --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])')
"$gleaner" forget "$first" >/dev/null
rewritten=$("$gleaner" prune -n --max-unused 0 --json | tail -n 1 |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["bytes"]["repack"])')

forget_pages() { sync && echo 3 >/proc/sys/vm/drop_caches; }

# The oldest packs of at least half the usual size, until as many bytes are copied as are rewritten.
copy_packs() {
    rm -rf copies && mkdir copies && forget_pages
    python3 - "$rewritten" <<'P'
import os, shutil, sys, time
packs = [os.path.join(folder, name) for folder, _, names in os.walk("repository/data") for name in names]
packs = sorted((path for path in packs if os.path.getsize(path) > 16 << 20), key=os.path.getmtime)
start, left = time.time(), int(sys.argv[1])
for path in packs:
    if left <= 0:
        break
    copy = os.path.join("copies", os.path.basename(path))
    shutil.copyfile(path, copy)
    with open(copy, "rb") as file:
        os.fsync(file.fileno())
    left -= os.path.getsize(path)
print("%.2f" % (time.time() - start))
P
}

# The index is a cache of the repository as it was: each round needs it so.
cp -a cache cache.kept
echo "bytes of packs to rewrite: $rewritten"
for ((round = 0; round < rounds; round++)); do
    copied=$(copy_packs)
    rm -rf pruned cache && cp -a repository pruned && cp -a cache.kept cache && forget_pages
    start=$EPOCHREALTIME
    "$gleaner" prune -r pruned --max-unused 0 --json >/dev/null
    awk -v from="$start" -v to="$EPOCHREALTIME" -v copied="$copied" \
        'BEGIN { printf "copy %.2f s, prune %.2f s, ratio %.2f\n", copied, to - from, (to - from) / copied }'
done
