#!/bin/sh
# The program reads the sample's code and not its names: hazards are removed, everything is renamed
# and moved, look-alikes become hazards, and the verdict must follow. Arguments go to the tool.
set -u
cd "$(dirname "$0")/.." || exit 2
CLUSTERLINT=${CLUSTERLINT:-build/clusterlint} exec node tests/tools/sample-mutations.mjs "$@"
