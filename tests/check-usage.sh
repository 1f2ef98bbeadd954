#!/bin/sh
# What the use of a state cell, or the body of a timer, means with several processes: each shape in three forms.
set -u
cd "$(dirname "$0")/.." || exit 2
exec node tests/tools/usage-cases.mjs
