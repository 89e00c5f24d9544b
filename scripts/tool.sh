# Sourced by other scripts: a tool of Rust's, from crates.io, in a folder of this workspace.

# tool NAME VERSION: prints the path of a program in exactly this version. What is not there is built once, without the
# optimisation that its release would have: that takes half of the time, and it has little to do.
tool() {
    local name=$1 version=$2 root=${CARGO_TARGET_DIR:-target}/tools
    if ! grep -qs "^\"$name $version " "$root/.crates.toml"; then
        echo "building $name $version, once" >&2
        env -u RUSTFLAGS CARGO_PROFILE_DEV_DEBUG=false CARGO_TARGET_DIR="$root/build" \
            cargo install --quiet --locked --debug --root "$root" "$name" --version "=$version" >&2 || return 1
    fi
    printf '%s\n' "$root/bin/$name"
}
