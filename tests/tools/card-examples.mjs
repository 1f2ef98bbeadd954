// Runs the bad and the good example of every rule card through the program. A hazard's example
// stands in a project whose config runs it twice; a config rule's example is the config itself.
// ONLY_RULE=id runs one card and keeps its folder.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const yaml = require('js-yaml');
const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const program = path.resolve(root, process.env.CLUSTERLINT || 'build/clusterlint');
const only = process.env.ONLY_RULE;
const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'cards-'));

function* cards(dir) {
  for (const e of fs.readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = path.join(dir, e.name);
    if (e.isDirectory()) yield* cards(file);
    else if (e.name.endsWith('.yaml'))
      for (const card of yaml.loadAll(fs.readFileSync(file, 'utf8'))) if (card && card.id) yield card;
  }
}

// "--- path" lines inside an example begin further files
function files(text, first) {
  const out = [[first, '']];
  for (const line of text.split('\n')) {
    const m = /^--- (\S.*)$/.exec(line);
    if (m) out.push([m[1], '']);
    else out[out.length - 1][1] += line + '\n';
  }
  return out.filter(([, body], i) => i > 0 || body.trim());
}

// C or C++ stands alone on a card; what loads or builds it is added: a program where it has a main()
function surroundings(all, first) {
  const [[, text]] = all;
  if (/\bmain\(/.test(text))
    return [
      ['Makefile', `example: ${first}\n\tcc -o example ${first}\n`],
      ['ecosystem.config.js', "module.exports = { apps: [{ name: 'example', script: './example', interpreter: 'none', exec_mode: 'fork', instances: 2 }] };\n"],
    ];
  return [
    ['package.json', '{ "name": "example", "private": true, "gypfile": true }\n'],
    ['binding.gyp', `{ "targets": [{ "target_name": "addon", "sources": ["${first}"] }] }\n`],
    ['server.js', "const addon = require('./build/Release/addon.node');\nrequire('http').createServer((req, res) => res.end(String(Object.keys(addon)))).listen(3000);\n"],
    ['ecosystem.config.js', "module.exports = { apps: [{ name: 'example', script: './server.js', exec_mode: 'cluster', instances: 2 }] };\n"],
  ];
}

function run(card, which) {
  const dir = path.join(tmp, card.id, which);
  const first = card.example_file || (card.family === 'config' ? 'ecosystem.config.js' : 'src/server.js');
  const all = files(card[which], first);
  if (/\.(c|cc)$/.test(first)) all.push(...surroundings(all, first));
  const write = (name, body) => {
    fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    fs.writeFileSync(path.join(dir, name), body);
  };
  let config = first;
  for (const [name, body] of all) write(name, body);
  if (card.family !== 'config' && !all.some(([name]) => name.startsWith('ecosystem.'))) {
    config = 'ecosystem.config.js';
    write(config, `module.exports = { apps: [{ name: 'example', script: './${first}', exec_mode: 'cluster', instances: 2 }] };\n`);
  } else if (card.family !== 'config') {
    config = all.map(([name]) => name).find((name) => name.startsWith('ecosystem.'));
  }
  if (!all.some(([name]) => name === 'package.json')) write('package.json', '{ "name": "example", "private": true }\n');
  fs.mkdirSync(path.join(dir, '.git'), { recursive: true });
  const r = spawnSync(program, ['check', config, '--format', 'json', '--cpus', '4', '--memory', '8G', ...(card.example_args || [])],
    { cwd: dir, encoding: 'utf8', timeout: 20000, env: { PATH: process.env.PATH, LC_ALL: 'C' } });
  if (r.signal || r.status === null) return { error: `ended by ${r.signal || r.error}`, rules: new Set(), dir };
  let report;
  try {
    report = JSON.parse(r.stdout);
  } catch {
    return { error: `no JSON (status ${r.status}): ${(r.stderr || r.stdout).slice(0, 200)}`, rules: new Set(), dir };
  }
  const rules = new Set(report.findings.map((f) => f.rule));
  for (const c of report.configs)
    for (const a of c.apps || []) for (const h of a.hazards || []) if (h.status !== 'mitigated') rules.add(h.rule);
  return { rules, dir };
}

let passed = 0, failed = 0, skipped = 0;
const helper = fs.existsSync(path.join(path.dirname(program), 'clusterlint-native'));
for (const card of cards(path.join(root, 'rules'))) {
  if (!card.bad || (only && card.id !== only)) continue;
  if (card.id.startsWith('native-') && !helper) {
    skipped++;
    continue;
  }
  const bad = run(card, 'bad'), good = run(card, 'good');
  const wrong = [];
  if (bad.error) wrong.push(`bad example: ${bad.error}`);
  else if (!bad.rules.has(card.id)) wrong.push(`the bad example does not fire it (fired: ${[...bad.rules].sort().join(', ') || 'nothing'})`);
  if (good.error) wrong.push(`good example: ${good.error}`);
  else if (good.rules.has(card.id)) wrong.push('the good example fires it');
  if (wrong.length) {
    failed++;
    for (const w of wrong) console.log(`FAIL ${card.id}: ${w}`);
  } else passed++;
}
if (only) console.log(`kept in ${tmp}`);
else fs.rmSync(tmp, { recursive: true, force: true });
if (skipped) console.log(`SKIP ${skipped} cards about C and C++: clusterlint-native is not built (Debian: apt install libclang-dev)`);
console.log(`cards: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : passed ? 0 : 2);
