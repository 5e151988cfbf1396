# What the scripts share: where things are, free ports, and servers that are ended by their own id.
# Sourced with bash, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export PATH="$PATH:$HOME/.cargo/bin"
export TWOFACTOR_EXTENSION="${TWOFACTOR_EXTENSION:-${CARGO_TARGET_DIR:-$root/target}/release/libtwofactor.so}"

say() { printf '%s\n' "$*"; }
title() { printf '\n== %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# A port nobody listens on, on 127.0.0.1.
free_port() {
    php -n -r '$s = stream_socket_server("tcp://127.0.0.1:0"); echo parse_url("tcp://" . stream_socket_get_name($s, false), PHP_URL_PORT);'
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

build_extension() {
    (cd "$root" && cargo build --release --locked) && [ -f "$TWOFACTOR_EXTENSION" ]
}
