#!/bin/sh
# Includes go one way: cli -> planner -> rules -> analyzers -> base; inside analyzers program ->
# project -> ecosystem -> javascript, native alone. The parsers' own types stay in the one folder that
# may know them.
set -u
cd "$(dirname "$0")/.." || exit 2

find base analyzers rules planner cli -name '*.[ch]' 2>/dev/null | LC_ALL=C sort |
xargs awk '
BEGIN {
	may["base"] = "base"
	may["analyzers/javascript"] = "base analyzers/javascript"
	may["analyzers/native"] = "base analyzers/native"
	may["analyzers/ecosystem"] = "base analyzers/ecosystem analyzers/javascript"
	may["analyzers/project"] = "base analyzers/project analyzers/ecosystem analyzers/javascript"
	may["analyzers/program"] = "base analyzers/program analyzers/project analyzers/ecosystem analyzers/javascript"
	may["rules"] = "base analyzers rules"
	may["planner"] = "base analyzers rules planner"
	may["cli"] = "base analyzers rules planner cli"
}
function complain(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what
	bad = 1
}
# the longest folder of the table that path lies in
function folder(path, f, best) {
	best = ""
	for (f in may)
		if (index(path, f "/") == 1 && length(f) > length(best))
			best = f
	return best
}
function allowed(from, path, n, i, to) {
	n = split(may[from], to, " ")
	for (i = 1; i <= n; i++)
		if (index(path, to[i] "/") == 1)
			return 1
	return 0
}
FNR == 1 {
	here = folder(FILENAME)
	if (here == "")
		complain("lies in no layer")
}
/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
	match($0, /[<"][^>"]*/)
	name = substr($0, RSTART + 1, RLENGTH - 1)
	if ($0 ~ /include[ \t]*</) {
		if (name ~ /^tree_sitter\// && here != "analyzers/javascript")
			complain("<" name "> belongs into analyzers/javascript alone")
		if (name ~ /^clang-c\// && here != "analyzers/native")
			complain("<" name "> belongs into analyzers/native alone")
	} else if (!allowed(here, name)) {
		complain(here " must not include \"" name "\"")
	}
}
END { exit bad }'
