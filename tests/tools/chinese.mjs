// Runs the commands of the fixtures, and some that go wrong, with --lang zh. A line that holds words of
// English prose, and no Chinese, is a text that nobody translated.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const program = path.resolve(root, process.env.CLUSTERLINT || 'build/clusterlint');
const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'chinese-'));
process.on('exit', () => fs.rmSync(tmp, { recursive: true, force: true }));
const env = { PATH: `${path.dirname(program)}:${process.env.PATH}`, LC_ALL: 'zh_CN.UTF-8', COLUMNS: '1000', NO_COLOR: '1', HOME: tmp };

let lines = 0, failures = 0;
const chinese = /[\u4e00-\u9fff]/;
// source frames, diffs, code of settings and examples, other formats and names stay as they are
const code = /^\s*\d* ?[│┌├]|^[-+ @{}"#]|^\s{4}|^::|^(diff|mv|cp|git|sh):?|^\s*[\w./-]+:\d+:\d+|^[\w.@/-]+$/;

function look(where, text) {
  for (const line of text.replace(/^ *```[\s\S]*?^ *```/gm, '').split('\n')) {
    if (!line.trim() || code.test(line)) continue;
    lines++;
    if (chinese.test(line) || !/[a-z]{2,} [a-z]{2,}/.test(line)) continue;
    failures++;
    console.log(`FAIL ${where}: ${line}`);
  }
}

// words inside of Chinese sentences that are prose, not names or code
function lookInside(where, text) {
  for (const line of text.split('\n')) {
    if (!chinese.test(line) || /[│┌├]|已固定/.test(line)) continue; // somebody's own reason
    const prose = line.replace(/'[^']*'|`[^`]*`|--?[a-zA-Z][\w-]*|[\w./@-]*[./@_:=][\w./@-]*/g, '').match(/\b(the|is|are|was|not|and|of|in|with|from|which|so)\b [a-z]+/);
    if (!prose) continue;
    failures++;
    console.log(`FAIL ${where}: English inside: ${line}`);
  }
}

function run(where, dir, command) {
  const r = spawnSync('sh', ['-c', command], { cwd: dir, env, encoding: 'utf8', timeout: 30000 });
  look(where, r.stdout + r.stderr);
  if (/^\s*clusterlint (check|plan|fix|report)/.test(command)) lookInside(where, r.stdout.replace(/^.*(ignore|accepted|已接受).*$/gm, '') + r.stderr);
}

const fixtures = path.join(root, 'tests/fixtures');
for (const kind of fs.readdirSync(fixtures).sort())
  for (const name of fs.readdirSync(path.join(fixtures, kind)).sort()) {
    const cmd = path.join(fixtures, kind, name, 'cmd');
    if (!fs.existsSync(cmd)) continue;
    const command = fs.readFileSync(cmd, 'utf8');
    if (/--lang|--show-config|--dump-graph|--format|clusterlint docs|init/.test(command)) continue;
    const dir = path.join(tmp, 'run');
    fs.rmSync(dir, { recursive: true, force: true });
    fs.cpSync(path.join(fixtures, kind, name, 'input'), dir, { recursive: true });
    fs.mkdirSync(path.join(dir, '.git'), { recursive: true });
    run(`${kind}/${name}`, dir, command);
  }

const sample = path.join(tmp, 'sample');
fs.cpSync(path.join(fixtures, 'sample/input'), sample, { recursive: true });
for (const command of ['check', 'plan --cpus 2 --memory 1G', 'plan --what-if device-service=max', 'fix --plan', 'fix --check', 'report',
  'check --target replicas', 'baseline update --baseline b.json', 'init --action a/b@v1', 'rules', 'explain allocator-in-memory',
  'chekc', 'check --fromat json', 'check --format jsn', 'check --cpus none', 'check --lang fr', 'check --quiet=1', 'check --cpus',
  'check nothing.js', 'check backend', 'fix --only nobody', 'plan --what-if x', 'plan --rss x', 'explain allocator-in-memroy', 'explain',
  'check --map x', 'check --scenario nothing', 'check --target nothing', 'check --env-file nothing', 'baseline', 'baseline update',
  'check -f json -f sarif', 'check --output /nowhere/x', 'check --since x --staged', 'check --pm2-version 9', 'docs nothing', 'init --action x',
  'check --rules nothing.yaml', 'check --baseline nothing.json', 'check --root nothing', 'check --pm2-cwd nothing'])
  run(command, sample, `clusterlint ${command}`);

console.log(`chinese: ${lines} lines, ${failures} failed`);
process.exit(failures || lines < 300 ? 1 : 0);
