#!/usr/bin/env bash
# Runs Schemathesis against the contract, on a fresh demo of each database, as several users. LINLI_TEST_POSTGRES names a
# PostgreSQL server on which databases can be made, as for the tests. It takes the debug program that was built last.
#
#   bash scripts/schemathesis.sh                  in short; part of scripts/test.sh
#   bash scripts/schemathesis.sh --long           every user through everything, many more examples
#   bash scripts/schemathesis.sh --user resident --database sqlite      one run of it (--long goes with it)
#
# Exit codes: 0 all is well, 1 something was found, 2 something is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

long=no
databases=(sqlite postgres)
users=(everybody resident craftsman dispatcher administrator newcomer)
chosen=""
while [ $# -gt 0 ]; do
    case "$1" in
        --long) long=yes ;;
        --user) chosen=${2:?--user needs a name}; shift ;;
        --database) databases=("${2:?--database needs sqlite or postgres}"); shift ;;
        -h | --help)
            sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
            exit 0
            ;;
        *)
            echo "unknown argument: $1 (see --help)" >&2
            exit 2
            ;;
    esac
    shift
done
if [ $long = yes ]; then users=(everybody resident craftsman dispatcher social_worker administrator operator newcomer); fi
if [ -n "$chosen" ]; then users=("$chosen"); fi

here=$PWD/tests/schemathesis
contract=$PWD/openapi/openapi.json
target=$(realpath "${CARGO_TARGET_DIR:-target}")
linli=$target/debug/linli
if [ ! -x "$linli" ]; then
    echo "There is no $linli: cargo build --workspace" >&2
    exit 2
fi

if [[ " ${databases[*]} " == *" postgres "* && -z ${LINLI_TEST_POSTGRES:-} ]]; then
    echo "LINLI_TEST_POSTGRES must name a PostgreSQL server, such as postgres://postgres@127.0.0.1:5432; or --database sqlite" >&2
    exit 2
fi

# --------------------------------------------------------------------------------------------------- the tool itself

venv=$target/schemathesis/venv
install_tool() {
    if cmp -s "$here/requirements.txt" "$venv/installed.txt"; then return; fi
    rm -rf "$venv"
    if ! python3 -m venv "$venv" >"$target/schemathesis/venv.log" 2>&1; then
        echo "Python 3.11 or newer with venv is needed: apt-get install --no-install-recommends python3-venv" >&2
        exit 2
    fi
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/installed.txt"
}
mkdir -p "$target/schemathesis"
install_tool

# ---------------------------------------------------------------------------------------------- a database and its runs

folder=$(mktemp -d -t linli-schemathesis.XXXXXX)
trap 'kill $(jobs -p) 2>/dev/null || true; wait || true; rm -rf "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

on_postgres() {
    local psql=${LINLI_TEST_POSTGRES_PROGRAMS:+$LINLI_TEST_POSTGRES_PROGRAMS/}psql
    "$psql" -qX -v ON_ERROR_STOP=1 -d "${LINLI_TEST_POSTGRES%/}/postgres" -c "$1" >/dev/null 2>&1
}

served=""
made=""

# Stops the program of a run, and drops its database.
clear_away() {
    if [ -n "$served" ]; then kill "$served" 2>/dev/null || true; wait "$served" 2>/dev/null || true; fi
    if [ -n "$made" ]; then on_postgres "DROP DATABASE IF EXISTS $made WITH (FORCE)" || true; fi
    served=""
    made=""
}

# Starts a demo of its own in a folder, without limits for one client: here one client asks as fast as it can.
serve_demo() {
    local database=$1 place=$2 flags=()
    if [ "$database" = postgres ]; then
        made=linli_schemathesis_${$}_$(basename "$place" | tr -c 'a-z\n' _)
        on_postgres "CREATE DATABASE $made"
        flags=(--database "${LINLI_TEST_POSTGRES%/}/$made")
    fi
    LINLI_RATE_LIMITS=off "$linli" demo --listen 127.0.0.1:0 --data "$place/data" "${flags[@]}" >"$place/demo.log" 2>&1 &
    served=$!
    local try
    for try in $(seq 300); do
        if [ -s "$place/data/demo-tokens.json" ] && grep -q '^Linli' "$place/demo.log"; then return; fi
        if ! kill -0 "$served" 2>/dev/null; then break; fi
        sleep 0.1
    done
    cat "$place/demo.log" >&2
    return 1
}

# One run. What it says goes into a file, and onto the screen where something was found.
run_as() {
    local database=$1 user=$2 place=$folder/$1-$2 said=$target/schemathesis/$1-$2.log begun=$SECONDS
    local options=(all 3 30) phases=examples,coverage,fuzzing,stateful
    # What breaks the schema is refused to everybody alike: in short, it is tried once.
    if [ "$user" != everybody ]; then options=(positive 3 30) phases=examples,fuzzing,stateful; fi
    if [ $long = yes ]; then options=(all 100 500) phases=examples,coverage,fuzzing,stateful; fi
    mkdir -p "$place"
    serve_demo "$database" "$place" || return 1
    local tokens=$place/data/demo-tokens.json base
    python3 "$here/prepare.py" "$tokens" "$place" "$user" "${options[@]}" || return 1
    base=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["base_url"])' "$tokens")
    local outcome=0
    # In a folder of its own, it remembers nothing of earlier runs.
    (cd "$place" && SCHEMATHESIS_HOOKS=$here/hooks.py PYTHONDONTWRITEBYTECODE=1 \
        "$venv/bin/schemathesis" --config-file schemathesis.toml run "$contract" --url "$base" \
        --phases $phases --no-color) >"$said" 2>&1 || outcome=$?
    if grep 'lost their account' "$said"; then outcome=1; fi
    clear_away
    printf '%-10s %-15s %4d s  %s\n' "$database" "$user" $((SECONDS - begun)) "$(grep -E '^ +[0-9]+ generated' "$said" || true)"
    cp "$place/demo.log" "$said.demo"
    if [ $outcome != 0 ]; then
        sed -n '/= \(FAILURES\|ERRORS\) =/,$p' "$said" | head -n 200
        echo "$database as $user: all of it is in $said, the program's log in $said.demo" >&2
        return 1
    fi
}

runs_of() {
    trap clear_away EXIT
    trap 'exit 143' TERM
    local user failed=0
    for user in "${users[@]}"; do run_as "$1" "$user" || failed=1; clear_away; done
    return $failed
}

pids=()
for database in "${databases[@]}"; do
    runs_of "$database" &
    pids+=($!)
done
failed=0
for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
exit $failed
