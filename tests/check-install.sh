#!/bin/sh
# make install puts everything in place, manual pages are clean, completions work in their shells, and make
# uninstall leaves nothing.
set -u
cd "$(dirname "$0")/.." || exit 2
build=${BUILD:-$(pwd)/build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0
fail() {
	echo "FAIL $*"
	failed=1
}

make -s BUILD="$build" DESTDIR="$tmp" PREFIX=/usr install >"$tmp/log" 2>&1 || {
	cat "$tmp/log"
	exit 1
}
share=$tmp/usr/share
for file in bin/clusterlint share/man/man1/clusterlint.1 share/man/man7/clusterlint-rules.7 share/man/man5/clusterlint.yml.5 \
	share/clusterlint/clusterlint.schema.json share/bash-completion/completions/clusterlint \
	share/zsh/site-functions/_clusterlint share/fish/vendor_completions.d/clusterlint.fish; do
	[ -s "$tmp/usr/$file" ] || fail "$file is not installed"
done
if command -v mandoc >/dev/null; then
	mandoc -T lint -W warning "$share"/man/man?/* || failed=1
fi
# every option is in the manual
for option in $("$tmp/usr/bin/clusterlint" docs fish | sed -n 's/.* -l \([a-z0-9-]*\).*/\1/p' | sort -u); do
	grep -q -- "\.It Fl.* -$option\\b" "$share/man/man1/clusterlint.1" || fail "the manual does not name --$option"
done
for command in $("$tmp/usr/bin/clusterlint" docs fish | sed -n "s/.*__fish_use_subcommand' -a \([a-z]*\).*/\1/p"); do
	grep -q "^.Cm $command\\|^.It Cm $command" "$share/man/man1/clusterlint.1" || fail "the manual does not name $command"
done

expect() { # shell, words, want, got
	[ "$3" = "$4" ] || fail "$1 completes '$2' with '$4', not '$3'"
}
if command -v bash >/dev/null; then
	b() {
		# shellcheck disable=SC2016 # for the inner shell
		bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _clusterlint; echo "${COMPREPLY[*]}"' \
			bash "$share/bash-completion/completions/clusterlint" "$@"
	}
	expect bash 'ba' 'baseline' "$(b clusterlint ba)"
	expect bash '--format s' 'sarif' "$(b clusterlint check --format s)"
	expect bash '--format=s' 'sarif' "$(b clusterlint check --format = s)"
	expect bash '--stag' '--staged' "$(b clusterlint check --stag)"
	expect bash 'explain state-in-m' 'state-in-memory' "$(b clusterlint explain state-in-m)"
	expect bash '--lang' 'auto en zh' "$(b clusterlint --lang '')"
fi
if command -v fish >/dev/null; then
	f() {
		HOME=$tmp fish -c 'source $argv[1]; complete -C $argv[2]' "$share/fish/vendor_completions.d/clusterlint.fish" "$1" | cut -f 1 | paste -s -d ' ' -
	}
	expect fish 'ba' 'baseline' "$(f 'clusterlint ba')"
	expect fish '--format s' 'sarif' "$(f 'clusterlint check --format s')"
	expect fish '--stag' '--staged' "$(f 'clusterlint check --stag')"
	expect fish 'explain state-in-m' 'state-in-memory' "$(f 'clusterlint explain state-in-m')"
fi
if command -v zsh >/dev/null; then
	# a terminal of its own in which the tab is pressed; what stands on the line then is printed
	z() {
		HOME=$tmp zsh -f -c '
			zmodload zsh/zpty
			zpty z zsh -f -i
			zpty -w z "PS1=; stty -echo 2>/dev/null; fpath=($1 \$fpath); autoload -U compinit; compinit -u -D; unsetopt list_beep"
			zpty -w z "show() { print -r -- \"<<\$BUFFER>>\"; BUFFER=; zle accept-line }; zle -N show; bindkey \"^X\" show; print ready"
			integer i
			for ((i = 0; i < 100; i++)); do zpty -r -t z out && [[ $out == *ready* ]] && break; sleep 0.05; done
			zpty -n -w z "$2"$'"'\\t'"'
			sleep 0.5
			zpty -n -w z $'"'\\x18'"'
			all=
			for ((i = 0; i < 100; i++)); do zpty -r -t z out && all+=$out; [[ $all == *">>"* ]] && break; sleep 0.05; done
			all=${all##*<<}
			print -r -- ${all%%>>*}
			zpty -d z' zsh "$share/zsh/site-functions" "$1"
	}
	expect zsh 'ba' 'clusterlint baseline ' "$(z 'clusterlint ba')"
	expect zsh '--stag' 'clusterlint check --staged ' "$(z 'clusterlint check --stag')"
	expect zsh '--format s' 'clusterlint check --format sarif ' "$(z 'clusterlint check --format s')"
	expect zsh 'explain state-in-m' 'clusterlint explain state-in-memory ' "$(z 'clusterlint explain state-in-m')"
fi

make -s BUILD="$build" DESTDIR="$tmp" PREFIX=/usr uninstall >"$tmp/log" 2>&1 || fail "uninstall: $(cat "$tmp/log")"
left=$(find "$tmp/usr" ! -type d)
[ -z "$left" ] || fail "uninstall leaves $left"
[ ! -e "$share/clusterlint" ] || fail "uninstall leaves $share/clusterlint"
exit $failed
