#!/usr/bin/env bash
# Writes what the program `linli` is built from as a bill of materials: CycloneDX 1.5, JSON.
#
#   bash scripts/sbom.sh              writes target/sbom/linli.cdx.json
#   bash scripts/sbom.sh FILE
#
# It is made from Cargo.lock by cargo-cyclonedx, which is built once, from crates.io. It is for Linux on this kind of
# processor, holds no path of this machine, and bears the time of the last commit (or SOURCE_DATE_EPOCH): the same commit
# gives the same bill.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/tool.sh

version=0.5.9
target=$(rustc -vV | sed -n 's/^host: //p')
file=${1:-${CARGO_TARGET_DIR:-target}/sbom/linli.cdx.json}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH

cyclonedx=$(tool cargo-cyclonedx "$version")
# It writes beside each package's manifest, for every program of the workspace.
trap 'rm -f ./*/*_bin.cdx.json' EXIT
"$cyclonedx" cyclonedx --manifest-path api/Cargo.toml --format json --spec-version 1.5 --describe binaries --target "$target" --quiet
mkdir -p "$(dirname "$file")"
sed "s|path+file://$PWD/|path+file:///|g" api/linli_bin.cdx.json >"$file"

# Whatever cargo builds the program from must stand in it.
built=$(cargo tree --locked -p linli-api -e normal,build --target "$target" --prefix none --format '{p}' |
    sed -n 's/^\([^ ]*\) v\([^ ]*\).*/\1@\2/p' | sort -u)
billed=$(sed -n 's|.*"pkg:cargo/\([^"?]*\).*|\1|p' "$file" | sort -u)
missing=$(comm -23 <(printf '%s\n' "$built") <(printf '%s\n' "$billed"))
if [ -z "$built" ] || [ -n "$missing" ]; then
    printf 'The bill lacks:\n%s\n' "${missing:-everything: cargo tree gave nothing}" >&2
    exit 1
fi
echo "$file: $(wc -l <<<"$billed") packages"
