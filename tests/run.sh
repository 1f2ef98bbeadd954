#!/bin/sh
# run.sh BUILD: unit tests, fixtures, then every tests/check-*.sh and tests/oracle/*.sh.
# ONLY=word picks those whose path holds the word. Ends with one line of numbers.
set -u
cd "$(dirname "$0")/.." || exit 2
build=$(cd "${1:?usage: tests/run.sh BUILD}" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
passed=0 failed=0 skipped=0
export BUILD="$build" CLUSTERLINT="$build/clusterlint"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"

wanted() {
	case $1 in
	*"${ONLY:-}"*) return 0 ;;
	esac
	return 1
}

# a unit test counts as many as cmocka says; one that dies before it says so counts as one failure
unit() {
	timeout "${TEST_TIMEOUT:-120}" "$build/${1%.c}" >"$tmp/log" 2>&1
	status=$?
	ok=$(grep -c '^\[       OK \]' "$tmp/log")
	bad=$(grep -c '^\[  FAILED  \] [^0-9]' "$tmp/log")
	# cmocka names each failed test twice: when it fails and in its summary
	bad=$((bad / 2))
	if [ $status != 0 ]; then
		[ $bad != 0 ] || bad=1
		echo "FAIL $1 (status $status)"
		grep -v '^\[ RUN  \|^\[       OK' "$tmp/log" | sed 's/^/    /'
	fi
	passed=$((passed + ok)) failed=$((failed + bad))
}

# status 77: cannot be run here, the last line says why
check() {
	timeout "${CHECK_TIMEOUT:-300}" "$1" >"$tmp/log" 2>&1
	status=$?
	case $status in
	0)
		passed=$((passed + 1))
		# shapes that agree, and those that nobody can decide
		case $1 in */check-usage.sh) cat "$tmp/log" ;; esac
		;;
	77)
		echo "SKIP $1: $(tail -n 1 "$tmp/log")"
		skipped=$((skipped + 1))
		;;
	*)
		echo "FAIL $1 (status $status)"
		sed 's/^/    /' "$tmp/log"
		failed=$((failed + 1))
		;;
	esac
}

for test in tests/unit/test_*.c; do
	if [ -e "$test" ] && wanted "$test"; then unit "$test"; fi
done

tests/run-fixtures.sh "$build" >"$tmp/fixtures"
sed '$d' "$tmp/fixtures"
counts=$(tail -n 1 "$tmp/fixtures")
case $counts in
"fixtures: "*" passed, "*" failed")
	# shellcheck disable=SC2086 # words are wanted
	set -- $counts
	passed=$((passed + $2)) failed=$((failed + $4))
	;;
*)
	echo "FAIL tests/run-fixtures.sh gave no result: $counts"
	failed=$((failed + 1))
	;;
esac

for test in tests/check-*.sh tests/oracle/*.sh; do
	if [ -e "$test" ] && wanted "$test"; then check "$test"; fi
done

[ $skipped = 0 ] || echo "$skipped could not be run here: see SKIP above"
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed != 0 ]
