#!/usr/bin/env bash
# The architecture as rules that a machine can check: which package may know what. Called by scripts/test.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

failed=no

# rule NAME FOUND: a rule holds where nothing was found that breaks it.
rule() {
    if [ -z "$2" ]; then
        echo "holds: $1"
    else
        failed=yes
        printf 'BROKEN: %s\n%s\n' "$1" "$2" >&2
    fi
}

# Every package that PACKAGE is built from, with all its features.
dependencies() { cargo tree --locked --quiet -p "$1" -e normal --all-features --prefix none --format '{p}' | cut -d ' ' -f 1 | sort -u; }

# Lines of Rust that match, outside of comments.
lines() {
    local pattern=$1
    shift
    grep -rnE --include='*.rs' "$pattern" "$@" | grep -vE '^[^:]+:[0-9]+:[[:space:]]*//' || true
}

# Names that a package's manifest takes as dependencies.
manifest() { grep -nE "$1" "$2" || true; }

domain=$(dependencies linli-domain)
persistence=$(dependencies linli-persistence)
if [ -z "$domain" ] || [ -z "$persistence" ]; then
    echo "cargo tree gave nothing" >&2
    exit 1
fi

rule "domain is built without database, web and runtime" \
    "$(grep -E '^(diesel|libsqlite3-sys|pq-sys|actix-.*|tokio|reqwest)$' <<<"$domain" || true)"
rule "domain knows no other package of ours" "$(grep -E '^linli-(persistence|api|tests)$' <<<"$domain" || true)"
rule "persistence is built without web" "$(grep -E '^(actix-web|actix-http|linli-api|utoipa-swagger-ui)$' <<<"$persistence" || true)"
rule "api does not name diesel" \
    "$(manifest '^(diesel|diesel_migrations)\b' api/Cargo.toml; lines '\bdiesel(_migrations)?::' api/src)"
rule "tests do not name diesel" \
    "$(manifest '^(diesel|diesel_migrations)\b' tests/Cargo.toml; lines '\bdiesel(_migrations)?::' tests)"
asks_which='\bAnyConn::(Sqlite|Postgres)\b|\b(SqliteConnection|PgConnection)\b'
rule "only persistence/src/dialect looks at which database it is" \
    "$(lines "$asks_which" domain/src persistence/src api/src tests | grep -vE '^persistence/src/dialect[./]' || true)"
rule "nothing is offered by PATCH, which mini-programs cannot send" \
    "$(lines '\.patch\(|\bpatch\(|Method::PATCH|HttpMethod::Patch|^[[:space:]]*patch,|path\(patch' api/src)"
rule "the contract is there and has no PATCH" "$(grep -n '"patch": *{' openapi/openapi.json 2>&1 || true)"
forbidden=$(sed -n '/^\[workspace.lints.rust\]/,/^\[/p' Cargo.toml | grep -x 'unsafe_code = "forbid"' || true)
rule "no package of ours has unsafe code: the workspace forbids it, and each package takes its lints" \
    "$([ -n "$forbidden" ] || echo 'Cargo.toml does not forbid unsafe_code'
        for package in domain persistence api tests; do
            grep -A 1 -x '\[lints\]' "$package/Cargo.toml" | grep -qx 'workspace = true' || echo "$package/Cargo.toml has lints of its own"
        done)"
rule "both databases have the same migrations" \
    "$(diff <(cd migrations/sqlite && ls -d -- */*) <(cd migrations/postgres && ls -d -- */*) || true)"

[ "$failed" = no ]
