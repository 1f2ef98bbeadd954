// fix-rules.mjs CLUSTERLINT: the bad example of every config rule whose finding carries a fix. The fix
// ends the finding, adds no error, a second one changes nothing, and an unsafe one waits for --unsafe.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const yaml = require('js-yaml');
const program = path.resolve(process.argv[2]);
const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'fix-rules-'));
process.on('exit', () => fs.rmSync(tmp, { recursive: true, force: true }));

function files(text, first) {
  const out = [[first, '']];
  for (const line of text.split('\n')) {
    const m = /^--- (\S.*)$/.exec(line);
    if (m) out.push([m[1], '']);
    else out[out.length - 1][1] += line + '\n';
  }
  return out;
}

let dir;
const run = (...args) => spawnSync(program, args, { cwd: dir, encoding: 'utf8', env: { LC_ALL: 'C', NO_COLOR: '1', PATH: process.env.PATH } });
const findings = file => JSON.parse(run('check', '--format', 'json', '--cpus', '8', '--memory', '64G', file).stdout || '{"findings":[]}').findings;

function test(card, file, text) {
  fs.writeFileSync(path.join(dir, file), text);
  const before = findings(file), mine = before.filter(f => f.rule === card.id && f.fix);
  if (!mine.length) return null;
  fixes++;
  const fix = (...flags) => run('fix', '--cpus', '8', '--memory', '64G', '--write', ...flags, file);
  const read = () => fs.readFileSync(path.join(dir, file), 'utf8');
  fix();
  const now = read();
  if (mine.every(f => f.fix.applicability === 'unsafe') && findings(file).filter(f => f.rule === card.id).length < mine.length) return 'mended without --unsafe';
  const last = fix('--unsafe');
  const mended = read();
  const after = findings(file);
  if (mended === text) return `left alone: ${last.stderr}`;
  if (after.filter(f => f.rule === card.id).length >= before.filter(f => f.rule === card.id).length) return `the finding stays: ${mended}`;
  const errors = list => list.filter(f => f.level === 'error').length;
  if (errors(after) > errors(before)) return `more errors than before: ${mended} ${JSON.stringify(after.map(f => f.message))}`;
  fix('--unsafe');
  if (read() !== mended) return `a second fix changes it again: ${read()}`;
  return mended === now && mine.every(f => f.fix.applicability === 'unsafe') ? 'unsafe, and nothing was changed' : null;
}

let fixes = 0, failed = 0;
for (const name of fs.readdirSync('rules/config').filter(f => f.endsWith('.yaml')).sort())
  for (const card of yaml.loadAll(fs.readFileSync(path.join('rules/config', name), 'utf8'))) {
    if (!card || !card.id) continue;
    dir = path.join(tmp, card.id);
    fs.mkdirSync(path.join(dir, '.git'), { recursive: true });
    const first = card.example_file || 'ecosystem.config.js';
    const all = files(card.bad, first);
    for (const [file, text] of all) {
      fs.mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
      fs.writeFileSync(path.join(dir, file), text);
    }
    const [file, text] = all[0];
    for (const t of [text, text.replace(/\n/g, '\r\n')]) {
      const why = test(card, file, t);
      if (!why) continue;
      failed++;
      console.log(`FAIL ${card.id}: ${why}`);
    }
  }
console.log(`fix of rules: ${fixes} cases, ${failed} failed`);
process.exit(failed || !fixes ? 1 : 0);
