#!/bin/sh
# The evaluator against node: same programs, same values.
set -u
cd "$(dirname "$0")/../.." || exit 2
exec node tests/oracle/eval-vs-node.mjs "${BUILD:-build}/tests/tools/eval_dump"
