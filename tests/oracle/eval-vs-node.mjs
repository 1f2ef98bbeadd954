// eval-vs-node.mjs DUMP: every program of the corpus, evaluated by node and by
// ours. Whatever differs and is not "unknown" fails. Unknown values are counted
// by category; eval-unknowns.json says how many are allowed, and only shrinks.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { programs } from './eval-corpus.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const dump = process.argv[2];
const only = process.argv[3];
const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'eval-')));
process.on('exit', () => { if (!process.env.KEEP) fs.rmSync(root, { recursive: true, force: true }); });

function encode(v, seen = []) {
  if (v === undefined) return { $: 'undefined' };
  if (typeof v === 'number' && (!Number.isFinite(v) || Object.is(v, -0))) return { $: Object.is(v, -0) ? '-0' : String(v) };
  if (typeof v === 'function') return { $: 'function' };
  if (v === null || typeof v !== 'object') return v;
  if (seen.length > 40) return { $: 'deep' };
  const deeper = [...seen, v];
  if (Array.isArray(v)) return Array.from({ length: v.length }, (_, i) => (i in v ? encode(v[i], deeper) : { $: 'hole' }));
  if (v instanceof Error) return { $: v.name, of: v.message };
  const tag = Object.prototype.toString.call(v).slice(8, -1);
  if (tag !== 'Object' && tag !== 'Module') return { $: tag };
  return Object.fromEntries(Object.keys(v).map((k) => [k, encode(v[k], deeper)]));
}

const thrown = (e) => ({ $: 'thrown', of: encode(e) });
class Exit { }
process.exit = () => { throw new Exit(); };

async function withNode(file) {
  const env = { ...process.env };
  try {
    if (file.endsWith('.json')) return encode(vm.runInThisContext(`(${fs.readFileSync(file, 'utf8')})`));
    if (file.endsWith('.mjs')) return encode(await import(pathToFileURL(file)));
    return encode(require(file));
  } catch (e) {
    return e instanceof Exit ? { $: 'exit' } : thrown(e);
  } finally {
    for (const k of Object.keys(process.env)) if (!(k in env)) delete process.env[k];
    for (const k of Object.keys(globalThis)) if (['undeclared', 'x'].includes(k)) delete globalThis[k];
  }
}

const counts = {};
let differ = 0;
function compare(want, got, where, c) {
  c.values++;
  if (got && got.$ === 'unknown') { c.unknown++; c.reasons[got.of] = (c.reasons[got.of] || 0) + 1; return true; }
  if (want === got) return true;
  if (!want || !got || typeof want !== 'object' || typeof got !== 'object' || Array.isArray(want) !== Array.isArray(got)) return false;
  if (want.$ === 'thrown' && got.$ === 'thrown') {
    const a = want.of, b = got.of;
    return a && a.$ && b && b.$ ? a.$ === b.$ : compare(a, b, where, c);
  }
  const keys = Object.keys(want);
  if (keys.length !== Object.keys(got).length || keys.some((k, i) => k !== Object.keys(got)[i])) return false;
  if (want.$) return want.$ === got.$ && (want.of === got.of || want.$.endsWith('Error'));
  return keys.every((k) => compare(want[k], got[k], where, c));
}

const cases = programs.map((p, i) => ({ ...p, dir: String(i) })).filter((p) => !only || p.category === only || p.dir === only);
// recorded from dotenv 16 and 17, whose answers are the same
for (const [i, [text, parsed]] of JSON.parse(fs.readFileSync(path.join(here, 'dotenv-cases.json'), 'utf8')).entries())
  if (!only || only === 'dotenv')
    cases.push({ category: 'dotenv', dir: `dotenv${i}`, main: 'main.cjs', want: [parsed, parsed], files: { '.env': text, 'main.cjs': "const d = require('dotenv'); module.exports = [d.parse(require('fs').readFileSync(__dirname + '/.env')), d.config({ path: __dirname + '/.env', processEnv: {} }).parsed];" } });
for (const c of cases)
  for (const [name, text] of Object.entries(c.files)) {
    const file = path.join(root, c.dir, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }

const input = cases.map((c) => `${c.dir}/${c.main}\n`).join('');
const started = process.hrtime.bigint();
const ours = spawnSync(dump, [root], { input, encoding: 'utf8', maxBuffer: 1 << 28 });
const took = Number(process.hrtime.bigint() - started) / 1e6;
if (ours.status !== 0) { console.log(`our evaluator ended with status ${ours.status} ${ours.signal || ''}\n${ours.stderr}`); process.exitCode = 1; }
const lines = ours.stdout.split('\n');
for (const [i, c] of cases.entries()) {
  const want = c.want || await withNode(path.join(root, c.dir, c.main));
  const count = (counts[c.category] ??= { programs: 0, values: 0, unknown: 0, reasons: {} });
  count.programs++;
  let got;
  try { got = JSON.parse(lines[i]); } catch { got = { $: 'nothing', of: lines[i] }; }
  if (compare(want, got, c.dir, count)) continue;
  if (++differ > 25) continue;
  console.log(`--- ${c.category} ${c.dir}\n${c.files[c.main]}\n  node: ${JSON.stringify(want).slice(0, 2000)}\n  ours: ${JSON.stringify(got).slice(0, 2000)}`);
}

const allowed = JSON.parse(fs.readFileSync(path.join(here, 'eval-unknowns.json'), 'utf8'));
let total = 0, unknowns = 0, bad = differ > 0;
for (const [name, c] of Object.entries(counts)) {
  total += c.values;
  unknowns += c.unknown;
  const most = allowed[name] ?? 0;
  console.log(`${name}: ${c.programs} programs, ${c.values} values, ${c.unknown} unknown (${most} allowed)`);
  if (process.env.WHY) console.log(Object.fromEntries(Object.entries(c.reasons).sort((a, b) => b[1] - a[1]).slice(0, 12)));
  if (!only && c.unknown > most) { console.log(`  more unknown values than eval-unknowns.json allows`); bad = true; }
  if (!only && c.unknown < most) { console.log(`  fewer than allowed: lower the number in eval-unknowns.json`); bad = true; }
}
console.log(`${cases.length} programs in ${took.toFixed(0)} ms: ${differ} differ, ${unknowns} of ${total} values unknown (${((100 * unknowns) / total).toFixed(2)} %)`);
if (bad) process.exitCode = 1;
