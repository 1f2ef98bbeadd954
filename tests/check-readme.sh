#!/bin/sh
# Every command that README.md shows behind "$ clusterlint" is run in the sample project and must print
# what stands below it. A line "[...]" in the README stands for any number of lines.
set -u
cd "$(dirname "$0")/.." || exit 2
program=${CLUSTERLINT:-build/clusterlint}
program=$(cd "$(dirname "$program")" && pwd)/clusterlint
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/bin" "$tmp/blocks"
ln -s "$program" "$tmp/bin/clusterlint"
cp -R tests/fixtures/sample/input "$tmp/sample"

awk -v dir="$tmp/blocks" '
/^```/ { inside = !inside; file = ""; next }
inside && /^\$ clusterlint / { file = sprintf("%s/%02d", dir, ++n); print substr($0, 3) > (file ".cmd"); printf "" > file; next }
inside && file != "" { print > file }
' README.md

status=0 count=0
for cmd in "$tmp"/blocks/*.cmd; do
	[ -e "$cmd" ] || break
	count=$((count + 1))
	(cd "$tmp/sample" && env -i PATH="$tmp/bin:$PATH" LC_ALL=C NO_COLOR=1 sh -c "$(cat "$cmd")") \
		>"$tmp/out" 2>&1
	awk -v want="${cmd%.cmd}" '
	{ got[++n] = $0 }
	END {
		i = 1
		while ((getline line < want) > 0) {
			if (line == "[...]") { skip = 1; continue }
			from = i
			while (skip && i <= n && got[i] != line) i++
			if (i > n || got[i] != line) {
				printf "README.md has:\n    %s\nthe program printed%s:\n    %s\n", line, \
				    skip ? " no such line behind" : "", got[from]
				exit 1
			}
			skip = 0
			i++
		}
		if (!skip && i <= n) { printf "README.md lacks:\n    %s\n", got[i]; exit 1 }
	}' "$tmp/out" || { echo "command: $(cat "$cmd")"; status=1; }
done
[ $count -gt 0 ] || { echo "README.md shows no run"; status=1; }

# commands inside of sentences and tables: they are understood and end without trouble
if command -v git >/dev/null; then
	(cd "$tmp/sample" && git init -q -b main && git add -A &&
		git -c user.name=a -c user.email=a@example.com commit -qm start) || exit 2
fi
sed '/^```/,/^```/d' README.md | grep -o '`clusterlint [^`]*`' | tr -d '`' |
	sed 's/FILE/known.json/g; s/RULE/allocator-in-memory/g' | sort -u >"$tmp/inline"
while read -r line; do
	count=$((count + 1))
	(cd "$tmp/sample" && env -i PATH="$tmp/bin:$PATH" LC_ALL=C NO_COLOR=1 sh -c "$line") >"$tmp/out" 2>&1 </dev/null
	case $? in
	0 | 1) [ -s "$tmp/out" ] || { echo "README.md: $line prints nothing"; status=1; } ;;
	*) echo "README.md: $line: $(head -n 3 "$tmp/out")"; status=1 ;;
	esac
done <"$tmp/inline"
[ "$(wc -l <"$tmp/inline")" -ge 8 ] || { echo "README.md: its commands are not found"; status=1; }
# targets of make, files and pages that it names are there
for target in $(grep -o '`make [a-z-]*`' README.md | sed 's/.* //; s/`//' | sort -u) demo test; do
	grep -q "^$target:" Makefile || { echo "README.md: there is no make $target"; status=1; }
done
for file in $(grep -o '](\([^)]*\))' README.md | sed 's/^](//; s/)$//' | grep -v : | sort -u) .pre-commit-hooks.yaml action.yml; do
	[ -e "$file" ] || { echo "README.md: there is no $file"; status=1; }
done
exit $status
