#!/bin/sh
# The report of the sample holds each of its parts in both languages, follows a renamed symbol, and lets
# no name of the project become markup.
set -u
cd "$(dirname "$0")/.." || exit 2
CLUSTERLINT=${CLUSTERLINT:-build/clusterlint} exec node tests/tools/report.mjs
