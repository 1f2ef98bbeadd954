'use strict';
// pm2-grid.cjs MODEL-JSON: thousands of generated configs, each read by PM2's own code and by our
// model. Any difference is a failure; an "unknown" of ours counts, and is allowed where the table says.
const { execFileSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { ask, version, pm2 } = require('./pm2.cjs');
const { all } = require('./grid-cases.cjs');

const CPUS = 8;
// group and what of it may be unknown, with the reason
const allowedUnknown = [
  { group: 'json', field: 'apps', text: /get apps\(\)/, why: 'getters are not evaluated' },
];

const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'pm2-grid-')));
process.on('exit', () => { process.chdir('/'); fs.rmSync(dir, { recursive: true, force: true }); });

function put(name, text, mode) {
  const file = path.join(dir, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text, { mode: mode || 0o644 });
}

function scripts(folder) {
  for (const name of ['app.js', 'app.mjs', 'app.cjs', 'app.ts', 'app.tsx', 'app.sh', 'app.py', 'app.rb', 'app.json', 'app.coffee', 'app.ls', 'text', '.hidden', 'x.js', 'a.b.c.js'])
    put(path.join(folder, name), 'text\n');
  put(path.join(folder, 'binary'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3]));
  fs.mkdirSync(path.join(dir, folder, 'dir'), { recursive: true });
  for (const name of ['tsx', 'ts-node', 'xbun', 'mynode/python3']) put(path.join(folder, 'bin', name), '#!/bin/sh\n', 0o755);
}

for (const name of ['bun', 'deno', 'ts-node', 'nodejs', 'python3', 'python', 'ruby', 'npm']) put(path.join('path', name), '#!/bin/sh\n', 0o755);
process.env.PATH = [path.join(dir, 'path'), path.dirname(process.execPath), '/usr/bin', '/bin'].join(':');
for (const key of ['NVM_DIR', 'PORT', 'A', 'NODE_ENV', 'NOPE', 'io']) delete process.env[key];

// each case lies in a folder of its own kind, so that package.json and file names do not meet
const cases = [];
let n = 0;
for (const [group, name, text, options] of all(pm2)) {
  const id = `c${n++}`;
  const file = path.join(path.dirname(name), `${id}-${path.basename(name)}`);
  put(file, text);
  cases.push({ group, file, text, ...options });
}
scripts('');
put('module/package.json', '{"type":"module"}');
put('commonjs/package.json', '{"type":"commonjs"}');
for (const f of ['module', 'commonjs', 'my.json.dir']) scripts(f);

const ours = new Map();
const lines = execFileSync(path.resolve(process.argv[2]), [dir, String(CPUS), version.split('.')[0]],
  { input: cases.map(c => (c.env ? `${c.file}\t--env ${c.env}` : c.file)).join('\n') + '\n', maxBuffer: 1 << 30 }).toString().trim().split('\n');
for (const line of lines) {
  const one = JSON.parse(line);
  ours.set(one.path, one);
}

process.chdir(dir);

const plain = v => JSON.stringify(v, (key, x) => {
  if (typeof x === 'number') return { $number: Object.is(x, -0) ? '0' : String(x) };
  if (x instanceof Date) return { $class: 'Date' };
  return typeof x === 'function' || x instanceof RegExp ? 'undefined' : x;
});
const sorted = o => Object.fromEntries(Object.entries(o).sort(([a], [b]) => (a < b ? -1 : 1)));

function fieldsOf(fields) {
  const out = {};
  for (const [k, v] of Object.entries(fields)) if (k !== 'username' && k !== 'static' && k !== 'namespace') out[k] = v;
  return plain(sorted(out));
}

const shell = { ...process.env };
function envOf(env) {
  const out = {};
  for (const [k, v] of Object.entries(env))
    if (!(k in shell) && v !== undefined && v !== null && typeof v !== 'object' && k !== 'PYTHONUNBUFFERED' && k !== 'PM2_HOME' && k !== 'PWD') out[k] = String(v);
  return sorted(out);
}

const notOurs = /^Script not found|NOT AVAILABLE in PATH/; // depends on the host, not on the file

function compareApp(theirs, app, unknown) {
  if (theirs.error && notOurs.test(theirs.error)) return null;
  if (theirs.error) return app.skipped ? null : `pm2 skips the app: ${theirs.error}`;
  if (app.skipped) return 'pm2 starts the app, the model says that it is skipped';
  for (const key of ['name', 'script', 'mode', 'n']) {
    if (app[key] === theirs[key] || (key === 'n' && Math.min(theirs.n, 1e9) === app.n)) continue;
    const field = { mode: 'exec_mode', n: 'instances' }[key] || key;
    if (app.unknown.includes(field) || (key === 'n' && app.unknown.includes('instances'))) {
      unknown.push(field);
      continue;
    }
    return `${key}: pm2 ${JSON.stringify(theirs[key])}, model ${JSON.stringify(app[key])}`;
  }
  const mine = { ...app.fields };
  delete mine.namespace;
  const a = fieldsOf(theirs.fields), b = JSON.stringify(sorted(mine));
  if (a !== b && theirs.script !== 'serve') return `fields: pm2 ${a}\n      model ${b}`;
  const e1 = JSON.stringify(envOf(theirs.env)), e2 = JSON.stringify(sorted(app.env));
  return e1 === e2 || theirs.script === 'serve' ? null : `env: pm2 ${e1}, model ${e2}`;
}

function compare(c, unknown) {
  const theirs = ask(c.file, CPUS, c.env), mine = ours.get(c.file);
  if (!mine || mine.error) return `no model: ${mine && mine.error}`;
  if (theirs.kind !== mine.kind) return `kind: pm2 ${theirs.kind}, model ${mine.kind}`;
  const scenario = mine.scenarios[0];
  let verdict = scenario.verdict, apps = scenario.apps;
  if (verdict === 'no-apps') {
    verdict = 'ok';
    apps = [{ skipped: true }];
  }
  if (theirs.verdict !== verdict) return `verdict: pm2 ${theirs.verdict} (${theirs.why}), model ${verdict} (${mine.why || ''})`;
  if (verdict !== 'ok') return null;
  if (scenario.more_apps) {
    unknown.push('apps');
    return null;
  }
  if (theirs.apps.length !== apps.length) return `apps: pm2 ${theirs.apps.length}, model ${apps.length}`;
  for (let i = 0; i < apps.length; i++) {
    const why = compareApp(theirs.apps[i], apps[i], unknown);
    if (why) return why;
  }
  return null;
}

const counts = {}, failures = [], unknowns = [];
for (const c of cases) {
  counts[c.group] = (counts[c.group] || 0) + 1;
  const unknown = [], why = compare(c, unknown);
  if (why) failures.push({ c, why });
  for (const field of unknown) {
    unknowns.push(field);
    if (!allowedUnknown.some(a => a.group === c.group && a.field === field && a.text.test(c.text)))
      failures.push({ c, why: `${field} is unknown to the model, and not in the table of allowed unknowns` });
  }
}

const max = +(process.env.MAX || 20);
for (const { c, why } of failures.slice(0, max)) console.log(`[${c.group}] ${c.file}${c.env ? ' --env ' + c.env : ''}: ${c.text.trim()}\n    ${why}`);
if (failures.length > max) console.log(`... and ${failures.length - max} more`);
console.log(`pm2 ${version}: ${cases.length} configs (${Object.entries(counts).map(([k, v]) => `${v} ${k}`).join(', ')}), ` +
  `${failures.length} differ, ${unknowns.length} unknown, ${allowedUnknown.length} in the table of allowed unknowns`);
process.exitCode = failures.length ? 1 : 0;
