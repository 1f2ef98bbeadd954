#!/bin/sh
# The helper for C and C++ over tests/native: each file says what it expects. Once with Node's headers,
# where they are installed, and a part of them again without: then stand-ins take their place.
set -u
cd "$(dirname "$0")/.." || exit 2
helper=${BUILD:-build}/clusterlint-native
if [ ! -x "$helper" ]; then
	echo "clusterlint-native is not built: libclang is not installed (Debian: apt install libclang-dev)"
	exit 1
fi
out=$(mktemp)
trap 'rm -f "$out"' EXIT
find tests/native -name '*.c' -o -name '*.cc' | LC_ALL=C sort |
	xargs -P "$(getconf _NPROCESSORS_ONLN)" -n 8 node tests/native/check.js "$helper" >"$out" || bad=1
find tests/native/N01* tests/native/N05* tests/native/N34* -name '*.c*' | LC_ALL=C sort |
	WITHOUT_NODE_HEADERS=1 xargs -P "$(getconf _NPROCESSORS_ONLN)" -n 4 node tests/native/check.js "$helper" \
		>>"$out" || bad=1
cat "$out"
exit ${bad:-0}
