#!/usr/bin/env bash
# Runs every test of the workspace, documentation examples included, and closes with one line that
# adds up the result lines of the test binaries. Arguments go to `cargo test`.
set -euo pipefail
cd "$(dirname "$0")/.."

# Cargo unifies features over the packages it is asked for: the whole workspace at once is what the
# other stages ask for too, so that RocksDB is compiled once.
cargo test --workspace --locked --no-fail-fast "$@" 2>&1 |
    awk '
        { print; fflush() }
        /^test result: / {
            binaries++
            for (i = 2; i <= NF; i++) {
                if ($i ~ /^passed/) passed += $(i - 1)
                if ($i ~ /^failed/) failed += $(i - 1)
                if ($i ~ /^ignored/) skipped += $(i - 1)
            }
        }
        END {
            if (binaries) printf "tests: %d passed, %d failed, %d skipped\n", passed, failed, skipped
        }
    '
