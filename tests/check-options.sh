#!/bin/sh
# Every option that --help shows stands in the manual page.
set -u
cd "$(dirname "$0")/.." || exit 2
program=${CLUSTERLINT:-build/clusterlint}
status=0
for command in check plan fix report explain rules; do
	for option in $("$program" "$command" --help | sed -n 's/^  *\(-[a-zA-Z], \)\{0,1\}--\([a-z0-9-]*\).*/\2/p'); do
		grep -q "^\.It Fl \(. , \)\{0,1\}-$option\( \|\$\)" man/clusterlint.1 || {
			echo "man/clusterlint.1 lacks --$option of $command"
			status=1
		}
	done
done
exit $status
