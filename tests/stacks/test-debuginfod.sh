#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Names that only a debuginfod server has: it is asked where that is allowed, and not where it is not.
. "${top_srcdir:-.}/tests/stacks/lib.sh"

if ! ldconfig -p | grep -q libdebuginfod.so.1; then
	echo "0 passed, 0 failed"
	exit 0
fi

# The program has no names; what has them is the server's.
build named -O1
objcopy --only-keep-debug "$scratch/named" "$scratch/named.debug"
mkdir "$scratch/bin"
strip -o "$scratch/bin/nameless" "$scratch/named"

python3 "$here/debuginfod.py" "$scratch/named.debug" "$scratch/address" "$scratch/asked" &
server=$!
trap 'kill $server; rm -rf "$scratch"' EXIT
until test -s "$scratch/address"; do
	kill -0 $server || exit 1
	sleep 0.05
done
# The client keeps what it was given, and what it was not: here, and nowhere of the user's.
export no_proxy=127.0.0.1
export DEBUGINFOD_CACHE_PATH=$scratch/cache
DEBUGINFOD_URLS=$(cat "$scratch/address")
export DEBUGINFOD_URLS
touch "$scratch/asked"

watch stacks.failures=true -- "$scratch/bin/nameless" plain
came_from "without permission there are no names" failure open ENOENT 1 nameless+@- nameless+@- ...
check "without permission no server is asked" "$(cat "$scratch/asked")" = ""

watch stacks.failures=true stacks.debuginfod=true -- "$scratch/bin/nameless" plain
came_from "what only a server has names functions and lines" failure open ENOENT 1 inner@inner inlined@inlined \
	middle@middle outer@outer main@main ...
build_id=$(readelf -n "$scratch/named" | sed -n 's/.*Build ID: //p')
check "it was asked for the program's build id" "$(grep -c "^/buildid/$build_id/debuginfo$" "$scratch/asked")" = 1

# A server that is gone costs the names, and nothing else.
kill $server
wait $server 2>/dev/null
rm -rf "$scratch/cache"
watch stacks.failures=true stacks.debuginfod=true -- "$scratch/bin/nameless" plain
check "the program ends as it would where the server is gone" "$status" = 0
came_from "where the server is gone there are no names" failure open ENOENT 1 nameless+@- nameless+@- ...
trap 'rm -rf "$scratch"' EXIT

finish
