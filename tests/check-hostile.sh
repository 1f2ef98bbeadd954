#!/bin/sh
# Configs made to break whoever reads them: each ends soon, with a status and with words that name the place.
set -u
cd "$(dirname "$0")/.." || exit 2
exec node tests/tools/hostile.mjs "${CLUSTERLINT:-build/clusterlint}"
