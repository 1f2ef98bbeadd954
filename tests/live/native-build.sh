#!/bin/sh
# The addons of tests/native compile with node-gyp and load.
exec node "$(dirname "$0")/native/build.js"
