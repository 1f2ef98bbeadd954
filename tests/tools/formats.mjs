// Runs each output format over a clean, an ordinary and a hostile project, and looks at what comes out.
// The SARIF schema is the one that npm's @microsoft/jest-sarif carries, the validator is ajv.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const Ajv = require('ajv');
const sarifSchema = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const program = path.resolve(root, process.env.CLUSTERLINT || 'build/clusterlint');
const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'formats-'));
process.env.KEEP ? console.log(tmp) : process.on('exit', () => fs.rmSync(tmp, { recursive: true, force: true }));

let failures = 0;
function check(ok, what) {
  if (ok) return;
  failures++;
  console.log(`FAIL ${what}`);
}

// ---- projects ----

const stateful = `const express = require('express');
const app = express();
const sessions = new Map();
app.post('/login', (req, res) => { sessions.set(req.body.id, req.body); res.json({}); });
app.get('/me', (req, res) => { const s = sessions.get(req.query.id); if (!s) return res.status(401).end(); res.json(s); });
app.listen(3000);
`;
const harmless = `require('http').createServer((req, res) => res.end()).listen(3000);\n`;

function project(name, files) {
  const dir = path.join(tmp, name);
  fs.mkdirSync(path.join(dir, '.git'), { recursive: true });
  for (const [file, text] of Object.entries({ 'package.json': '{"name":"x","private":true}\n', ...files })) {
    fs.mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    fs.writeFileSync(path.join(dir, file), text);
  }
  return dir;
}

const config = (apps) => `module.exports = ${JSON.stringify({ apps }, null, 2)};\n`;
const app = (name, script, more) => ({ name, script, exec_mode: 'cluster', instances: 2, ...more });

const names = [
  'a\n::error file=x::pwned', '::set-output name=x::y', '%0A::error::pwned', '<script>alert(1)</script>', 'x" y=\'z\' ]]>&amp;',
  '| a | b |', '[click](https://evil.example)', '`code` **bold** @someone', '\u001b[31mred\u0007', '\u0000nul', '名前 ünï', 'tab\there\rcr',
];
const files = ['src/ordinary.js', 'src/with space & <b>.js', 'src/per%20cent#hash?.js', 'src/quo"te.js', 'src/line\n::error::break.js', 'src/数据.js'];
const hostile = {};
for (const file of files) hostile[file] = stateful.replaceAll('sessions', 'sessions名');
hostile['src/bytes.js'] = Buffer.concat([Buffer.from(stateful), Buffer.from([0x2f, 0x2f, 0xff, 0xfe, 0x1b, 0x0a])]);
hostile['ecosystem.config.js'] = config(names.map((name, i) => app(name, './' + Object.keys(hostile)[i % 7])));

const projects = {
  clean: project('clean', { 'ecosystem.config.js': config([app('api', './a.js')]), 'a.js': harmless }),
  ordinary: project('ordinary', {
    'ecosystem.config.js': config([app('api', './a.js'), app('b', './b.js', { instances: 1, exec_mode: 'fork' })]),
    'a.js': stateful.replaceAll('\n', '\r\n'), 'b.js': stateful,
  }),
  hostile: project('hostile', hostile),
};

function run(dir, ...args) {
  const r = spawnSync(program, ['check', '--cpus', '4', '--memory', '8G', ...args],
    { cwd: dir, encoding: 'buffer', timeout: 60000, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } });
  return { status: r.status, out: r.stdout.toString('utf8'), raw: r.stdout, err: r.stderr.toString('utf8') };
}

// ---- SARIF ----

const ajv = new Ajv({ schemaId: 'auto', meta: false, allErrors: true });
ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json'));
const validate = ajv.compile(sarifSchema);
for (const wrong of [{}, { version: '2.1.0' }, { version: '2.1.0', runs: [{}] }]) check(!validate(wrong), 'the schema refuses what is no SARIF');

// codeql-action, src/fingerprints.ts, written anew from its description: a rolling hash of the next 100
// characters that are no blanks, and how often it was seen
function lineHashes(text) {
  const units = [];
  let line = 1;
  const lines = [];
  const seen = new Map();
  const push = (code) => { units.push([code, line]); if (code === 10) line++; };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === ' ' || c === '\t') continue;
    if (c === '\r') { push(10); if (text[i + 1] === '\n') i++; } else push(text.charCodeAt(i));
  }
  push(65535);
  const starts = new Map();
  units.forEach(([, l], i) => { if (!starts.has(l)) starts.set(l, i); });
  for (const [l, from] of starts) {
    let h = 0n;
    for (let k = 0; k < 100; k++) {
      const code = from + k < units.length ? units[from + k][0] : 0;
      h = (h * 37n + BigInt(code)) & 0xffffffffffffffffn;
    }
    const hex = h.toString(16);
    seen.set(hex, (seen.get(hex) || 0) + 1);
    lines[l] = `${hex}:${seen.get(hex)}`;
  }
  return lines;
}

