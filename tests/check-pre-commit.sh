#!/bin/sh
# The hook in a repository of its own, under the pre-commit framework: a commit that breaks is refused, the
# corrected one is accepted, and a commit of other files does not start it.
set -u
cd "$(dirname "$0")/.." || exit 2
for tool in git pre-commit; do
	if ! command -v $tool >/dev/null; then
		echo "$tool is not installed"
		exit 77
	fi
done
root=$(pwd)
build=${BUILD:-$root/build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export HOME="$tmp/home" PRE_COMMIT_HOME="$tmp/cache" PATH="$build:$PATH" GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
mkdir -p "$HOME"
git config --global user.email a@example.com
git config --global user.name a
git config --global init.defaultBranch main
git config --global protocol.file.allow always

mkdir "$tmp/hook" && cp .pre-commit-hooks.yaml "$tmp/hook" || exit 2
(cd "$tmp/hook" && git init -q && git add -A && git commit -qm hook) || exit 2
rev=$(git -C "$tmp/hook" rev-parse HEAD)

cp -R tests/fixtures/check/suppress-no-inline/input "$tmp/project" && cd "$tmp/project" || exit 2
sed -i '/clusterlint-ignore/d' server.js
cat >.pre-commit-config.yaml <<END
repos:
  - repo: $tmp/hook
    rev: $rev
    hooks:
      - id: clusterlint
END
git init -q && git add .pre-commit-config.yaml && git commit -qm start && pre-commit install >/dev/null || exit 2

commits() { git rev-list --count HEAD; }
git add -A
if git commit -qm broken >"$tmp/log" 2>&1 || [ "$(commits)" != 1 ]; then
	echo "FAIL the commit was not refused"
	cat "$tmp/log"
	exit 1
fi
if ! grep -q '\[state-in-memory\]' "$tmp/log"; then
	echo "FAIL the hook does not say why"
	cat "$tmp/log"
	exit 1
fi
sed -i 's/instances: 2/instances: 1/; s/cluster/fork/' ecosystem.config.js
git add -A
if ! git commit -qm corrected >"$tmp/log" 2>&1 || [ "$(commits)" != 2 ]; then
	echo "FAIL the corrected commit was refused"
	cat "$tmp/log"
	exit 1
fi
echo text >notes.txt
git add -A
git commit -m notes >"$tmp/log" 2>&1
if ! grep -q 'clusterlint.*Skipped' "$tmp/log"; then
	echo "FAIL the hook runs for files that cannot matter"
	cat "$tmp/log"
	exit 1
fi
