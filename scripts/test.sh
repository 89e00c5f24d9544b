#!/usr/bin/env bash
# Proves the whole workspace: format, dependency rules, lints, documentation, supply chain, contract, and every test on
# SQLite and on PostgreSQL. It starts a PostgreSQL of its own in a temporary folder and stops it again.
#
#   bash scripts/test.sh          as root, installs what is missing with apt; otherwise says what to install
#   bash scripts/test.sh --fast   never installs with apt
#
# What Python needs comes from PyPI into the target folder, once for each change of tests/schemathesis/requirements.txt.
#
# Exit codes: 0 all is well, 1 something failed, 2 something must be installed first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fast=no
for argument in "$@"; do
    case "$argument" in
        --fast) fast=yes ;;
        -h | --help)
            sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
            exit 0
            ;;
        *)
            echo "unknown argument: $argument (see --help)" >&2
            exit 2
            ;;
    esac
done

heading() { printf '\n==== %s (after %d s)\n' "$1" "$SECONDS"; }

# ---------------------------------------------------------------------------------------------- what must be there

# The folder of PostgreSQL's server programs, newest version first; nothing where there is none.
postgres_programs() {
    local initdb
    initdb=$(find /usr/lib/postgresql/*/bin -name initdb 2>/dev/null | sort -rV | head -n 1 || true)
    [ -n "$initdb" ] || initdb=$(command -v initdb || true)
    if [ -n "$initdb" ]; then dirname "$(readlink -f "$initdb")"; fi
}

find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome || true; }

missing_packages() {
    local tool
    for tool in cc make; do
        command -v "$tool" >/dev/null || { echo build-essential; break; }
    done
    command -v perl >/dev/null || echo perl
    [ -n "$(postgres_programs)" ] || echo postgresql
    [ -n "$(find_chromium)" ] || echo chromium
    python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
}

heading "what must be there"
mapfile -t missing < <(missing_packages)
if [ "${#missing[@]}" -gt 0 ]; then
    if [ "$(id -u)" != 0 ] || [ "$fast" = yes ] || ! command -v apt-get >/dev/null; then
        echo "Missing, by the names of Debian's packages: ${missing[*]}" >&2
        echo "Install them, for example: apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 2
    fi
    echo "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

command -v cargo >/dev/null || PATH="$HOME/.cargo/bin:$PATH"
wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
found=$(rustc --version 2>/dev/null | cut -d ' ' -f 2 || true)
if [ "$(printf '%s\n' "$wanted" "${found:-0}" | sort -V | head -n 1)" != "$wanted" ]; then
    echo "Rust $wanted or newer is needed, found: ${found:-none}. See https://rustup.rs" >&2
    exit 2
fi
if ! cargo fmt --version >/dev/null 2>&1 || ! cargo clippy --version >/dev/null 2>&1; then
    echo "Rust's rustfmt and clippy are needed: rustup component add rustfmt clippy" >&2
    exit 2
fi
programs=$(postgres_programs)
echo "rustc $found, $("$programs/postgres" --version), $(find_chromium)"

# ------------------------------------------------------------------------------------------- a PostgreSQL of our own

# As root, PostgreSQL runs as `postgres`: it refuses to run as root.
as_postgres=()
if [ "$(id -u)" = 0 ]; then as_postgres=(runuser -u postgres --); fi
folder=""

# Runs one of PostgreSQL's programs in its own folder.
postgres_program() {
    local program=$1
    shift
    (cd "$folder" && "${as_postgres[@]}" "$programs/$program" "$@" </dev/null)
}

stop_postgres() {
    if [ -n "$folder" ]; then
        if [ -e "$folder/data/postmaster.pid" ]; then
            postgres_program pg_ctl -D "$folder/data" -m immediate -w stop >/dev/null || true
        fi
        rm -rf "$folder"
    fi
}
trap stop_postgres EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Where folders are made that need not outlive this run: in memory, where there is room. The tests make and drop hundreds of
# databases, each of which has hundreds of files.
quick_folder() {
    local free
    free=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1 || true)
    if [ -w /dev/shm ] && [ "${free:-0}" -gt 4000000 ] && [ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -gt 8000000 ]; then
        echo /dev/shm
    else
        echo "${TMPDIR:-/tmp}"
    fi
}

start_postgres() {
    folder=$(mktemp -d -p "$(quick_folder)" linli-postgres.XXXXXX)
    if [ "$(id -u)" = 0 ]; then chown postgres: "$folder"; fi
    postgres_program initdb -D "$folder/data" -U postgres --auth=trust --encoding=UTF8 --locale=C --no-sync >/dev/null
    # What the tests keep need not outlive a power failure.
    cat >>"$folder/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 400
fsync = off
full_page_writes = off
max_wal_size = 256MB
CONF
    local port try
    for try in 1 2 3 4 5 6 7 8 9 10; do
        port=$((20000 + RANDOM % 12000))
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then continue; fi
        if postgres_program pg_ctl -D "$folder/data" -l "$folder/log" -o "-p $port" -w -t 60 start >/dev/null; then
            export LINLI_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port"
            # pg_dump and pg_restore, of the server's own version.
            export LINLI_TEST_POSTGRES_PROGRAMS=$programs
            echo "$LINLI_TEST_POSTGRES"
            return
        fi
        echo "attempt $try on port $port failed" >&2
    done
    cat "$folder/log" >&2
    exit 1
}

heading "PostgreSQL"
start_postgres

# ----------------------------------------------------------------------------------------------------- the checks

# Nothing is compiled twice here, so incremental data would only cost time.
if [ -n "${CI:-}" ]; then export CARGO_INCREMENTAL=0; fi

heading "format"
cargo fmt --all --check

heading "dependency rules"
bash scripts/dependency-rules.sh

heading "lints"
cargo clippy --locked --workspace --all-targets --all-features -- -D warnings

heading "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --document-private-items

heading "supply chain"
bash scripts/supply-chain.sh
bash scripts/sbom.sh

# All targets at once: the program that tests start, and the tests, share what they are built from.
heading "build"
cargo build --locked --workspace --all-targets

heading "contract"
linli=${CARGO_TARGET_DIR:-target}/debug/linli
if ! "$linli" openapi | diff -u openapi/openapi.json - | head -n 60; then
    echo "The program's contract differs from openapi/openapi.json. If the change is meant:" >&2
    echo "    $linli openapi > openapi/openapi.json" >&2
    exit 1
fi

heading "Schemathesis, in short"
bash scripts/schemathesis.sh

heading "examples in the documentation"
cargo test --locked --workspace --doc

heading "faults under load, in short"
"${CARGO_TARGET_DIR:-target}/debug/fault" --short

heading "tests, on SQLite and on PostgreSQL"
TMPDIR=$(quick_folder) cargo test --locked --workspace --tests