function checkLocation(where, dir, l) {
  const { artifactLocation: a, region: r } = l.physicalLocation;
  check(!/^[a-z]+:|^\/|\\|\.\./i.test(a.uri), `${where}: uri ${a.uri} is relative, with forward slashes`);
  check(fs.existsSync(path.join(dir, decodeURIComponent(a.uri))), `${where}: uri ${a.uri} names a file`);
  check(r.startLine >= 1 && r.startColumn >= 1 && r.endLine === r.startLine && r.endColumn > r.startColumn, `${where}: region lies in one line`);
}

function checkRule(where, rule) {
  for (const text of [rule.shortDescription.text, rule.fullDescription.text]) check(text && text.length <= 1024, `${where}: ${rule.id}: a text of 1 to 1024 characters`);
  check(rule.help.text && rule.help.markdown, `${where}: ${rule.id}: help`);
  check(rule.properties.tags.length <= 20, `${where}: ${rule.id}: at most 20 tags`);
  check(['very-high', 'high', 'medium', 'low'].includes(rule.properties.precision), `${where}: ${rule.id}: precision`);
  check(['error', 'warning', 'recommendation'].includes(rule.properties['problem.severity']), `${where}: ${rule.id}: problem.severity`);
  check(!('security-severity' in rule.properties), `${where}: ${rule.id}: reliability is no security alert`);
}

function checkSarif(name, dir, text, expected) {
  const where = `sarif, ${name}`;
  const doc = JSON.parse(text);
  check(validate(doc), `${where}: ${(validate.errors || []).slice(0, 5).map((e) => e.dataPath + ' ' + e.message).join('; ')}`);
  check(doc.$schema && doc.version === '2.1.0' && doc.runs.length === 1, `${where}: one run of 2.1.0`);
  const [r] = doc.runs;
  check(r.tool.driver.name === 'clusterlint' && Array.isArray(r.results) && r.columnKind === 'utf16CodeUnits', `${where}: driver, results, columns`);
  check(r.automationDetails.id.endsWith('/'), `${where}: a category`);
  check(r.results.length === expected, `${where}: ${r.results.length} results, ${expected} findings`);
  r.tool.driver.rules.forEach((rule) => checkRule(where, rule));
  const levels = r.results.map((x) => ['error', 'warning', 'note'].indexOf(x.level));
  check(levels.every((l, i) => l >= 0 && (!i || l >= levels[i - 1])), `${where}: most severe first`);
  for (const x of r.results) {
    check(r.tool.driver.rules[x.ruleIndex]?.id === x.ruleId, `${where}: ruleIndex of ${x.ruleId}`);
    check(x.locations.length === 1 && x.message.text, `${where}: one location and a message`);
    check(!/(^|[^\\])\[[^\]]*\]\(/.test(x.message.text), `${where}: no link in ${x.message.text}`);
    checkLocation(where, dir, x.locations[0]);
    const { artifactLocation: a, region } = x.locations[0].physicalLocation;
    const hashes = lineHashes(fs.readFileSync(path.join(dir, decodeURIComponent(a.uri)), 'utf8'));
    check(x.partialFingerprints.primaryLocationLineHash === hashes[region.startLine], `${where}: GitHub's line hash of ${a.uri}:${region.startLine}`);
    check(/^[0-9a-f]{32}$/.test(x.partialFingerprints['clusterlint/v1']), `${where}: our fingerprint`);
    for (const flow of x.codeFlows || []) for (const t of flow.threadFlows) for (const s of t.locations) checkLocation(where, dir, s.location);
    if (x.ruleId === 'state-in-memory') check(x.codeFlows?.[0].threadFlows[0].locations.length >= 3, `${where}: the chain of ${x.ruleId}`);
  }
}

// ---- the others ----

