#!/bin/sh
# live.sh BUILD: tests against a real PM2, tests/live/*.sh. Says so where there is none.
set -u
cd "$(dirname "$0")/.." || exit 2
build=$(cd "${1:?usage: tests/live.sh BUILD}" && pwd)
export BUILD="$build" CLUSTERLINT="$build/clusterlint"
passed=0 failed=0
for test in tests/live/*.sh; do
	[ -e "$test" ] || continue
	if timeout "${LIVE_TIMEOUT:-600}" "$test"; then
		passed=$((passed + 1))
	else
		echo "FAIL $test (status $?)"
		failed=$((failed + 1))
	fi
done
if [ $((passed + failed)) = 0 ]; then
	echo "live: there are no live tests yet, nothing was run"
	exit 0
fi
echo "live: $passed passed, $failed failed"
[ $failed = 0 ]
