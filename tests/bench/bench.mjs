// bench.mjs BUILD [COPIES] [RUNS]: how long `clusterlint check` takes on COPIES of the sample project, as a ratio
// against oxlint on the same files in the same run, turn by turn, so that a busy machine slows both. Both are
// whole processes; oxlint is the fastest linter of JavaScript that we know of. Nothing here passes or fails.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const here = path.dirname(new URL(import.meta.url).pathname);
const build = path.resolve(process.argv[2] ?? 'build');
const copies = Number(process.argv[3] ?? 20);
const runs = Number(process.argv[4] ?? 7);
const PEER = 'oxlint@1.94.0';

function peer() {
  const dir = path.join(build, 'bench');
  const bin = path.join(dir, 'node_modules/.bin/oxlint');
  fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(path.join(dir, 'package.json'), '{"private":true}\n');
  if (!fs.existsSync(bin)) {
    console.error(`bench: installing ${PEER} into ${path.relative('.', dir)}`);
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', dir, PEER], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return bin;
}

// each copy is a project of its own: names of workspaces must not meet
function corpus(dir) {
  for (let i = 0; i < copies; i++)
    fs.cpSync(path.join(here, '../fixtures/sample/input'), path.join(dir, `copy${i}`), { recursive: true });
  return Array.from({ length: copies }, (_, i) => `copy${i}/ecosystem.config.js`);
}

function measure(dir, [program, ...args]) {
  const start = process.hrtime.bigint();
  const r = spawnSync(program, args, { cwd: dir, maxBuffer: 1 << 28 });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (r.error || r.signal || r.status > 1)
    throw new Error(`${program}: ${r.error ?? r.signal ?? `status ${r.status}`}\n${r.stderr}`);
  return ms;
}

function peak(dir, [program, ...args]) {
  const r = spawnSync('/usr/bin/time', ['-f', '%M', program, ...args], { cwd: dir, maxBuffer: 1 << 28 });
  const kb = r.error ? NaN : Number(String(r.stderr).trim().split('\n').pop());
  return Number.isFinite(kb) ? `${(kb / 1024).toFixed(0)} MiB` : 'peak unknown (no /usr/bin/time)';
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const line = (name, list) => `  ${name.padEnd(14)} min ${Math.min(...list).toFixed(0)} ms, median ${median(list).toFixed(0)} ms`;

function compare(title, dir, ours, theirs) {
  const a = [], b = [];
  measure(dir, ours), measure(dir, theirs);
  for (let i = 0; i < runs; i++) {
    a.push(measure(dir, ours));
    b.push(measure(dir, theirs));
  }
  console.log(`${title}\n${line('clusterlint', a)}, ${peak(dir, ours)}\n${line('oxlint', b)}, ${peak(dir, theirs)}`);
  console.log(`  ratio of minima ${(Math.min(...a) / Math.min(...b)).toFixed(2)}, of medians ${(median(a) / median(b)).toFixed(2)}`);
}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'clusterlint-bench-'));
try {
  const oxlint = peer();
  const configs = corpus(dir);
  const check = [path.join(build, 'clusterlint'), 'check', '--cpus', '4', '--memory', '16G', '--format', 'concise'];
  compare(`${copies} projects, one thread`, dir, [...check, '--threads', '1', ...configs], [oxlint, '--threads=1', '.']);
  compare(`${copies} projects, as many threads as there are`, dir, [...check, ...configs], [oxlint, '.']);
  compare('one project', dir, [...check, configs[0]], [oxlint, 'copy0']);
} finally {
  fs.rmSync(dir, { recursive: true });
}
