#!/bin/sh
# The HTML report in a real browser: nothing sticks out at 360 pixels, all text stands out from its ground in
# light and dark, nothing is loaded, a hostile name is text, and it prints. Needs Debian's chromium.
set -u
cd "$(dirname "$0")/../.." || exit 2
program=${CLUSTERLINT:-build/clusterlint}
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
	echo "live: no chromium here, the HTML report was not looked at"
	exit 0
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp tests/live/report/look.html "$dir" || exit 2
mkdir -p "$dir/hostile"
cat >"$dir/hostile/server.js" <<'JS'
const app = require('express')();
const sessions = new Map(); // </code><script>parent.hit = 1</script>
app.post('/<script>parent.hit = 1</script>', (req, res) => { sessions.set(req.body.id, 1); res.end(); });
app.get('/y', (req, res) => res.json(sessions.get(req.query.id)));
app.listen(3000);
JS
cat >"$dir/hostile/ecosystem.config.js" <<'JS'
module.exports = { apps: [{ name: '"><img src=x onerror="parent.hit = 1">'.repeat(3), script: 'server.js', instances: 2, exec_mode: 'cluster' }] };
JS
"$program" report tests/fixtures/sample/input/ecosystem.config.js --cpus 4 --memory 16G --format html --output "$dir/en.html" --lang en &&
	"$program" report tests/fixtures/sample/input/ecosystem.config.js --cpus 4 --memory 16G --format html --output "$dir/zh.html" --lang zh &&
	"$program" report "$dir/hostile/ecosystem.config.js" --root "$dir/hostile" --format html --output "$dir/hostile.html" --lang en || exit 1

# the profile is ours alone
chrome() {
	timeout 60 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$dir/profile" \
		--allow-file-access-from-files --virtual-time-budget=8000 "$@" 2>/dev/null
}
bad=0
for page in en zh hostile; do
	for scheme in dark light; do
		number=1 # Blink's word for light
		[ $scheme = light ] || number=0
		seen=$(chrome --blink-settings=preferredColorScheme=$number --dump-dom "file://$dir/look.html?$page.html&$scheme" |
			sed -n 's/.*<pre id="seen">\(.*\)/\1/p;/<pre id="seen">/,/<\/pre>/{/<pre/d;p;}' | sed 's/<\/pre>.*//')
		case $seen in
		"fine "*) ;;
		*)
			echo "report $page, scheme $scheme: ${seen:-the browser said nothing}"
			bad=1
			;;
		esac
	done
done
chrome --no-pdf-header-footer --print-to-pdf="$dir/en.pdf" "file://$dir/en.html" >/dev/null
[ "$(head -c 5 "$dir/en.pdf" 2>/dev/null)" = "%PDF-" ] || { echo "report: it does not print"; bad=1; }
exit $bad
