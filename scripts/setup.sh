#!/bin/sh
# Installs the Debian packages that building and testing gleaner needs, only those that are missing,
# then runs the command given, if one is: `sh scripts/setup.sh make demo`. With `--for-tests` before
# that, also what only the tests need; `make test` asks for it.
#
# The only thing expected of the machine is the Rust toolchain. Nothing is touched, and nothing is
# printed, where all is there already, so that every make target can afford to run this first.
set -eu

for_tests=no
if [ "${1:-}" = --for-tests ]; then
    for_tests=yes
    shift
fi

say() { printf 'setup: %s\n' "$*" >&2; }

has_command() {
    # Some of these live in the sbin folders, which are not on every user's path.
    PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null 2>&1
}

# True if one of the paths, given as expanded patterns, exists.
has_file() {
    for candidate in "$@"; do
        [ -e "$candidate" ] && return 0
    done
    return 1
}

# bindgen, which reads RocksDB's C header, loads libclang and needs clang's own headers beside it.
has_libclang() {
    [ -n "${LIBCLANG_PATH:-}" ] && return 0
    has_file /usr/lib/llvm-*/lib/libclang*.so* /usr/lib/*-linux-gnu/libclang*.so* &&
        has_file /usr/lib/llvm-*/lib/clang/*/include/stddef.h /usr/lib/clang/*/include/stddef.h
}

# One package name a line, for each thing that is missing.
missing_packages() {
    has_command make || echo make
    has_command g++ || echo g++
    has_libclang || echo libclang-dev
    [ "$for_tests" = yes ] || return 0
    # The tests compare restored trees with what these tools see and make.
    has_command rsync || echo rsync
    has_command setfattr || echo attr
    has_command setfacl || echo acl
    has_command setcap || echo libcap2-bin
    has_command strace || echo strace
    # The servers whose caches and mail stores gleaner reads; tests start them as processes of theirs.
    has_command nginx || echo nginx-light
    has_command squid || echo squid
    has_command apache2 || echo apache2
    has_command apt-cacher-ng || echo apt-cacher-ng
    has_file /usr/lib/dovecot/imap || echo dovecot-imapd
    has_file /usr/lib/dovecot/pop3 || echo dovecot-pop3d
    has_command vsftpd || echo vsftpd
    # What lays out images of containers.
    has_command umoci || echo umoci
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif has_command sudo; then
        sudo "$@"
    else
        say "not root and no sudo here; as root, run: apt-get install -y $packages"
        exit 1
    fi
}

# Debian starts a service when it is installed unless this file says 101 (invoke-rc.d(8)), and nobody
# asked for a web server on this machine. Where an administrator has a say already, that stands.
policy=/usr/sbin/policy-rc.d
policy_is_ours=no

forbid_services() {
    has_file "$policy" && return 0
    policy_is_ours=yes
    trap allow_services EXIT
    trap 'exit 130' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
}

allow_services() {
    [ "$policy_is_ours" = yes ] || return 0
    trap - EXIT HUP INT TERM
    as_root rm -f "$policy"
}

# Services whose program, of the same name, is missing. The others are their owner's.
missing_services() {
    for service in nginx squid apache2 apt-cacher-ng dovecot vsftpd; do
        has_command "$service" || echo "$service"
    done
}

# What was installed only now does not start with the machine either.
disable_services() {
    for service in "$@"; do
        if has_command "$service" && has_command update-rc.d; then
            as_root update-rc.d "$service" disable >/dev/null 2>&1 ||
                say "$service may start with the machine; to prevent it: update-rc.d $service disable"
        fi
    done
}

install_packages() {
    if ! has_command apt-get; then
        say "no apt-get here; install what Debian calls: $packages"
        exit 1
    fi
    say "installing $packages"
    # An unreachable mirror need not matter when the lists on the machine are recent enough.
    as_root apt-get -qq -o DPkg::Lock::Timeout=300 update || say "apt-get update did not succeed"
    services=$(missing_services)
    forbid_services
    # shellcheck disable=SC2086 # one word per package is meant
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 \
        install --no-install-recommends $packages >&2
    # shellcheck disable=SC2086 # one word per service is meant
    disable_services $services
    allow_services
}

packages=$(missing_packages | tr '\n' ' ' | sed 's/ $//')
if [ -n "$packages" ]; then
    install_packages
    left=$(missing_packages | tr '\n' ' ')
    if [ -n "$left" ]; then
        say "still missing after the installation: $left"
        exit 1
    fi
fi

if ! has_command cargo; then
    # A toolchain that rustup installed in this very session is not on the path yet.
    if [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
        PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
        export PATH
    else
        say "no cargo here; install the Rust toolchain first: https://rustup.rs"
        exit 1
    fi
fi

[ "$#" -eq 0 ] || exec "$@"
