#!/bin/sh
# The manual pages are clean mdoc.
set -u
cd "$(dirname "$0")/.." || exit 2
if ! command -v mandoc >/dev/null; then
	echo "mandoc is not installed"
	exit 77
fi
status=0
for page in man/*.[157]; do
	[ ! -e "$page" ] || mandoc -T lint -W warning "$page" || status=1
done
exit $status
