#!/bin/sh
# Every text about evidence, every error and every other text that lower layers say in English has its
# Chinese, with the same holes; and what the commands print in Chinese holds no English sentence.
set -u
cd "$(dirname "$0")/.." || exit 2
status=0
node tests/tools/evidence-texts.mjs --check || status=1
node tests/tools/phrase-texts.mjs --check || status=1
node tests/tools/chinese.mjs || status=1
exit $status
