# What the scripts share: where things are, free ports, and servers that are ended by their own id.
# Sourced with bash, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Where rustup puts it. Not when it is there already: cargo builds anew for another PATH, so script/Makefile.frag, too,
# adds it like this.
command -v cargo >/dev/null || export PATH="$PATH:$HOME/.cargo/bin"
export TWOFACTOR_EXTENSION="${TWOFACTOR_EXTENSION:-${CARGO_TARGET_DIR:-$root/target}/release/libtwofactor.so}"
export TWOFACTOR_FAKES="${TWOFACTOR_FAKES:-${CARGO_TARGET_DIR:-$root/target}/debug/twofactor-fakes}"
export TWOFACTOR_TEST_PROGRAM="${TWOFACTOR_TEST_PROGRAM:-${CARGO_TARGET_DIR:-$root/target}/debug/twofactor}"
cargo=(cargo)

say() { printf '%s\n' "$*"; }
title() { printf '\n== %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# A port nobody listens on, on 127.0.0.1.
free_port() {
    # Below those that the system gives away by itself: nobody else gets it before it is used.
    php -n -r 'do { $port = random_int(12000, 32000); } while (!@stream_socket_server("tcp://127.0.0.1:$port")); echo $port;'
}

# until_open PORT SECONDS: waits until 127.0.0.1:PORT answers.
until_open() {
    local end=$((SECONDS + $2))
    until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

# end_group PID: ends a server that was started as the leader of its own process group.
end_group() {
    kill -INT -- "-$1" 2>/dev/null || return 0
    local i
    for i in 1 2 3 4 5 6 7 8 9 10; do
        kill -0 -- "-$1" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL -- "-$1" 2>/dev/null || true
}

# See [profile.release] in Cargo.toml. PHP is named as config.m4 names it: what one of them has
# built, the other does not build again. For what has to be quick, build_extension --profile=dev.
build_extension() {
    local options=()
    [ "${1:---release}" != --release ] || read -ra options <<<"$("$root/script/rustc-options")"
    (cd "$root" && PHP=$(php-config --php-binary) PHP_CONFIG=$(type -P php-config) \
        "${cargo[@]}" rustc "${1:---release}" --locked --lib --crate-type cdylib -- "${options[@]}") && [ -f "$TWOFACTOR_EXTENSION" ]
}

# The command line, as it is released.
build_program() {
    local options=()
    read -ra options <<<"$("$root/script/rustc-options")"
    (cd "$root" && "${cargo[@]}" rustc --release --locked --no-default-features --features premium,cli --bin twofactor -- "${options[@]}")
}

# The same, to try: quicker, and in the words of the suite rust, which has built it then. Cargo builds a program for a test of
# its package, and this is the smallest.
build_program_to_try() {
    (cd "$root" && cargo test --locked --workspace --no-default-features --features twofactor/premium,twofactor/cli --no-run --test zeroing) \
        && [ -f "$TWOFACTOR_TEST_PROGRAM" ]
}

# The providers on this machine that messages go to. In the words of the suite rust, in which the test of the program
# has it built: cargo would build what it stands on anew for the features of another choice.
build_fakes() {
    (cd "$root" && cargo test --locked --workspace --no-default-features --no-run --test program) && [ -f "$TWOFACTOR_FAKES" ]
}

# Where the extension is installed, php.ini loads that one, and what was built would never be asked:
# from here on PHP reads everything but the files that name twofactor.
set_installed_aside() {
    php -r 'exit(extension_loaded("twofactor") ? 0 : 1);' 2>/dev/null || return 0
    local folder=$root/var/php.d
    rm -rf "$folder" && mkdir -p "$folder"
    php -r '
        foreach (array_map("trim", explode(",", (string) php_ini_scanned_files())) as $file) {
            if ($file !== "" && !preg_match("/^[^;\n]*twofactor/mi", file_get_contents($file))) {
                symlink($file, $argv[1] . "/" . basename($file));
            }
        }' "$folder"
    export PHP_INI_SCAN_DIR=$folder
    ! php -r 'exit(extension_loaded("twofactor") ? 0 : 1);' 2>/dev/null \
        || die "$(php -r 'echo php_ini_loaded_file();') loads twofactor: take the line out, or put it into a file of its own"
}
