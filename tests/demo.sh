#!/bin/sh
# demo.sh BUILD: the main job on the sample project. Ends well when the program reported what it
# should: device-service must not run twice, and the plan goes from 11 processes to 10.
set -u
cd "$(dirname "$0")/fixtures/sample/input" || exit 2
program=$(cd ../../../.. && cd "${1:?usage: tests/demo.sh BUILD}" && pwd)/clusterlint
set -- check --cpus 4 --memory 16G ecosystem.config.js

echo "\$ clusterlint $*"
"$program" "$@"
status=$?
echo "(exit status $status)"

out=$(mktemp)
trap 'rm -f "$out"' EXIT
NO_COLOR=1 "$program" "$@" --format json >"$out"
expect() {
	# $1: what must be there, $2: pattern
	tr -d ' \n' <"$out" | grep -q -e "$2" || { echo "demo: the report lacks $1" >&2; bad=1; }
}
bad=0
[ $status = 1 ] || { echo "demo: exit status $status, expected 1" >&2; bad=1; }
expect "device-service as fork-only" '"name":"device-service".*"verdict":"fork-only"'
expect "an error for device-service" '"level":"error","confidence":"[a-z]*","app":"device-service"'
expect "the plan from 11 processes to 10" '"processes_before":11,"processes_after":10'
[ $bad = 0 ] || exit 1
echo "demo: reported what it should"
