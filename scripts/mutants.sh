#!/usr/bin/env bash
# Changes one small thing of the sources after the other, as cargo-mutants lists them, and counts
# which of these mutants the tests catch: a sample that a seed gives, until the time is over.
#
#   scripts/mutants.sh --minutes 60                 an hour of mutants that were not run yet
#   scripts/mutants.sh --minutes 60 --shard 2/8     the second of eight machines
#   scripts/mutants.sh --minutes 10 --area prune    of this area; repeatable
#   scripts/mutants.sh --seed 2                     in another order; the default seed is 1
#   scripts/mutants.sh --again                      those that were missed, with more tests
#   scripts/mutants.sh --table                      what was counted so far; runs nothing
#   scripts/mutants.sh --missed                     which were missed; runs nothing
#   scripts/mutants.sh --publish                    moves results into docs/mutant-runs.tsv
#
# STATE/mutants.tsv has a line for each mutant: area, mutant, digest of its file, result, seconds,
# the test that caught it, time. STATE is given by --state, else $XDG_STATE_HOME/gleaner-mutants. A
# line counts for as long as the file that was changed stays as it is, the last one of a mutant;
# files of several machines add up when they are put together. What was published counts like STATE, on
# every machine.
#
# Needs cargo-mutants and cargo-nextest; uses the linker mold or lld where one is installed. Which
# sources are changed and what is left out: .cargo/mutants.toml; which tests run and in which
# order: .config/nextest.toml. Exit code: 1 when the tests fail without any change, 2 when the
# command line is wrong. docs/reliability.md has more.
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C

# area | beginning of its files, the first that fits | which tests of the suite are likely to notice
areas=(
    "pack | store/src/pack_ store/src/block store/src/chunk_list store/src/tree_ | backup_restore|check|old_repositories|repair|second_reader"
    "sealing | store/src/seal store/src/key store/src/object.rs store/src/random store/src/config store/src/cbor | backup_restore|check|foreign_objects|key_rotation|nonces|old_repositories|second_reader"
    "directory | store/src/directory_storage store/src/os_fs store/src/folder_syncs store/src/fs store/src/mapped_file store/src/storage store/src/layout store/src/object_name | backup_restore|crash_recovery|faulty_fs|two_writers"
    "parity | store/src/parity engine/src/parity | check|parity|repair|second_reader"
    "store | store/src/ | backup_restore|check|old_repositories|prune|two_writers"
    "prune | engine/src/prune engine/src/survivors engine/src/condemned engine/src/other_sessions | histories|key_rotation|prune|repair|two_writers"
    "recovery | engine/src/open_index | check|histories|index_places|prune|two_writers"
    "check | engine/src/check | check|damage_sweep|parity|prune|repair"
    "repair | engine/src/repair engine/src/quarantine | parity|repair"
    "restore | engine/src/restore engine/src/target engine/src/chunk_reader engine/src/tree_reader engine/src/tree_walk | backup_restore|check|fidelity|regressions|two_writers"
    "commit | engine/src/ | backup_restore|copy|histories|key_rotation|prune|regressions|two_writers"
)
# Tests that take seeds take one of them.
export GLEANER_SEEDS=0..1
export NEXTEST_PROFILE=mutants

usage() {
    awk 'NR > 1 && !/^#/ { exit } NR > 1 { sub(/^# ?/, ""); print }' "$0" >&2
    exit 2
}

minutes=60 shard=1/1 asked=" " seed=1 verb=run
state=${XDG_STATE_HOME:-$HOME/.local/state}/gleaner-mutants
while [ "$#" -gt 0 ]; do
    case $1 in
        --table | --missed | --again | --publish) verb=${1#--} && shift && continue ;;
    esac
    [ "$#" -ge 2 ] || usage
    case $1 in
        --minutes) minutes=$2 ;;
        --shard) shard=$2 ;;
        --area) asked+="$2 " ;;
        --seed) seed=$2 ;;
        --state) state=$2 ;;
        *) usage ;;
    esac
    shift 2
done
[[ $minutes =~ ^[0-9]+$ && $shard =~ ^[1-9][0-9]*/[1-9][0-9]*$ ]] || usage
[ "${shard%/*}" -le "${shard#*/}" ] || usage
mkdir -p "$state/logs" "$state/tree"
state=$(cd "$state" && pwd)
tree=$state/tree results=$state/mutants.tsv published=$PWD/docs/mutant-runs.tsv
touch "$results" "$published"

