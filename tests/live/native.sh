#!/bin/sh
# Native code under the real PM2: prediction and observation compared.
cd "$(dirname "$0")/../.." || exit 2
if [ ! -x "${BUILD:-build}/clusterlint-native" ]; then
	echo "clusterlint-native is not built, nothing was run"
	exit 1
fi
exec node tests/live/native/run.js
