#!/usr/bin/env bash
# Builds the fuzz targets on the stable toolchain and runs each for a few seconds; a crash, a slow
# input or too much memory fails the run and leaves the input in the artifact folder it names.
#
#   scripts/fuzz_smoke.sh            every target of fuzz/Cargo.toml
#   scripts/fuzz_smoke.sh NAME...    these targets
#
# FUZZ_SECONDS (default 10) is the time per target. FUZZ_SEED (default 1) seeds libFuzzer: a smoke
# run should say the same about the same commit, long runs pick seeds of their own.
#
# FUZZ_STATE=DIR is for long runs, which add up: DIR keeps what was found worth keeping and a line
# for each run in fuzz.tsv (target, sources, runs, seconds, seed). Each run has another seed, and
# targets with 10^7 runs or 20 minutes on the same sources are left out. With FUZZ_SECONDS=0 nothing
# runs; what was counted is shown.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${FUZZ_SECONDS:-10}
seed=${FUZZ_SEED:-1}
host=$(rustc -vV | sed -n 's/^host: //p')
# Instrumented code shares nothing with the ordinary build, so it gets a folder of its own.
target_folder=${CARGO_TARGET_DIR:-$PWD/target}/fuzz
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The flags cargo-fuzz passes for `--sanitizer none`, which is what the stable toolchain offers.
instrumentation=(
    -Cpasses=sancov-module
    -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
    -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares
    -Cllvm-args=-simplifycfg-branch-fold-threshold=0
    -Cllvm-args=-sanitizer-coverage-stack-depth
    -Ccodegen-units=1
    --cfg fuzzing
    -Cdebug-assertions
)

# The names in the [[bin]] tables of fuzz/Cargo.toml.
list_targets() {
    awk '
        /^\[/ { in_bin = ($0 ~ /^\[\[bin\]\]/) }
        in_bin && /^name *=/ { gsub(/^name *= *"|".*$/, ""); print }
    ' fuzz/Cargo.toml
}

build() {
    # --target keeps the flags away from build scripts and procedural macros.
    RUSTFLAGS="${instrumentation[*]}" cargo build --release --locked \
        --manifest-path fuzz/Cargo.toml --target "$host" --target-dir "$target_folder"
}

# What a target's runs are about.
sources() {
    git ls-files -z -- {chunker,index,store,access,engine}/src tests/harness fuzz/Cargo.lock \
        ':(exclude,glob)*/src/**/tests.rs' ':(exclude,glob)*/src/**/tests/**' |
        xargs -0 sha256sum | sha256sum | cut -c 1-16
}

# counted NAME: runs, seconds, and how many times, on these sources.
counted() {
    awk -F '\t' -v name="$1" -v key="$key" '
        $1 == name && $2 == key { runs += $3; seconds += $4; times++ }
        END { printf "%d %d %d\n", runs, seconds, times }
    ' "$state/fuzz.tsv"
}

# Runs one target; its log is shown only when it fails.
run_target() {
    local name=$1 log=$scratch/$1.log corpora seed=$seed runs
    mkdir -p "$target_folder/artifacts/$name"
    # New inputs go to the first folder; the committed corpus is only read.
    corpora=("${state:-$scratch}/corpus/$name")
    mkdir -p "${corpora[0]}"
    if [ -n "$state" ]; then seed=$((1 + $(counted "$name" | cut -d ' ' -f 3))); fi
    if [ -d "fuzz/corpus/$name" ]; then corpora+=("fuzz/corpus/$name"); fi
    if ! "$target_folder/$host/release/$name" "${corpora[@]}" -seed="$seed" \
        -max_total_time="$seconds" -max_len=65536 -timeout=1 -rss_limit_mb=512 \
        -print_final_stats=1 -artifact_prefix="$target_folder/artifacts/$name/" >"$log" 2>&1; then
        tail -n 60 "$log"
        echo "fuzz: $name FAILED; its input is under $target_folder/artifacts/$name"
        return 1
    fi
    runs=$(awk '/number_of_executed_units/ { print $2 }' "$log")
    echo "fuzz: $name ok, $runs runs"
    if [ -n "$state" ]; then
        printf '%s\t%s\t%s\t%s\t%s\n' "$name" "$key" "$runs" "$seconds" "$seed" >>"$state/fuzz.tsv"
    fi
}

# Starts the targets one per processor; returns how many failed.
run_targets() {
    local failures=0 running=0 name
    for name in "$@"; do
        if [ "$running" -ge "$(nproc)" ]; then
            wait -n || failures=$((failures + 1))
            running=$((running - 1))
        fi
        run_target "$name" &
        running=$((running + 1))
    done
    while [ "$running" -gt 0 ]; do
        wait -n || failures=$((failures + 1))
        running=$((running - 1))
    done
    return "$failures"
}

targets=("$@")
if [ "${#targets[@]}" -eq 0 ]; then mapfile -t targets < <(list_targets); fi
if [ "${#targets[@]}" -eq 0 ]; then
    echo "fuzz: no [[bin]] table in fuzz/Cargo.toml" >&2
    exit 1
fi
state=${FUZZ_STATE:-}
if [ -n "$state" ]; then
    mkdir -p "$state"
    touch "$state/fuzz.tsv"
    key=$(sources)
    wanting=()
    for name in "${targets[@]}"; do
        read -r runs taken _ < <(counted "$name")
        echo "fuzz: $name so far $runs runs, $taken s"
        if [ "$runs" -lt 10000000 ] && [ "$taken" -lt 1200 ]; then wanting+=("$name"); fi
    done
    targets=("${wanting[@]}")
fi
if [ "$seconds" = 0 ] || [ "${#targets[@]}" -eq 0 ]; then exit; fi
build
run_targets "${targets[@]}"
echo "fuzz: ${#targets[@]} targets, ${seconds} s each, no finding"
