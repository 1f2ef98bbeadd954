// Runs the cases of tests/catalogue/ through the program: every row of rules/catalogue/ has one that fires and one
// that stays silent; a row that only says a strength has one that says it. Cases of one file are the apps of one
// project. ONLY_ROW=name keeps to one row and keeps its folder.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const yaml = require('js-yaml');
const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const program = path.resolve(root, process.env.CLUSTERLINT || 'build/clusterlint');
const only = process.env.ONLY_ROW;
const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'catalogue-'));
const chunk = 50;

function cases(file) {
  const out = [];
  let files = [];
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
    const m = /^\/\/ (bad|good|strength|file) (.+)$/.exec(line);
    if (m && m[1] !== 'file') {
      const name = `c${String(out.length).padStart(3, '0')}`;
      files = [{ name: `${name}.ts`, body: '' }];
      out.push({ kind: m[1], row: m[2], name, files });
    } else if (m) files.push({ name: m[2], body: '' });
    else if (files.length) files[files.length - 1].body += line + '\n';
  }
  return out;
}

function run(dir, list) {
  fs.mkdirSync(path.join(dir, '.git'), { recursive: true });
  fs.writeFileSync(path.join(dir, 'package.json'), '{ "name": "cases", "private": true }\n');
  for (const c of list) for (const f of c.files) fs.writeFileSync(path.join(dir, f.name), f.body);
  const apps = list.map((c) => ({ name: c.name, script: `./${c.name}.ts`, interpreter: 'node', exec_mode: 'cluster', instances: 2 }));
  fs.writeFileSync(path.join(dir, 'ecosystem.config.js'), `module.exports = ${JSON.stringify({ apps }, null, 1)};\n`);
  const r = spawnSync(program, ['check', 'ecosystem.config.js', '--format', 'json', '--cpus', '4', '--memory', '8G'],
    { cwd: dir, encoding: 'utf8', timeout: 60000, maxBuffer: 1 << 28, env: { PATH: process.env.PATH, LC_ALL: 'C' } });
  try {
    return new Map(JSON.parse(r.stdout).configs[0].apps.map((a) => [a.name, a]));
  } catch {
    console.log(`FAIL: no JSON (${r.signal || r.status}): ${(r.stderr || r.stdout).slice(0, 300)}`);
    return new Map();
  }
}

let passed = 0, failed = 0;
const fail = (text) => { failed++; console.log(`FAIL ${text}`); };
for (const name of fs.readdirSync(path.join(root, 'rules/catalogue')).filter((n) => n.endsWith('.yaml')).sort()) {
  const group = name.replace('.yaml', '');
  const rows = yaml.load(fs.readFileSync(path.join(root, 'rules/catalogue', name), 'utf8')).rows;
  const byName = new Map(rows.map((r) => [r.name || [].concat(r.package)[0], r]));
  const all = cases(path.join(root, 'tests/catalogue', `${group}.ts`)).filter((c) => !only || c.row === only);
  const seen = new Set();
  for (let i = 0; i < all.length; i += chunk) {
    const list = all.slice(i, i + chunk);
    const apps = run(path.join(tmp, `${group}-${i}`), list);
    for (const c of list) {
      const row = byName.get(c.row), app = apps.get(c.name);
      seen.add(`${c.kind} ${c.row}`);
      if (!row) { fail(`${group}: no row is called '${c.row}'`); continue; }
      if (!app) { fail(`${group}: ${c.kind} ${c.row}: the app is missing`); continue; }
      const fired = app.hazards.filter((h) => h.rule === row.card && h.status !== 'mitigated');
      const ok = c.kind === 'bad' ? fired.length > 0 : c.kind === 'good' ? fired.length === 0 : app.strengths.length > 0;
      if (ok) passed++;
      else fail(`${group}: ${c.kind} ${c.row} (${c.name}): ${c.kind === 'bad' ? 'silent' : c.kind === 'good' ? `fires: ${fired[0].message}` : 'no strength'}`);
    }
  }
  for (const [row, data] of only ? [] : byName)
    for (const kind of data.card ? ['bad', 'good'] : ['strength'])
      if (!seen.has(`${kind} ${row}`)) fail(`${group}: the row '${row}' has no ${kind} case`);
}
if (only) console.log(`kept in ${tmp}`);
else fs.rmSync(tmp, { recursive: true, force: true });
console.log(`catalogue: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : passed ? 0 : 2);
