'use strict';
// fix.cjs CLUSTERLINT: generated configs of every shape go through fix; PM2's own code and node judge
// the text that comes out: what is planned in each scenario, and nothing else changed.
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { ask } = require('./pm2.cjs');
const { all, encodings } = require('./fix-cases.cjs');

const CPUS = 8, HALF = 4;
os.cpus = (list => () => Array(CPUS).fill(list[0]))(os.cpus());
const bin = path.resolve(process.argv[2]), only = process.env.CASE;
const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'fix-')));
process.on('exit', () => { process.chdir('/'); fs.rmSync(dir, { recursive: true, force: true }); });
for (const key of ['NODE_ENV', 'WORKERS', 'CI', 'PORT', 'A']) delete process.env[key];
const shell = { ...process.env };
const base = { LC_ALL: 'C', NO_COLOR: '1', PATH: process.env.PATH };

const sources = {
  'package.json': '{"name":"x","dependencies":{"express":"4.18.2"}}\n',
  'store.js': `const express = require('express');
const app = express();
const sessions = new Map();
app.post('/login', (req, res) => { const token = req.body.user + Date.now(); sessions.set(token, req.body.user); res.json({ token }); });
app.get('/me', (req, res) => { const user = sessions.get(req.headers.authorization); if (!user) return res.status(401).end(); res.json({ user }); });
app.listen(process.env.PORT || 3000);
`,
  'static.js': `const express = require('express');
const app = express();
app.get('/sum', (req, res) => { res.json({ sum: Number(req.query.a) + Number(req.query.b) }); });
app.listen(process.env.PORT || 3000);
`,
};
const environments = [{}, { NODE_ENV: 'production' }, { NODE_ENV: 'test' }, { WORKERS: '5' }, { NODE_ENV: 'production', WORKERS: '7' }, { CI: '1' }];

process.chdir(dir);
for (const [name, text] of Object.entries(sources)) fs.writeFileSync(name, text);
fs.mkdirSync('.git');

const run = (...args) => spawnSync(bin, ['fix', '--cpus', String(CPUS), '--memory', '64G', ...args], { env: base, encoding: 'utf8' });

let copies = 0;
// what PM2 makes of the file in each environment
function judge(file) {
  return environments.map(env => {
    Object.assign(process.env, env);
    const asked = /\.mjs$/.test(file) ? file.replace(/^/, `${copies++}.`) : file; // node keeps modules for good
    if (asked !== file) fs.copyFileSync(file, asked);
    try {
      for (const key of Object.keys(require.cache)) if (key.startsWith(dir)) delete require.cache[key];
      return JSON.parse(JSON.stringify(ask(asked, CPUS, '')));
    } finally {
      for (const key of Object.keys(env)) delete process.env[key];
      if (asked !== file) fs.rmSync(asked);
    }
  });
}

// what the file says beside its apps
function beside(file) {
  if (!/\.c?js$/.test(file)) return '';
  delete require.cache[path.resolve(file)];
  const { deploy, N } = require(path.resolve(file));
  return JSON.stringify([deploy, N]);
}

const rest = app => {
  const { mode, n, fields, env, ...other } = app;
  const f = { ...fields }, e = Object.fromEntries(Object.entries(env).filter(([key]) => !(key in shell)));
  // PM2 adds merge_logs where instances is 'max'
  for (const key of ['exec_mode', 'execMode', 'instances', 'merge_logs']) { delete f[key]; delete e[key]; }
  return JSON.stringify([other, f, e]);
};