function checkXml(name, text) {
  const py = spawnSync('python3', ['-c', 'import sys, xml.dom.minidom; xml.dom.minidom.parseString(sys.stdin.buffer.read())'], { input: text, encoding: 'utf8' });
  if (!py.error) check(py.status === 0, `${name}: ${py.stderr.trim().split('\n').pop()}`);
  const lint = spawnSync('xmllint', ['--noout', '--nonet', '-'], { input: text, encoding: 'utf8' });
  if (!lint.error) check(lint.status === 0, `${name}: ${lint.stderr}`);
  const count = (word) => (text.match(new RegExp(`<${word}[ >]`, 'g')) || []).length;
  if (!count('testsuites')) return;
  const suites = [...text.matchAll(/<testsuite name="[^"]*" tests="(\d+)" failures="(\d+)"/g)];
  const sum = (i) => suites.reduce((n, m) => n + Number(m[i]), 0);
  check(suites.length && sum(1) === count('testcase') && sum(2) === count('failure'), `${name}: ${sum(1)} tests and ${sum(2)} failures are counted`);
}

const lineFormats = {
  github(name, out, n) {
    const lines = out.split('\n').slice(0, -1);
    check(lines.length === n, `${name}: ${lines.length} lines, ${n} findings`);
    for (const l of lines) check(/^::(error|warning|notice) file=[^,:]+,line=\d+,endLine=\d+,col=\d+(,endColumn=\d+)?,title=clusterlint [a-z0-9-]+::[^\r\n]+$/.test(l), `${name}: ${l}`);
  },
  concise(name, out, n) {
    check(out.split('\n').length === n + 1, `${name}: one line a finding`);
  },
  jsonl(name, out, n) {
    const lines = out.split('\n').slice(0, -1).map((l) => JSON.parse(l));
    check(lines.length === n && lines.every((l) => l.rule && l.message && l.line >= 1), `${name}: one object a line`);
  },
  gitlab(name, out, n) {
    const list = JSON.parse(out);
    check(list.length === n && list.every((x) => x.description && x.check_name && x.location.path && x.location.lines.begin >= 1), `${name}: all fields`);
    check(list.every((x) => ['info', 'minor', 'major', 'critical', 'blocker'].includes(x.severity)), `${name}: severities`);
  },
  junit: (name, out) => checkXml(name, out),
  checkstyle: (name, out) => checkXml(name, out),
  markdown(name, out) {
    check(!/<script|<b>|(^|[^\\])\[click\]\(|https?:\/\/evil/.test(out), `${name}: nothing becomes markup`);
    check(!/(^|[\s(])@someone/.test(out), `${name}: nobody is mentioned`);
  },
  text() {},
};

for (const [name, dir] of Object.entries(projects)) {
  const json = run(dir, '--format', 'json');
  const doc = JSON.parse(json.out);
  const n = doc.findings.length;
  check(name === 'clean' ? n === 0 : n > 0, `${name}: ${n} findings`);
  const want = json.status;
  check(want === (name === 'clean' ? 0 : 1), `${name}: status ${want}`);
  const sarif = run(dir, '--format', 'sarif');
  check(sarif.status === want && sarif.err === '', `sarif, ${name}: status ${sarif.status}, ${sarif.err}`);
  checkSarif(name, dir, sarif.out, n);
  for (const [format, look] of Object.entries(lineFormats)) {
    const r = run(dir, '--format', format);
    const where = `${format}, ${name}`;
    check(r.status === want, `${where}: status ${r.status}, with JSON ${want}`);
    check(r.err === '', `${where}: says on stderr ${r.err}`);
    check(!/[\u0000-\u0008\u000b-\u001f\u007f]/.test(r.out), `${where}: control bytes`);
    check(Buffer.from(r.out).equals(r.raw), `${where}: no UTF-8`);
    check(!r.out.split('\n').some((l) => l.startsWith('::') && format !== 'github'), `${where}: a line that is a workflow command`);
    look(where, r.out, n);
  }
  // several at once, each into its file, and one to the standard output
  const several = run(dir, '-f', 'sarif', '-o', path.join(tmp, 'a.sarif'), '-f', 'junit', '-o', path.join(tmp, 'a.xml'), '-f', 'concise');
  check(several.status === want && fs.readFileSync(path.join(tmp, 'a.sarif'), 'utf8') === sarif.out, `${name}: several formats in one run`);
  check(several.out === run(dir, '-f', 'concise').out, `${name}: the standard output holds one document alone`);
}

console.log(failures ? `formats: ${failures} failed` : 'formats: all as they should be');
process.exit(failures ? 1 : 0);
