#!/bin/sh
# Rules that compare the config with the sources, on the shapes in which real code writes it.
set -u
cd "$(dirname "$0")/.." || exit 2
exec node tests/tools/source-rules.mjs "${CLUSTERLINT:-build/clusterlint}"
