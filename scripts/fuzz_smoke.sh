#!/usr/bin/env bash
# Builds the fuzz targets on the stable toolchain and runs each for a few seconds; a crash, a slow
# input or too much memory fails the run and leaves the input in the artifact folder it names.
#
#   scripts/fuzz_smoke.sh            every target of fuzz/Cargo.toml
#   scripts/fuzz_smoke.sh NAME...    these targets
#
# FUZZ_SECONDS (default 10) is the time per target. FUZZ_SEED (default 1) seeds libFuzzer: a smoke
# run should say the same about the same commit, long runs pick seeds of their own.
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

# Runs one target; its log is shown only when it fails.
run_target() {
    local name=$1 log=$scratch/$1.log corpora
    mkdir -p "$scratch/$name" "$target_folder/artifacts/$name"
    # New inputs go to the first folder; the committed corpus is only read.
    corpora=("$scratch/$name")
    if [ -d "fuzz/corpus/$name" ]; then corpora+=("fuzz/corpus/$name"); fi
    if ! "$target_folder/$host/release/$name" "${corpora[@]}" -seed="$seed" \
        -max_total_time="$seconds" -max_len=65536 -timeout=1 -rss_limit_mb=512 \
        -print_final_stats=1 -artifact_prefix="$target_folder/artifacts/$name/" >"$log" 2>&1; then
        tail -n 60 "$log"
        echo "fuzz: $name FAILED; its input is under $target_folder/artifacts/$name"
        return 1
    fi
    awk -v name="$name" '/number_of_executed_units/ { print "fuzz: " name " ok, " $2 " runs" }' "$log"
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
build
run_targets "${targets[@]}"
echo "fuzz: ${#targets[@]} targets, ${seconds} s each, no finding"
