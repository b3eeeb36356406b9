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
# runs; what was counted is shown, and with FUZZ_PUBLISH=1 moved to docs/fuzz-runs.tsv, which counts
# like DIR, on every machine.
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

# sources_of NAME: what a target's runs are about, which are its body, what that calls, and the crates
# that this is built from.
sources_of() {
    local body package=gleaner-store called=(chunker/src store/src)
    body=$(grep -lE "^pub fn $1\\(" tests/harness/fuzz_bodies/*.rs)
    case ${body##*/} in
        chunk_*) package=gleaner-chunker called=(chunker/src) ;;
        filter_*) package=gleaner-index called=(chunker/src index/src) ;;
        access_logs.rs) package=gleaner-access called=(scopes agent) ;;
        mail.rs) package=gleaner-access called=(mail mail_stores) ;;
        recipes.rs) package=gleaner-access called=(recipe) ;;
        web_caches.rs) package=gleaner-access called=(web) ;;
        wire_messages.rs) package=gleaner-service called=(service/src/wire service/src/wire.rs) ;;
    esac
    if [ "$package" = gleaner-access ]; then
        called=("${called[@]/#/access/src/}" ':(glob)access/src/*.rs')
    fi
    if [ ! -e "$scratch/$package" ]; then
        cargo tree -p "$package" -e normal,build --prefix none --locked --format '{p} {f}' |
            sed 's/ (.*)//' | sort -u >"$scratch/$package"
    fi
    {
        cat "$scratch/$package"
        git ls-files -z -- "$body" tests/harness/fuzz_bodies/chunk_case.rs "${called[@]}" \
            ':(exclude,glob)*/src/**/tests.rs' ':(exclude,glob)*/src/**/tests/**' |
            xargs -0 sha256sum
    } | sha256sum | cut -c 1-16
}

# counted NAME: runs, seconds, and how many times, on these sources.
counted() {
    awk -F '\t' -v name="$1" -v key="${key_of[$1]}" '
        $1 == name && $2 == key { runs += $3; seconds += $4; if ($5 > last) last = $5 }
        END { printf "%d %d %d\n", runs, seconds, last }
    ' "$published" "$state/fuzz.tsv"
}

# Moves what was counted to the published lines, of which each target has one.
publish() {
    local name lines=""
    for name in "${!key_of[@]}"; do
        lines+=$(counted "$name" | awk -v head="$name"$'\t'"${key_of[$name]}" \
            'BEGIN { OFS = "\t" } $1 > 0 { print head, $1, $2, $3 }')$'\n'
    done
    grep . <<<"$lines" | sort >"$published" || true
    : >"$state/fuzz.tsv"
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
        printf '%s\t%s\t%s\t%s\t%s\n' "$name" "${key_of[$name]}" "$runs" "$seconds" "$seed" >>"$state/fuzz.tsv"
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
state=${FUZZ_STATE:-} published=docs/fuzz-runs.tsv
declare -A key_of
if [ -n "$state" ]; then
    mkdir -p "$state"
    touch "$state/fuzz.tsv" "$published"
    wanting=()
    for name in "${targets[@]}"; do
        key_of[$name]=$(sources_of "$name")
        read -r runs taken _ < <(counted "$name")
        echo "fuzz: $name so far $runs runs, $taken s"
        if [ "$runs" -lt 10000000 ] && [ "$taken" -lt 1200 ]; then wanting+=("$name"); fi
    done
    targets=("${wanting[@]}")
    if [ -n "${FUZZ_PUBLISH:-}" ]; then publish; fi
fi
if [ "$seconds" = 0 ] || [ "${#targets[@]}" -eq 0 ]; then exit; fi
build
run_targets "${targets[@]}"
echo "fuzz: ${#targets[@]} targets, ${seconds} s each, no finding"
