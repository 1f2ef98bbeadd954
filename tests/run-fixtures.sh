#!/bin/sh
# run-fixtures.sh BUILD: every directory below tests/fixtures that holds a file `cmd` is a case:
#   input/             copied (links in it stay links; input itself may be a link) to a fresh folder
#   setup              optional sh script run there first, for what git cannot hold
#   cmd                one line of sh, run there; clusterlint is in PATH
#   expected.stdout, expected.stderr    compared exactly; absent means empty
#   expected.exit      absent means 0
#   expected/          the tree afterwards; absent means unchanged
# A case below a folder named `known` must fail: it shows a gap, and tells when the gap is gone.
# ONLY=word picks cases, UPDATE=1 rewrites what is expected (not in known), JOBS and FIXTURE_TIMEOUT (seconds) say
# how many run at once and how long each may take.
set -u

one() {
	case=$1
	work=$tmp/$(echo "$case" | tr / +)
	mkdir -p "$work/in" "$work/home" "$work/tmp"
	log=$work.log
	: >"$log"
	[ ! -e "$case/input" ] || cp -RP "$case/input/." "$work/in"
	run="env -i PATH=$build:/usr/local/bin:/usr/bin:/bin HOME=$work/home TMPDIR=$work/tmp TZ=UTC
		LC_ALL=C NO_COLOR=1 GIT_CONFIG_NOSYSTEM=1
		ASAN_OPTIONS=${ASAN_OPTIONS:-} UBSAN_OPTIONS=${UBSAN_OPTIONS:-}"
	if [ -e "$case/setup" ]; then
		(cd "$work/in" && $run sh "$root/$case/setup" </dev/null) >>"$log" 2>&1 ||
			echo "setup failed" >>"$log"
	fi
	cp -RP "$work/in" "$work/before" 2>/dev/null
	(cd "$work/in" && $run timeout "${FIXTURE_TIMEOUT:-20}" sh -c "$(cat "$root/$case/cmd")" \
		</dev/null >"$work/stdout" 2>"$work/stderr")
	status=$?
	[ $status != 124 ] || echo "took longer than ${FIXTURE_TIMEOUT:-20} seconds" >>"$log"
	# no path of this machine belongs into what is expected
	sed "s,$work/in,<dir>,g" "$work/stdout" >"$work/expected.stdout"
	sed "s,$work/in,<dir>,g" "$work/stderr" >"$work/expected.stderr"
	case ${UPDATE:-0}:$status:$case in
	*:124:* | *:*/known/*) ;;
	1:*)
		update
		return
		;;
	esac
	compare >>"$log" 2>&1
	case $case in
	*/known/*)
		if [ -s "$log" ]; then
			rm "$log"
		else
			echo "this known gap is gone: move the case out of known/" >"$log"
		fi
		;;
	esac
	[ -s "$log" ] || rm -f "$log"
}

compare() {
	for out in expected.stdout expected.stderr; do
		if [ -e "$case/$out" ]; then
			diff -u "$case/$out" "$work/$out"
		else
			diff -u /dev/null "$work/$out"
		fi
	done
	want=$(cat "$case/expected.exit" 2>/dev/null || echo 0)
	[ "$status" = "$want" ] || echo "exit status $status, expected $want"
	if [ -d "$case/expected" ]; then
		diff -ru --no-dereference "$case/expected" "$work/in"
	else
		diff -ru --no-dereference "$work/before" "$work/in"
	fi
}

update() {
	for out in expected.stdout expected.stderr; do
		if [ -s "$work/$out" ]; then
			cp "$work/$out" "$case/$out"
		else
			rm -f "$case/$out"
		fi
	done
	rm -f "$case/expected.exit" "$log"
	[ $status = 0 ] || echo $status >"$case/expected.exit"
	if ! diff -rq --no-dereference "$work/before" "$work/in" >/dev/null 2>&1; then
		rm -rf "$case/expected"
		cp -RP "$work/in" "$case/expected"
	else
		rm -rf "$case/expected"
	fi
}

cd "$(dirname "$0")/.." || exit 2
root=$(pwd -P)
if [ "${1:-}" = --some ]; then
	shift
	build=$FIXTURES_BUILD tmp=$FIXTURES_TMP
	for case; do one "$case"; done
	exit 0
fi

build=$(cd "${1:?usage: tests/run-fixtures.sh BUILD}" && pwd -P)
tmp=$(mktemp -d)
tmp=$(cd "$tmp" && pwd -P)
trap 'chmod -R u+rwx "$tmp"; rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
export FIXTURES_BUILD="$build" FIXTURES_TMP="$tmp"

[ -d tests/fixtures ] || { echo "fixtures: 0 passed, 0 failed"; exit 0; }
find tests/fixtures \( -name input -o -name expected \) -prune -o -type f -name cmd -print |
	sed 's,/cmd$,,' | grep -F -- "${ONLY:-}" | LC_ALL=C sort >"$tmp/cases"
xargs -P "${JOBS:-$(getconf _NPROCESSORS_ONLN)}" -n 4 tests/run-fixtures.sh --some <"$tmp/cases"

failed=0 total=0
while read -r case; do
	total=$((total + 1))
	log=$tmp/$(echo "$case" | tr / +).log
	[ -e "$log" ] || continue
	failed=$((failed + 1))
	echo "FAIL $case: $(cat "$case/cmd")"
	sed 's/^/    /' "$log"
done <"$tmp/cases"
echo "fixtures: $((total - failed)) passed, $failed failed"
[ $failed = 0 ]
