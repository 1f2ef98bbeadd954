#!/bin/sh
# The grid of tests/check-pm2-grid.sh, asked of PM2 5 and 6, which npm puts into build/older-pm2.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${BUILD:-build}
older="$build/older-pm2"
tool="$build/tests/tools/model-json"
command -v npm >/dev/null || { echo "live: no npm here, PM2 5 and 6 were not asked"; exit 0; }
[ -x "$tool" ] || make -s BUILD="$build" "$tool" || exit 1
mkdir -p "$older" && cp tests/oracle/older/package.json tests/oracle/older/package-lock.json "$older" || exit 2
grep -q '"version": *"5.4.3"' "$older/node_modules/pm2-5/package.json" 2>/dev/null &&
	grep -q '"version": *"6.0.14"' "$older/node_modules/pm2-6/package.json" 2>/dev/null ||
	(cd "$older" && npm ci --ignore-scripts --no-audit --no-fund) || exit 1
status=0
for major in 5 6; do
	PM2_PKG=$(cd "$older" && pwd)/node_modules/pm2-$major
	export PM2_PKG
	timeout 200 node --no-warnings tests/oracle/pm2-grid.cjs "$tool" || status=1
done
exit $status
