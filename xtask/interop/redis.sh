#!/bin/sh
# The store that workers share, against a real Redis: installs Debian's redis-server if there is none, and runs its tests.
set -eu

if ! command -v "${REDIS_SERVER:-redis-server}" >/dev/null; then
    as_root=""
    [ "$(id -u)" -eq 0 ] || as_root="sudo"
    echo "interop: installing redis-server"
    $as_root apt-get update -qq
    # Only the program is wanted: the tests start a server of their own, on a free port.
    $as_root env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server
fi
"${REDIS_SERVER:-redis-server}" --version

exec cargo test -p attendance-api --features redis-rustls,webhook --test redis -- "$@"
