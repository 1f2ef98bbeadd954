#!/bin/sh
# On a terminal and off it: colour, links, width, ASCII, progress, quiet, statistics, a reader that leaves.
set -u
cd "$(dirname "$0")/.." || exit 2
exec python3 tests/tools/terminal.py
