// Asks the shipped JSON schema and the program about the same settings.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const Ajv = require('ajv');
const yaml = require('js-yaml');
const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const program = path.resolve(root, process.env.CLUSTERLINT || 'build/clusterlint');
const schema = JSON.parse(fs.readFileSync(path.join(root, 'cli/clusterlint.schema.json'), 'utf8'));
const validate = new Ajv({ allErrors: true }).compile(schema);
const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'settings-'));
process.on('exit', () => fs.rmSync(tmp, { recursive: true, force: true }));
fs.mkdirSync(path.join(tmp, '.git'));
fs.writeFileSync(path.join(tmp, 'ecosystem.json'), '{ "apps": [{ "name": "api", "script": "./a.js" }] }\n');
fs.writeFileSync(path.join(tmp, 'rows.yaml'), 'rows: []\n');
fs.writeFileSync(path.join(tmp, 'a.js'), "require('http').createServer((q, r) => r.end()).listen(3000);\n");

// each key with values that are right and values that are wrong; the keys must be the schema's
const samples = {
  root: [['true', 'false'], ['1x', '[]']],
  'fail-on': [['error', 'warning', 'note', 'never'], ['eror', '[error]', 'project']],
  select: [['[]', '[schedule, state-in-memory]'], ['schedule', '{}', '["Not A Name"]']],
  ignore: [['[race]'], ['race']],
  rules: [
    ['{}', '{schedule: off}', '{state-in-memory: {level: error, fails: true}}', '{race: {}}'],
    ['[]', '{schedule: on}', '{schedule: {severity: error}}', '{schedule: {fails: never}}', '{schedule: 3}'],
  ],
  apps: [
    ['{api: {}}', '{api: {pin: a reason, rss: 300M, weight: 0.5, pool: 10}}', '{api: {rss: 1073741824}}', '{api: {weight: 100, rss: 1.5GiB}}'],
    ['[]', '{api: 1}', '{api: {pin: true}}', '{api: {pin: ""}}', '{api: {pool: 0}}', '{api: {weight: 0}}', '{api: {weight: 101}}',
      '{api: {rss: much}}', '{api: {rss: 1X}}', '{api: {pool: 1.5}}', '{api: {size: 1}}'],
  ],
  target: [['pm2', 'replicas'], ['[pm2]', '""']],
  targets: [['{big: {kind: pm2, cpus: 4, memory: 16G}}', '{big: {}}'], ['[]', '{big: {kind: vm}}', '{big: {cpus: many}}', '{big: {ram: 1G}}']],
  'max-connections': [['100'], ['none', '0', '1000001']],
  baseline: [['known.json'], ['[]', '""']],
  catalogue: [['[]', '[rows.yaml]'], ['rows.yaml', '{}', '[[]]', '[""]']],
  'no-inline': [['true'], ['perhaps']],
};

let failures = 0;
function ask(text, right) {
  fs.writeFileSync(path.join(tmp, '.clusterlint.yml'), text);
  const r = spawnSync(program, ['check', '--show-config'], { cwd: tmp, encoding: 'utf8', timeout: 20000, env: { PATH: process.env.PATH, LC_ALL: 'C' } });
  const schemaSays = validate(yaml.load(text, { schema: yaml.CORE_SCHEMA }) ?? null);
  const programSays = r.status === 0;
  if (schemaSays === right && programSays === right) return;
  failures++;
  console.log(`FAIL ${JSON.stringify(text)} should be ${right ? 'right' : 'wrong'}: the schema says ${schemaSays}, the program ${r.status} ${r.stderr.trim()}`);
}

const keys = Object.keys(schema.properties);
if (keys.sort().join() !== Object.keys(samples).sort().join()) {
  failures++;
  console.log(`FAIL the schema has ${keys.join(' ')}`);
}
ask('', true);
ask('nothing: 1\n', false);
ask('- a\n', false);
for (const [key, [right, wrong]] of Object.entries(samples)) {
  for (const v of right) ask(`${key}: ${v}\n`, true);
  for (const v of wrong) ask(`${key}: ${v}\n`, false);
}
// a name that is no rule is for the program alone to know
fs.writeFileSync(path.join(tmp, '.clusterlint.yml'), 'rules: {no-such-rule: off}\n');
const r = spawnSync(program, ['check'], { cwd: tmp, encoding: 'utf8' });
if (r.status !== 2 || r.stdout !== '') {
  failures++;
  console.log(`FAIL an unknown rule ends with ${r.status}`);
}
console.log(failures ? `settings: ${failures} failed` : 'settings: schema and program agree');
process.exit(failures ? 1 : 0);
