#!/bin/sh
# fuzz.sh BUILD SECONDS: runs each fuzz target that long, from tests/fuzz/corpus/<target> where that
# exists. What it finds stays in BUILD/crashes.
set -u
cd "$(dirname "$0")/.." || exit 2
build=$(cd "${1:?usage: tests/fuzz.sh BUILD SECONDS}" && pwd)
seconds=${2:?usage: tests/fuzz.sh BUILD SECONDS}
mkdir -p "$build/crashes"
ran=0 failed=0
for source in tests/fuzz/fuzz_*.c; do
	[ -e "$source" ] || continue
	name=$(basename "$source" .c)
	mkdir -p "$build/corpus/$name"
	seeds=tests/fuzz/corpus/$name
	[ -d "$seeds" ] || seeds=
	ran=$((ran + 1))
	# shellcheck disable=SC2086 # no seeds, no word
	if "$build/tests/fuzz/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
		-artifact_prefix="$build/crashes/$name-" "$build/corpus/$name" $seeds \
		>"$build/$name.log" 2>&1; then
		echo "fuzz: $name: $(grep -o 'Done .*' "$build/$name.log" || tail -n 1 "$build/$name.log")"
	else
		echo "FAIL $name"
		tail -n 40 "$build/$name.log" | sed 's/^/    /'
		failed=$((failed + 1))
	fi
done
[ $ran != 0 ] || echo "fuzz: there are no fuzz targets yet, nothing was run"
[ $failed = 0 ]
