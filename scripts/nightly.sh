#!/usr/bin/env bash
# Runs the groups of the proof machinery on seeds that were not run yet, one batch of each group
# after the other until the time is over, and prints what was counted so far.
#
#   scripts/nightly.sh --minutes 60                 an hour of all groups
#   scripts/nightly.sh --minutes 60 --shard 2/8     the second of eight machines
#   scripts/nightly.sh --minutes 10 --group R13     groups of this name or goal; repeatable
#   scripts/nightly.sh --table                      what was counted so far; runs nothing
#   scripts/nightly.sh --publish                    moves what passed into docs/reliability-runs.tsv
#
# STATE/runs.tsv has a line for each batch: group, sources, first seed, end, cases, seconds, result,
# time. STATE is given by --state, else $XDG_STATE_HOME/gleaner-nightly. A line counts for as long
# as the sources that its group is about stay as they are; files of several machines add up when
# they are put together. A batch that failed is run again by the next run, until it passes. What was
# published counts like STATE, on every machine; there is a line for each stretch of seeds.
#
# Exit code: 1 when a group failed, 2 when the command line is wrong. docs/reliability.md has more.
set -euo pipefail
cd "$(dirname "$0")/.."

# group | goal | binary | seeds of a batch | test | sources besides the common ones
crash=crash_recovery:: crash_sources=tests/suite/crash_recovery*
died=prune::interrupted::
groups=(
    "init-backups | R1 | suite | 100 | ${crash}crash_in_init_or_any_of_three_backups_keeps_what_was_acknowledged | $crash_sources"
    "forget-retag | R1 | suite | 100 | ${crash}crash_in_forget_or_retag_keeps_what_was_acknowledged | $crash_sources"
    "key-rotation | R1 | suite | 50 | ${crash}crash_in_key_rotation_keeps_what_was_acknowledged | $crash_sources"
    "with-parity | R1 | suite | 20 | ${crash}crash_between_packs_and_their_parity_keeps_what_was_acknowledged | $crash_sources"
    "many-packs | R1 | suite | 5 | ${crash}crash_between_packs_keeps_what_was_acknowledged | $crash_sources"
    "failed-syncs | R1 | suite | 10 | ${crash}crash_after_a_failed_sync_keeps_what_was_acknowledged | $crash_sources"
    "beside-dead | R1 | suite | 5 | ${crash}crash_after_a_backup_beside_a_dead_one_keeps_what_was_acknowledged | $crash_sources"
    "pairs | R2 | suite | 108 | ${crash}every_pair_of_operations_on_a_new_repository_survives_every_crash | $crash_sources"
    "triples | R2 | suite | 108 | ${crash}triple_of_operations_on_a_new_repository_survives_every_crash | $crash_sources"
    "prune | R3 | suite | 30 | ${crash}crash_in_a_prune_keeps_what_was_acknowledged_and_the_next_one_finishes_it | $crash_sources"
    "prune-twice | R3 | suite | 10 | ${crash}crash_in_the_prune_after_a_crash_in_a_prune_keeps_what_was_acknowledged | $crash_sources"
    "repair | R3 | suite | 50 | ${crash}crash_in_a_repair_loses_nothing_that_was_readable_and_the_next_one_ends_it | $crash_sources"
    "failing-calls | R4 | suite | 92 | failing_calls::any_call_of_any_operation_may_fail_in_any_way | tests/suite/failing_calls*"
    "repair-fault | R4 | suite | 5 | repair::interrupted::a_repair_that_fails_at_any_call_loses_nothing_and_the_next_one_ends_it | tests/suite/repair*"
    "damage | R9 | suite | 200 | damage_sweep::every_byte::any_damage_of_any_byte_is_named_and_never_read_as_right | tests/suite/damage_sweep*"
    "parity | R10 | suite | 50 | parity::covered::losses_that_parity_covers_heal_byte_equal_and_one_more_is_named | tests/suite/parity*"
    "prune-rekey | R4 | suite | 7 | ${died}process_that_dies_while_it_rewrites_old_key_epochs_loses_nothing | tests/suite/prune*"
    "prune-dies | R4 | suite | 7 | ${died}process_that_dies_at_any_call_loses_nothing | tests/suite/prune*"
    "prune-fault | R4 | suite | 7 | ${died}call_that_fails_once_loses_nothing | tests/suite/prune*"
    "prune-lost | R4 | suite | 7 | ${died}reply_that_is_lost_loses_nothing | tests/suite/prune*"
    "prune-late | R4 | suite | 7 | ${died}process_that_dies_after_a_call_was_done_loses_nothing | tests/suite/prune*"
    "kill-loop | R6 | suite | 5 | kill_loop::killed_at_random_moments_every_reported_snapshot_is_whole | tests/suite/kill_loop.rs"
    "histories | R12 | suite | 20 | histories::random_histories_agree_with_a_map | tests/suite/histories.rs"
    "nonces | R18 | suite | 12 | nonces::no_key_seals_two_texts_under_one_nonce | tests/suite/nonces.rs"
    "soak | R21 | suite | 1 | soak::process_holds_as_much_after_many_rounds_as_before | tests/suite/soak.rs tests/suite/kill_loop.rs"
    "syscalls | R5 | cli | 20 | cli_syscall_faults::system_call_that_fails_anywhere_loses_nothing_and_the_next_run_works | cli/src cli/tests/suite/cli_syscall_faults.rs"
    "power-loss | R7 | cli | 20 | cli_unsynced_loss::power_loss_at_any_call_costs_nothing_that_was_acknowledged | cli/src cli/tests/suite/cli_unsynced_loss* cli/tests/suite/unsynced_mount*"
    "full-disks | R8 | cli | 5 | cli_full_disk::disk_of_any_size_that_is_full_is_readable_and_can_be_used_again | cli/src cli/tests/suite/cli_full_disk.rs"
    "server-kills | R6 | cli | 5 | cli_server_kills::every_reported_snapshot_restores_whoever_was_killed | cli/src net/src service/src cli/tests/suite/cli_server_kills.rs"
    "session-cuts | R14 | suite | 4 | service_cuts::session_cut_at_any_byte_costs_nothing_but_time | net/src service/src tests/harness/relay.rs tests/suite/service_cuts.rs tests/suite/service_site.rs"
    "schedules | R13 | suite | 2000 | prune::schedules::no_order_of_calls_loses_what_was_acknowledged | tests/suite/prune* tests/harness/turns.rs"
)
# What every group is about, and what every group is made with. The crates that the engine is built
# from count by name, version and features.
common_sources=(chunker/src index/src store/src engine/src tests/harness/{crash_image*,engine_doubles.rs}
    tests/harness/{fault.rs,faulty_fs*,faulty_storage.rs,hooked_storage.rs,independent_reader*}
    tests/harness/{recording_fs.rs,seal_log.rs,seeds.rs})
