#!/bin/sh
# Rule cards agree with their folders, with each other and with the registry of check functions.
set -u
cd "$(dirname "$0")/.." || exit 2

cards() {
	find rules -name '*.yaml' | LC_ALL=C sort | xargs awk '
	function complain(what) {
		printf "%s: %s\n", file, what
		bad = 1
	}
	# a file may hold several cards as YAML documents; one without id is a table of facts
	function end_card(n, i, need) {
		if (id == "")
			return
		if (id !~ /^[a-z0-9]+(-[a-z0-9]+)*$/)
			complain("id \047" id "\047 is not kebab-case")
		if (id in seen)
			complain("id \047" id "\047 is also in " seen[id])
		seen[id] = file
		last_id = id
		if (family != folder)
			complain("family \047" family "\047 lies in folder \047" folder "\047")
		n = split("severity consequence title rationale scenario remedy bad good", need, " ")
		for (i = 1; i <= n; i++)
			if (!(need[i] in has))
				complain(id " has no " need[i])
		# the four texts are in both languages, each remedy as well
		if (langs["en"] < 4 || langs["en"] != langs["zh"])
			complain(id " has texts in one language only")
		n_cards++
	}
	function begin_card() {
		id = family = key = ""
		split("", has)
		split("", langs)
	}
	function end_file() {
		end_card()
		if (n_cards == 1 && file !~ ("/" last_id "\\.yaml$"))
			complain("holds the card \047" last_id "\047 and should be named so")
	}
	FNR == 1 {
		if (file != "")
			end_file()
		file = FILENAME
		n_cards = 0
		begin_card()
		folder = FILENAME
		sub(/^rules\//, "", folder)
		sub(/\/[^\/]*$/, "", folder)
	}
	/^---/ { end_card(); begin_card() }
	/^[a-z_]+:/ {
		key = $0
		sub(/:.*/, "", key)
		has[key] = 1
		if (key == "id") id = $2
		if (key == "family") family = $2
	}
	key ~ /^(title|rationale|scenario|remedy)$/ && /^ +(- )?(en|zh):/ {
		lang = $0
		sub(/^ +(- )?/, "", lang)
		langs[substr(lang, 1, 2)]++
	}
	END { end_file(); exit bad }'
}

# every check function is registered, once and in order, and every registered one exists
functions() {
	registered=$(sed -n 's/^CHECK(\([a-z0-9_]*\)).*/\1/p' rules/registry.inc)
	defined=$(find rules -mindepth 2 -name '*.c' -exec sed -n 's/^void check_\([a-z0-9_]*\)(struct check \*.*/\1/p' {} +)
	if [ "$registered" != "$(echo "$registered" | LC_ALL=C sort -u)" ]; then
		echo "rules/registry.inc: not sorted, or a name stands there twice"
		return 1
	fi
	[ "$registered" = "$(echo "$defined" | LC_ALL=C sort)" ] && return 0
	echo "rules/registry.inc and the functions check_*(struct check *) differ:"
	for name in $registered; do echo "$defined" | grep -qx "$name" || echo "    check_$name is not defined"; done
	for name in $defined; do echo "$registered" | grep -qx "$name" || echo "    check_$name is not registered"; done
	return 1
}

status=0
cards || status=1
functions || status=1
exit $status
