#!/bin/sh
# Every text about evidence has its Chinese, with the same holes.
set -u
cd "$(dirname "$0")/.." || exit 2
exec node tests/tools/evidence-texts.mjs --check
