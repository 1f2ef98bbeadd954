#!/bin/sh
# The schema of .clusterlint.yml and the program accept and refuse the same.
set -u
cd "$(dirname "$0")/.." || exit 2
exec node tests/tools/settings.mjs
