#!/bin/sh
# action.sh: the step of action.yml. Reads CL_*; prints the report and annotations, writes SARIF, the step
# summary and the outputs exit-code and sarif-file. Ends with 0: the last step of the action fails.
set -eu
action=${CL_ACTION:-$(dirname "$0")/..}
cd "${CL_DIRECTORY:-.}"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
sarif=${CL_SARIF:-clusterlint.sarif}
nl='
'
case $sarif in
*"$nl"*) # a second line would be an output of its own
	echo "sarif-file must be one line" >&2
	exit 2
	;;
esac

program=${CL_PROGRAM:-clusterlint}
if ! command -v "$program" >/dev/null 2>&1; then
	"$action/.ci/bootstrap" build
	make -s -C "$action" all
	program=$action/build/clusterlint
fi

set -f
set -- --fail-on "${CL_FAIL_ON:-project}"
[ -z "${CL_BASELINE:-}" ] || set -- "$@" --baseline "$CL_BASELINE"
[ -z "${CL_SINCE:-}" ] || set -- "$@" --since "$CL_SINCE"
[ -z "${CL_TARGET:-}" ] || set -- "$@" --target "$CL_TARGET"
set -- "$@" --format sarif --output "$sarif" --format github --output "$tmp/annotations" \
	--format markdown --output "$tmp/summary" --format text --
old_ifs=$IFS
IFS=$nl
for config in ${CL_CONFIGS:-}; do
	[ -z "$config" ] || set -- "$@" "$config"
done
IFS=$old_ifs

# names in the report must not become commands of the runner
token=clusterlint-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$token"
status=0
"$program" check "$@" 2>&1 || status=$?
echo "::$token::"

[ ! -s "$tmp/annotations" ] || cat "$tmp/annotations"
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -s "$tmp/summary" ]; then
	head -c 1000000 "$tmp/summary" >>"$GITHUB_STEP_SUMMARY" # a summary takes one MiB
fi
if [ -n "${GITHUB_OUTPUT:-}" ]; then
	echo "exit-code=$status" >>"$GITHUB_OUTPUT"
	case $sarif in
	/*) path=$sarif ;;
	*) path=$(pwd)/$sarif ;;
	esac
	[ ! -s "$sarif" ] || echo "sarif-file=$path" >>"$GITHUB_OUTPUT"
fi