// the text without the properties that may change, without commas and blanks; a literal may stand elsewhere
const call = /[\w.]+\((?:[^()\n]|\([^()\n]*\))*\)/.source;
const property = new RegExp(`["']?\\b(exec_mode|execMode|instances)\\b["']?\\s*:\\s*(?:${call}|>-\\s+\\w+|[^,\\r\\n}/#]|\\((?:[^()]|\\([^()]*\\))*\\))*`, 'g');
const without = text => text.replace(/\[KEY\]: \d+/, '').replace(property, '').replace(/\b(exec_mode|instances)\b(?= *[,}\r\n])/g, '')
  .replace(/(["'`]?)\b(cluster|fork|max|\d+)\b\1/g, '#').replace(/"pm2":/, '"apps":').replace(/[,\s]/g, '');

function wanted(app, before, flags) {
  const bad = app.script === 'store.js';
  if (flags.includes('--plan')) return bad ? ['fork_mode', 1] : ['cluster_mode', HALF];
  const wrong = bad && before.some(r => r.apps.some(a => a.name === app.name && a.n > 1));
  return wrong ? ['fork_mode', 1] : [app.mode, app.n];
}

function patches(c, old, neu, diff) {
  fs.writeFileSync('old', old);
  fs.writeFileSync('diff', diff);
  const p = spawnSync('patch', ['--binary', '-s', '-o', 'patched', 'old', 'diff'], { encoding: 'utf8' });
  if (p.status !== 0) return `patch does not take the diff: ${p.stdout}${p.stderr}`;
  return fs.readFileSync('patched', 'utf8') === neu ? null : 'the diff does not give what --write writes';
}

const counted = { changed: 0, same: 0, refused: 0 };
const refusals = new Map();

function test(c, flags) {
  const { file, text } = c;
  fs.writeFileSync(file, text);
  const before = judge(file);
  const aside = beside(file);
  if (before.some(r => r.verdict !== 'ok')) return `the case is broken: ${JSON.stringify(before.find(r => r.verdict !== 'ok'))}`;
  const whole = c.n % 6 === 0, check = whole && run('--check', ...flags, file), show = whole && run(...flags, file);
  if (fs.readFileSync(file, 'utf8') !== text) return 'the file changed without --write';
  const write = run('--write', ...flags, file), now = fs.readFileSync(file, 'utf8');
  const by_hand = write.stderr.includes('by hand');
  if (write.signal) return `killed by ${write.signal}`;
  const after = judge(file);
  if (beside(file) !== aside) return `beside the apps it says ${beside(file)} instead of ${aside}`;
  let wish = false;
  for (const [i, r] of before.entries()) {
    if (after[i].verdict !== 'ok') return `broken in ${JSON.stringify(environments[i])}: ${JSON.stringify(after[i])}`;
    for (const [k, app] of r.apps.entries()) {
      const is = after[i].apps[k], [mode, n] = wanted(app, before, flags);
      wish = wish || app.mode !== mode || app.n !== n;
      if (rest(app) !== rest(is)) return `another field of ${app.name} changed: ${rest(app)} ${rest(is)}`;
      if ((is.mode !== mode || is.n !== n) && !(by_hand && is.mode === app.mode && is.n === app.n))
        return `${app.name} in ${JSON.stringify(environments[i])} was ${app.mode} x${app.n}, is ${is.mode} x${is.n}, wanted ${mode} x${n}`;
    }
  }
  if (by_hand && !wish) return 'refused what nobody wants';
  if (whole && check.status !== (now !== text ? 1 : by_hand ? 2 : 0)) return `--check gave ${check.status}`;
  if (by_hand && write.status !== 2) return `refused with status ${write.status}`;
  if (!by_hand && write.status !== 0) return `status ${write.status}: ${write.stderr}`;
  if (by_hand) {
    counted.refused++;
    const key = `${c.name}: ${c.counts.join(', ')}: ${write.stderr.split('\n')[0].replace(/^\S+ /, '')}`;
    refusals.set(key, (refusals.get(key) || 0) + 1);
  } else counted[now === text ? 'same' : 'changed']++;
  if (now === text) return show && show.stdout ? 'a diff of nothing' : null;
  if (without(now) !== without(text)) return 'other bytes changed';
  if (/\n/.test(text) && text.endsWith('\n') !== now.endsWith('\n')) return 'the final newline changed';
  if (text.includes('\r\n') && /[^\r]\n/.test(now)) return 'a line end without CR';
  if (!text.includes('\t') && now.includes('\t')) return 'a tab';
  const again = run('--check', ...flags, file);
  if (again.status !== (by_hand ? 2 : 0) || again.stdout) return `a second fix gives ${again.status}: ${again.stdout}`;
  if (!whole) return null;
  return patches(c, text, now, show.stdout);
}

const step = Number(process.env.STEP || 4);
let n = 0, failed = 0, i = 0;
for (const c of all()) {
  const encodes = Object.entries(encodings);
  const [encoding, encode] = encodes[Math.floor(i++ / 3) % encodes.length];
  for (const flags of [[], ['--plan']]) {
    if (c.script === 'static.js' && !flags.length && i % 5) continue;
    const one = { ...c, text: encode(c.text) };
    if (one.text.startsWith('\ufeff') && c.file === 'pm2.json') continue; // PM2 refuses it
    const id = `${c.name}, ${c.script}, ${c.counts.join(' x ')}, ${flags.join(' ')} ${encoding}`;
    if (only && !id.includes(only)) continue;
    if (!only && i % step && c.counts.length) continue; // what is special always
    one.n = n++;
    let why;
    try { why = test(one, flags); } catch (e) { why = e.stack; }
    if (!why) continue;
    if (failed++ < (process.env.ALL ? 1e9 : 12)) console.log(`FAIL ${id}\n    ${why}\n--- before\n${one.text}\n--- after\n${fs.readFileSync(c.file, 'utf8')}`);
  }
}
if (process.env.REFUSED) for (const [key, count] of refusals) console.log(`refused ${count}: ${key}`);
console.log(`fix: ${n} cases, ${counted.changed} changed, ${counted.same} left alone, ${counted.refused} refused with the way by hand, ${failed} failed`);
process.exit(failed ? 1 : 0);
