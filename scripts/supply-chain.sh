#!/usr/bin/env bash
# Checks what Linli is built from against deny.toml: licences, sources, versions; and known flaws, where the database of
# RustSec is at hand. Nothing is fetched but cargo-deny itself, from crates.io, and that once.
#
#   bash scripts/supply-chain.sh
#   ADVISORY_DB=/path/to/advisory-db bash scripts/supply-chain.sh     with a clone of github.com/RustSec/advisory-db
#
# Without ADVISORY_DB the database is looked for where `cargo deny fetch` puts it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/tool.sh

version=0.20.2
# The folder in which this version of cargo-deny keeps the database of RustSec.
folder=advisory-db-3157b0e258782691

deny=$(tool cargo-deny "$version")
"$deny" --locked check --deny warnings --hide-inclusion-graph bans licenses sources

if [ -n "${ADVISORY_DB:-}" ]; then
    if [ ! -d "$ADVISORY_DB/crates" ]; then
        echo "ADVISORY_DB names $ADVISORY_DB, which is no clone of the advisory database" >&2
        exit 1
    fi
    place=$(mktemp -d)
    trap 'rm -rf "$place"' EXIT
    ln -s "$(realpath "$ADVISORY_DB")" "$place/$folder"
    sed "s|^\[advisories\]|&\ndb-path = \"$place\"|" deny.toml >"$place/deny.toml"
    "$deny" --locked --offline --config "$place/deny.toml" check advisories
elif [ -d "${CARGO_HOME:-$HOME/.cargo}/advisory-dbs/$folder" ]; then
    "$deny" --locked --offline check advisories
else
    echo "advisories NOT checked: the database is not here (\`cargo deny fetch db\`, or a clone that ADVISORY_DB names)"
fi