# area_of FILE
area_of() {
    local row area beginnings beginning
    for row in "${areas[@]}"; do
        IFS='|' read -r area beginnings _ <<<"$row"
        for beginning in $beginnings; do
            [[ $1 == "$beginning"* ]] && echo "${area% }" && return
        done
    done
}

# All mutants of the areas asked for in the order of the seed: area, mutant, digest of its file, place
# among those of its file, and how many these are. The order depends on the names alone.
list_mutants() {
    local file area name place
    local -A areas_of=() digests_of=()
    while IFS=$'\t' read -r name place; do
        file=${name%%:*}
        if [ -z "${areas_of[$file]:-}" ]; then
            areas_of[$file]=$(area_of "$file")
            digests_of[$file]=$(sha256sum <"$file" | cut -c 1-16)
        fi
        area=${areas_of[$file]}
        [ "$asked" = " " ] || [[ $asked == *" $area "* ]] || continue
        printf '%s\t%s\t%s\t%s\n' "$area" "$name" "${digests_of[$file]}" "$place"
    done < <(awk -F : '
            NR == FNR { count[$1]++; next }
            { print $0 "\t" place[$1]++ "/" count[$1] }
        ' "$state/all" "$state/all" | sort -t $'\t' -k 1,1 -u |
        sort -t $'\t' -k 1,1R --random-source=<(yes "$seed"))
}

# The last line of each mutant whose file is what it was then.
valid_results() {
    awk -F '\t' '
        NR == FNR { known[$2, $3] = 1; next }
        ($2, $3) in known { last[$2] = $0 }
        END { for (name in last) print last[name] }
    ' "$state/list.tsv" "$published" "$results"
}

# The mutants to run now.
todo() {
    awk -F '\t' -v verb="$verb" -v first="${shard%/*}" -v step="${shard#*/}" '
        is_result { result[$2] = $4; next }
        verb == "again" && result[$2] != "missed" { next }
        verb != "again" && $2 in result { next }
        FNR % step == first % step { print }
    ' is_result=1 <(valid_results) is_result=0 "$state/list.tsv"
}

print_table() {
    valid_results | awk -F '\t' '
        NR == FNR { all[$1]++; if (!($1 in seen)) { seen[$1] = 1; areas[++n] = $1 } next }
        { run[$1]++; count[$1, $4]++; seconds[$1] += $5 }
        END {
            row = "%-10s %8s %8s %8s %8s %8s %9s %8s %8s\n"
            printf row, "area", "mutants", "run", "caught", "missed", "timeout", "unviable", "seconds", "percent"
            split("caught missed timeout unviable", results, " ")
            for (i = 1; i <= n + 1; i++) {
                a = i > n ? "all" : areas[i]
                if (i <= n) {
                    all["all"] += all[a]; run["all"] += run[a]; seconds["all"] += seconds[a]
                    for (r in results) count["all", results[r]] += count[a, results[r]]
                }
                found = count[a, "caught"] + count[a, "timeout"]
                viable = found + count[a, "missed"]
                printf row, a, all[a], run[a] + 0, count[a, "caught"] + 0, count[a, "missed"] + 0,
                    count[a, "timeout"] + 0, count[a, "unviable"] + 0, seconds[a] + 0,
                    viable ? sprintf("%.1f", 100 * found / viable) : "-"
            }
        }
    ' <(sort "$state/list.tsv") -
}

# Brings the copy of the sources that is mutated to the state of this tree.
copy_sources() {
    git ls-files -z --cached --others --exclude-standard >"$state/files"
    rsync -rlpc --from0 --files-from="$state/files" . "$tree"
    (cd "$tree" && find . -type f -printf '%P\0') | sort -z >"$state/copied"
    sort -z "$state/files" | comm -z -13 - "$state/copied" | (cd "$tree" && xargs -0r rm -f)
}

