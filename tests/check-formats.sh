#!/bin/sh
# Every format says the same, whole and harmless: SARIF against its schema and GitHub's rules, and all
# of them on a project whose names try to become markup, commands or links.
set -u
cd "$(dirname "$0")/.." || exit 2
exec node tests/tools/formats.mjs
