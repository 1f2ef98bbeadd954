#!/bin/sh
# The step of action.yml, run as the runner would: annotations, SARIF, summary, outputs; hostile inputs
# stay text. And no input stands in a script of action.yml.
set -u
cd "$(dirname "$0")/.." || exit 2
root=$(pwd)
build=${BUILD:-$root/build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0
fail() {
	echo "FAIL $*"
	failed=1
}

node -e '
	const action = require("js-yaml").load(require("fs").readFileSync("action.yml", "utf8"));
	for (const s of action.runs.steps) if (/\$\{\{/.test(s.run || "")) { console.log("FAIL an expression in a script: " + s.run); process.exit(1); }
	for (const h of require("js-yaml").load(require("fs").readFileSync(".pre-commit-hooks.yaml", "utf8")))
		if (h.pass_filenames !== false || h.require_serial !== true || /--write/.test(h.entry + h.args)) { console.log("FAIL the hook " + h.id); process.exit(1); }
' || failed=1

cp -R tests/fixtures/check/suppress-no-inline/input "$tmp/project" || exit 2
step() {
	rm -f "$tmp/output" "$tmp/summary" "$tmp/project/clusterlint.sarif"
	: >"$tmp/output"
	(cd "$tmp/project" && env PATH="$build:$PATH" GITHUB_OUTPUT="$tmp/output" GITHUB_STEP_SUMMARY="$tmp/summary" \
		CL_ACTION="$root" "$@" sh "$root/.ci/action.sh") >"$tmp/log" 2>&1
}

sed -i '/clusterlint-ignore/d' "$tmp/project/server.js"
step env || fail "the step ended with $?: $(cat "$tmp/log")"
grep -qx 'exit-code=1' "$tmp/output" || fail "no exit-code=1 in $(cat "$tmp/output")"
grep -q '^sarif-file=/.*/clusterlint.sarif$' "$tmp/output" || fail "no sarif-file in $(cat "$tmp/output")"
grep -q '"version":.*"2.1.0"' "$tmp/project/clusterlint.sarif" || fail "no SARIF"
grep -q '^::error file=server.js,line=3' "$tmp/log" || fail "no annotation: $(cat "$tmp/log")"
grep -q 'state-in-memory' "$tmp/summary" || fail "no summary"
awk '/^::stop-commands::/ { on = 1; next } /^::clusterlint-.*::$/ { on = 0; next } /state-in-memory/ && on { n++ } END { exit !n }' "$tmp/log" ||
	fail "the report for people stands between stop-commands"

step env CL_FAIL_ON=never
grep -qx 'exit-code=0' "$tmp/output" || fail "fail-on never: $(cat "$tmp/output")"
# shellcheck disable=SC2016 # nothing of this may be expanded
for evil in '$(touch pwned)' '`touch pwned`' '"; touch pwned; "' '--output=pwned' '*'; do
	step env CL_CONFIGS="$evil" CL_BASELINE="" CL_TARGET=""
	grep -qx 'exit-code=2' "$tmp/output" || fail "configs $evil: $(cat "$tmp/output" "$tmp/log")"
	step env CL_SINCE="$evil" CL_FAIL_ON=error
	grep -qx 'exit-code=2' "$tmp/output" || fail "since $evil: $(cat "$tmp/output" "$tmp/log")"
	step env CL_TARGET="$evil"
	grep -qx 'exit-code=2' "$tmp/output" || fail "target $evil: $(cat "$tmp/output" "$tmp/log")"
	[ ! -e "$tmp/project/pwned" ] || fail "$evil was run"
done
step env CL_SARIF='x
exit-code=0' && fail "a sarif-file of two lines is taken"
step env CL_CONFIGS='ecosystem.config.js
ecosystem.config.js'
grep -qx 'exit-code=1' "$tmp/output" || fail "two configs: $(cat "$tmp/output" "$tmp/log")"
exit $failed
