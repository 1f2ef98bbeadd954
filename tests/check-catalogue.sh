#!/bin/sh
# Every row of the package catalogue has a case that fires and one that stays silent.
set -u
cd "$(dirname "$0")/.." || exit 2
exec node tests/tools/catalogue-cases.mjs
