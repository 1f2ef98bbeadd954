#!/bin/sh
# What PM2's own code makes of thousands of generated configs, against our model of it.
set -u
cd "$(dirname "$0")/.." || exit 2
[ -d node_modules/pm2 ] || { echo "pm2 is not installed (npm ci)"; exit 77; }
exec node --no-warnings tests/oracle/pm2-grid.cjs "${BUILD:-build}/tests/tools/model-json"