# How long one soak takes.
export GLEANER_SOAK_SECONDS=${GLEANER_SOAK_SECONDS:-300}
keep_memory=(MALLOC_ARENA_MAX=1 MALLOC_TOP_PAD_=67108864 MALLOC_TRIM_THRESHOLD_=1073741824
    MALLOC_MMAP_THRESHOLD_=1073741824)
# A batch that takes longer hangs.
batch_seconds_max=3600

usage() {
    awk 'NR > 1 && !/^#/ { exit } NR > 1 { sub(/^# ?/, ""); print }' "$0" >&2
    exit 2
}

minutes=60 shard=1/1 asked=" " is_table=false is_publishing=false
published=docs/reliability-runs.tsv
state=${XDG_STATE_HOME:-$HOME/.local/state}/gleaner-nightly
while [ "$#" -gt 0 ]; do
    [[ $1 == --table || $1 == --publish ]] || [ "$#" -ge 2 ] || usage
    case $1 in
        --minutes) minutes=$2 ;;
        --shard) shard=$2 ;;
        --group) asked+="$2 " ;;
        --state) state=$2 ;;
        --table) is_table=true ;;
        --publish) is_publishing=true ;;
        *) usage ;;
    esac
    if [[ $1 == --table || $1 == --publish ]]; then shift; else shift 2; fi
