# Each target first installs what the machine lacks (scripts/setup.sh, silent when nothing is).
# On a machine without even make: `sh scripts/setup.sh make demo`.
.POSIX:
.PHONY: demo test setup setup-tests ci

# A ten-second tour: seeded data, two backups, one flipped bit, a check that names it, a repair, a restore.
demo: setup
	cargo build --workspace --bin gleaner --locked
	"$${CARGO_TARGET_DIR:-target}/debug/gleaner" demo

# Every test of the workspace, documentation examples included.
test: setup-tests
	bash scripts/test.sh

setup:
	@sh scripts/setup.sh

setup-tests:
	@sh scripts/setup.sh --for-tests

# What has to pass before a change lands.
ci:
	bash .ci/run