# The tests pass without any change; how long that takes says what hangs.
run_unchanged() {
    local digest seconds=$SECONDS log=$state/logs/unchanged.log
    digest=$(cd "$tree" && xargs -0 sha256sum <"$state/files" | sha256sum | cut -c 1-16)
    [ "$(cut -f 1 "$state/unchanged" 2>/dev/null)" != "$digest" ] || return 0
    if ! (cd "$tree" && cargo nextest run --cargo-profile mutants --no-default-features --locked \
        -p gleaner-store -p gleaner-engine -p gleaner-tests --lib --test suite) >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        echo "the tests fail without any change; log $log" >&2
        exit 1
    fi
    printf '%s\t%s\n' "$digest" "$((SECONDS - seconds))" >"$state/unchanged"
}

# tests_of AREA MUTANT: a filter of nextest. The suite cannot be built without the crates below, but
# their own tests know nothing of those above.
tests_of() {
    local row area suite package=gleaner-engine
    if [ "$verb" = again ]; then
        if [[ $2 = store/* ]]; then echo "all()"; else echo "not package(gleaner-store)"; fi
        return
    fi
    for row in "${areas[@]}"; do
        IFS=' ' read -r area _ <<<"$row"
        [ "$area" != "$1" ] || suite=${row##*| }
    done
    [[ $2 != store/* ]] || package=gleaner-store
    echo "package($package) + (package(gleaner-tests) & test(/^($suite)::/) - test(/::interrupted::/))"
}

# run_mutant AREA MUTANT DIGEST PLACE
run_mutant() {
    local result by log seconds=$SECONDS out=$state/out/mutants.out
    mkdir -p "$state/out"
    # A shard for each mutant: names cannot choose one, as --re does not hold for all kinds. Reading
    # no other file saves a second.
    sed "/^examine_globs/,/^]/c examine_globs = [\"${2%%:*}\"]" .cargo/mutants.toml >"$state/one.toml"
    cargo mutants --dir "$tree" --config "$state/one.toml" --in-place --baseline skip --timeout 900 \
        --output "$state/out" --shard "$4" --sharding round-robin \
        --cargo-test-arg=-E --cargo-test-arg="$(tests_of "$1" "$2")" >"$state/logs/last.log" 2>&1 || true
    seconds=$((SECONDS - seconds))
    for result in caught missed timeout unviable none; do
        ! grep -sqxF -e "$2" "$out/$result.txt" || break
    done
    if [ "$result" = none ]; then
        cat "$state/logs/last.log" >&2
        echo "no result of: $2" >&2
        # Twice without a result is not the fault of one mutant.
        fruitless=$((fruitless + 1))
        [ "$fruitless" -lt 2 ] || exit 1
        return 0
    fi
    fruitless=0
    log=$(find "$out/log" -name '*.log' | head -n 1)
    by=$(sed -nE 's/^ *(FAIL|TIMEOUT|SIG[A-Z]+|ABORT) \[[^]]*\] (\([^)]*\) )?(.*)$/\1 \3/p' "$log" | head -n 1)
    if [[ $result = caught && $by == "TIMEOUT "* ]]; then result=timeout; fi
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$result" "$seconds" "${by:--}" \
        "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >>"$results"
    [ "$result" != missed ] || echo "missed: $2"
}

# The copy is built in a folder of its own, by the fastest linker there is.
export CARGO_TARGET_DIR=$state/target
for linker in mold lld; do
    if command -v "$linker" >/dev/null; then
        export RUSTFLAGS="-Clink-arg=-fuse-ld=$linker"
        break
    fi
done
cargo mutants --list >"$state/all"
list_mutants >"$state/list.tsv"
[ -s "$state/list.tsv" ] || usage
if [ "$verb" = publish ]; then
    valid_results | sort >"$state/valid.tsv"
    mv "$state/valid.tsv" "$published"
    : >"$results"
    verb=table
fi
if [ "$verb" = table ]; then
    print_table
    exit
elif [ "$verb" = missed ]; then
    valid_results | awk -F '\t' '$4 == "missed" { print $2 }' | sort
    exit
fi
deadline=$((SECONDS + 60 * minutes)) fruitless=0
copy_sources
run_unchanged
todo >"$state/todo.tsv"
while [ "$SECONDS" -lt "$deadline" ] && IFS=$'\t' read -r area name digest place <&3; do
    run_mutant "$area" "$name" "$digest" "$place"
done 3<"$state/todo.tsv"
print_table