done
[[ $minutes =~ ^[0-9]+$ && $shard =~ ^[1-9][0-9]*/[1-9][0-9]*$ ]] || usage
[ "${shard%/*}" -le "${shard#*/}" ] || usage
mkdir -p "$state/logs" "$state/bin"
state=$(cd "$state" && pwd)
runs=$state/runs.tsv
touch "$runs" "$published"

# digest PATH...: of the contents of all files below that Git does not ignore.
digest() {
    git ls-files -z --cached --others --exclude-standard -- "$@" | sort -zu |
        xargs -0 sha256sum | sha256sum | cut -c 1-16
}

# The same without unit tests, and with the crates that the engine is built from.
digest_of_group() {
    {
        cargo tree -p gleaner-engine --all-features -e normal,build --prefix none --locked \
            --format '{p} {f}' | sed 's/ (.*)//' | sort -u
        digest "$@" ':(exclude,glob)*/src/**/tests.rs' ':(exclude,glob)*/src/**/tests/**'
    } | sha256sum | cut -c 1-16
}

# Of groups that nobody asked for nothing is kept.
names=()
declare -A goal_of binary_of size_of test_of key_of
read_groups() {
    local row name goal binary size test sources
    for row in "${groups[@]}"; do
        IFS=' |' read -r name goal binary size test sources <<<"$row"
        if [ "$asked" != " " ] && [[ $asked != *" $name "* && $asked != *" $goal "* ]]; then
            continue
        fi
        names+=("$name")
        goal_of[$name]=$goal binary_of[$name]=$binary size_of[$name]=$size test_of[$name]=$test
        # Batches of another size would overlap.
        # shellcheck disable=SC2086 # one word per path is meant
        key_of[$name]=$(digest_of_group "${common_sources[@]}" $sources)-$size
    done
    [ "${#names[@]}" -gt 0 ] || usage
}

# Builds both test binaries and the command, and copies them, so that no later build disturbs a run.
build() {
    bin=$state/bin/$(digest .)
    [ ! -e "$bin/complete" ] || return 0
    local log=$state/logs/build.log suite cli
    # The whole workspace, so that RocksDB is taken from the build that all share.
    if ! cargo test --workspace --test suite --no-run --locked >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        exit 1
    fi
    suite=$(sed -n 's/^ *Executable suite\/main.rs (\(.*\))$/\1/p' "$log")
    cli=$(sed -n 's/^ *Executable tests\/suite\/main.rs (\(.*\))$/\1/p' "$log")
    find "$state/bin" -mindepth 1 -maxdepth 1 -mtime +7 -exec rm -rf {} +
    mkdir -p "$bin"
    cp "$suite" "$bin/suite"
    cp "$cli" "$bin/cli"
    cp "$(dirname "$(dirname "$cli")")/gleaner" "$bin/gleaner"
    touch "$bin/complete"
}

# The first seed of this shard's first batch of a group that did not pass yet.
next_seed() {
    awk -F '\t' -v group="$1" -v key="${key_of[$1]}" -v size="${size_of[$1]}" \
        -v batch="$((${shard%/*} - 1))" -v step="${shard#*/}" '
        $1 == group && $2 == key && $7 != "FAILED" {
            for (from = $3; from < $4; from += size) done[from] = 1
        }
        END { while (batch * size in done) batch += step; printf "%d\n", batch * size }
    ' "$published" "$runs"
}

