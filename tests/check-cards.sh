#!/bin/sh
# The examples on the rule cards are executed: the bad one fires the rule, the good one does not.
set -u
cd "$(dirname "$0")/.." || exit 2
exec node tests/tools/card-examples.mjs
