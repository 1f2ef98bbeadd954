#!/bin/sh
# Our YAML reader against js-yaml, with which PM2 reads.
set -u
cd "$(dirname "$0")/.." || exit 2
[ -d node_modules/js-yaml ] || { echo "js-yaml is not installed (npm ci)"; exit 77; }
exec node --no-warnings tests/oracle/yaml.cjs "${BUILD:-build}/tests/tools/model-json"
