#!/bin/sh
# Generated configs of every shape found in the wild go through fix; node and PM2's own code judge
# what comes out. Then the fixes of config rules, on the examples of their cards.
# STEP=1: all of the few thousand cases instead of a sample; CASE=word: some of them.
set -u
cd "$(dirname "$0")/.." || exit 2
[ -d node_modules/pm2 ] || { echo "pm2 is not installed (npm ci)"; exit 77; }
command -v patch >/dev/null || { echo "patch is not installed"; exit 77; }
program=${BUILD:-build}/clusterlint
STEP=${STEP:-13} node --no-warnings tests/oracle/fix.cjs "$program" || exit 1
[ -n "${CASE:-}" ] || node --no-warnings tests/oracle/fix-rules.mjs "$program"