# Moves what passed to the published lines, and joins stretches of seeds that meet.
publish() {
    local passed
    passed=$(awk -F '\t' '$7 == "ok"' "$published" "$runs" | sort -t $'\t' -k 1,1 -k 2,2 -k 3,3n |
        awk 'BEGIN { FS = OFS = "\t" }
            $1 == group && $2 == key && $3 == to {
                to = $4; cases += $5; seconds += $6; if ($8 > time) time = $8; next
            }
            group != "" { print group, key, from, to, cases, seconds, "ok", time }
            { group = $1; key = $2; from = $3; to = $4; cases = $5; seconds = $6; time = $8 }
            END { if (group != "") print group, key, from, to, cases, seconds, "ok", time }')
    [ -z "$passed" ] || printf '%s\n' "$passed" >"$published"
    awk -F '\t' '$7 != "ok"' "$runs" >"$runs.left"
    mv "$runs.left" "$runs"
}

# Runs the next batch of a group and notes it; fails when it fails.
run_batch() {
    local name=$1 from to log seconds cases result=ok
    from=$(next_seed "$name")
    to=$((from + size_of[$name]))
    log=$state/logs/$name-$from.log
    seconds=$SECONDS
    local allocator=()
    # What is given back to the kernel after each case is asked for again: a third of the time.
    case ${goal_of[$name]} in R1 | R2 | R3 | R4 | R9 | R10 | R12 | R13) allocator=("${keep_memory[@]}") ;; esac
    env GLEANER_SEEDS="$from..$to" GLEANER_TEST_BINARY="$bin/gleaner" "${allocator[@]}" \
        timeout "$batch_seconds_max" nice -n 19 "$bin/${binary_of[$name]}" \
        --exact "${test_of[$name]}" --nocapture --test-threads 1 >"$log" 2>&1 || result=FAILED
    seconds=$((SECONDS - seconds))
    cases=$(sed -n 's/.*counted: \([0-9]*\) .*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
    if [ "$result" = ok ] && ! grep -q '^test result: ok. 1 passed' "$log"; then result=FAILED; fi
    if [ "$result" = ok ] && grep -q 'SKIPPED: ' "$log"; then result=skipped; fi
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "${key_of[$name]}" "$from" "$to" \
        "$cases" "$seconds" "$result" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >>"$runs"
    if [ "$result" = skipped ]; then grep -m 1 -o 'SKIPPED: .*' "$log" | sed "s/^/$name: /"; fi
    [ "$result" = FAILED ] || return 0
    local seed
    seed=$(sed -n 's/.*failed: seed \([0-9]*\);.*/\1/p' "$log" | head -n 1)
    echo "== $name FAILED, ${seed:+seed $seed, }log $log"
    tail -n 20 "$log"
    echo "replay: GLEANER_SEEDS=${seed:-$from}..$((${seed:-$((to - 1))} + 1))" \
        "cargo test --workspace --test suite -- --exact ${test_of[$name]} --nocapture"
    return 1
}

# One line for each group, and the sums of the goals.
print_table() {
    local name
    for name in "${names[@]}"; do printf '%s\t%s\t%s\n' "$name" "${goal_of[$name]}" "${key_of[$name]}"; done |
        awk -F '\t' -v begin="$1" '
        BEGIN { row = "%-14s %-4s %12s %12s %10s %9s %9s\n" }
        NR == FNR { order[++n] = $1; goal[$1] = $2; key[$1] = $3; listed = NR; next }
        key[$1] == $2 {
            if ($7 == "FAILED") { failures[$1]++; next }
            cases[$1] += $5; seeds[$1] += $4 - $3; seconds[$1] += $6
            if (NR - listed > begin) now[$1] += $5
        }
        END {
            printf row, "group", "goal", "cases", "this run", "seeds", "seconds", "failures"
            for (i = 1; i <= n; i++) {
                g = order[i]
                printf row, g, goal[g], cases[g] + 0, now[g] + 0, seeds[g] + 0, seconds[g] + 0, failures[g] + 0
                if (!(goal[g] in sum)) goals[++m] = goal[g]
                sum[goal[g]] += cases[g]; sum_now[goal[g]] += now[g]
            }
            for (i = 1; i <= m; i++)
                printf row, "all of", goals[i], sum[goals[i]] + 0, sum_now[goals[i]] + 0, "", "", ""
        }
    ' - "$published" "$runs"
}

read_groups
if $is_publishing; then publish; fi
begin=$(cat "$published" "$runs" | wc -l)
if $is_table || $is_publishing; then
    print_table "$begin"
    exit
fi
build
deadline=$((SECONDS + 60 * minutes)) failed=" "
while [ "$SECONDS" -lt "$deadline" ]; do
    is_idle=true
    for name in "${names[@]}"; do
        # One failure of a group is enough to look into.
        if [[ $failed == *" $name "* ]] || [ "$SECONDS" -ge "$deadline" ]; then continue; fi
        is_idle=false
        run_batch "$name" || failed+="$name "
    done
    if $is_idle; then break; fi
done
print_table "$begin"
[ "$failed" = " " ] || exit 1
