// What people look for in a report, looked for in the reports of the sample and of a project with hostile names.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const program = path.resolve(process.env.CLUSTERLINT);
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'report-'));
process.on('exit', () => fs.rmSync(work, { recursive: true }));

const formats = ['markdown', 'html'];

function report(dir, config, format, lang, env = {}) {
  return execFileSync(program,
    ['report', config, '--format', format, '--lang', lang, '--cpus', '4', '--memory', '16G', '--root', '.'],
    { cwd: dir, encoding: 'utf8', env: { ...process.env, SOURCE_DATE_EPOCH: '', ...env } });
}

const sample = path.join(work, 'sample');
fs.cpSync('tests/fixtures/sample/input', sample, { recursive: true });

const PARTS = {
  en: ['Ready for several processes: ', 'Risk if scaled', 'What speaks for several processes', 'one process only: usedAdbPorts', 'Overview', 'What is wrong now', 'Apps in detail', 'What it does, as far as its code shows', 'Evidence',
    'What happens with two processes', 'Solutions, in this order', 'Corrected config', 'Before and after', 'Road map',
    'Now: the config only', 'Next: refactoring, app by app', 'Later: several hosts or Kubernetes',
    'Checklist before this goes live', 'What this report cannot see', 'References', 'clusterlint explain allocator-in-memory'],
  zh: ['无需改造即可多进程运行', '多进程时的风险', '支持多进程的代码依据', '必须单进程：usedAdbPorts', '服务分析总览', '当前配置的问题', '详细分析', '业务特点', '代码依据', '两个进程时的示例场景', '解决方案', '配置修正',
    '修正前后对比', '优化路线图', '短期', '中期', '长期', '上线前检查清单', '本报告的局限', '参考', 'clusterlint explain allocator-in-memory'],
};
const FACTS = ['device-service', 'usedAdbPorts', 'PortManagerService.allocatePorts', 'POST /devices',
  'private usedAdbPorts: Set', 'pm2 delete device-service && pm2 start ecosystem.config.js --only device-service',
  'EX', 'cluster ×2', 'fork ×1', 'RedisIoAdapter', 'api-gateway', 'billing-service', 'notification-service'];

// only the words, in one line
function words(text, format) {
  if (format === 'html') {
    text = text.replace(/<style>[^]*?<\/style>/, '').replace(/<[^>]*>/g, '');
    text = text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, '&');
  }
  return text.replace(/\s+/g, ' ');
}

for (const format of formats) {
  for (const lang of ['en', 'zh']) {
    const text = report(sample, 'ecosystem.config.js', format, lang);
    for (const part of [...PARTS[lang], ...FACTS]) {
      assert.ok(words(text, format).includes(part), `${format} ${lang} lacks ${part}`);
    }
    assert.equal(text, report(sample, 'ecosystem.config.js', format, lang), 'the same again');
    assert.ok(!/\b20\d\d-\d\d-\d\d\b/.test(text), `${format} ${lang} holds a date`);
    assert.ok(!text.includes(work), `${format} ${lang} holds a path of this machine`);
    if (lang === 'zh') {
      const english = words(text.replace(/<pre[^]*?<\/pre>|<style[^]*?<\/style>|```[^]*?```/g, ''), format).match(/(?:\b[a-z]{3,} ){4,}/g) ?? [];
      assert.deepEqual(english, [], 'English left in the Chinese report');
    }
    assert.ok(!/[\u{1f300}-\u{1faff}\u2705\u274c]/u.test(text), 'no emoji');
  }
  const dated = report(sample, 'ecosystem.config.js', format, 'en', { SOURCE_DATE_EPOCH: '1700000000' });
  assert.ok(dated.includes('2023-11-14'));
}

// one file that asks for nothing, in which text stands out from its ground as WCAG AA wants it
if (formats.includes('html')) {
  const text = report(sample, 'ecosystem.config.js', 'html', 'en');
  assert.ok(!/\b(?:src|href)="(?!#)|url\(|@import|<script|<link/.test(text), 'asks for something');
  assert.ok(text.includes("default-src 'none'") && text.includes('prefers-color-scheme:dark') && text.includes('@media print'));
  const luminance = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const palettes = [...text.matchAll(/:root\{[^}]*--ground[^}]*\}/g)].map(([part]) =>
    Object.fromEntries([...part.matchAll(/--([\w-]+):(#\w{6})/g)].map(([, name, hex]) => [name, hex])));
  assert.equal(palettes.length, 2);
  const pairs = [['text', 'ground'], ['muted', 'ground'], ['link', 'ground'], ['panel-text', 'panel'], ['muted', 'panel'], ['text', 'panel'],
    ...['high', 'medium', 'low', 'unknown'].map((tone) => [tone, `${tone}-ground`])];
  for (const palette of palettes) {
    for (const [a, b] of pairs) {
      const [x, y] = [luminance(palette[a]), luminance(palette[b])].sort((p, q) => q - p);
      const contrast = (x + 0.05) / (y + 0.05);
      assert.ok(contrast >= 4.5, `${a} on ${b}: ${contrast.toFixed(2)}`);
    }
  }
  const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, target] of text.matchAll(/href="#([^"]*)"/g)) assert.ok(ids.includes(target));
  let level = 0;
  for (const [, next] of text.matchAll(/<h(\d)/g)) {
    assert.ok(Number(next) <= level + 1, 'no heading leaves a level out');
    level = Number(next);
  }
}

// the road map holds what is to be done, not what stays
const steps = (config) => /Now: the config only([^]*?)###/.exec(report(sample, config, 'markdown', 'en'))[1];
assert.deepEqual(steps('ecosystem.config.js').match(/^- [\w-]+/gm), ['- device-service']);
assert.match(steps('ecosystem.corrected.config.js'), /can stay as they are/);

// the time line follows a renamed symbol, function and route
const renamed = path.join(work, 'renamed');
fs.cpSync(sample, renamed, { recursive: true });
const names = [[/usedAdbPorts/g, 'takenBridgeNumbers'], [/allocatePorts/g, 'reserveNumbers'], [/@Controller\('devices'\)/g, "@Controller('handsets')"]];
for (const file of fs.readdirSync(renamed, { recursive: true })) {
  if (!file.endsWith('.ts')) continue;
  const full = path.join(renamed, file);
  const before = fs.readFileSync(full, 'utf8');
  const after = names.reduce((text, [from, to]) => text.replace(from, to), before);
  if (after !== before) fs.writeFileSync(full, after);
}
for (const format of formats) {
  const text = report(renamed, 'ecosystem.config.js', format, 'en');
  for (const old of ['usedAdbPorts', 'allocatePorts', 'POST /devices']) assert.ok(!text.includes(old), `${format} still holds ${old}`);
  const flat = words(text, format).replace(/`/g, '');
  assert.ok(flat.includes('POST /handsets arrives'), 'route in the time line');
  assert.ok(flat.includes('PortManagerService.reserveNumbers notes the first free one in its own takenBridgeNumbers'), 'function in the time line');
}

// Markdown without code blocks, code spans and escaped characters
function outsideOfCode(text) {
  text = text.replace(/^( *)(`{3,})[^]*?\n\1\2$/gm, '');
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const ticks = /^`+/.exec(text.slice(i))?.[0];
    const close = ticks && new RegExp(`(?<!\`)${ticks}(?!\`)`).exec(text.slice(i + ticks.length));
    if (text[i] === '\\') i++;
    else if (close) i += ticks.length + close.index + ticks.length - 1;
    else out += text[i];
  }
  return out;
}

// hostile names stay text
const hostile = path.join(work, 'hostile');
const NAME = '<img src=x onerror=alert(1)>&"\'`|*_[x](javascript:1)\u202e';
const FOLDER = '<b>`|&';
fs.mkdirSync(path.join(hostile, FOLDER), { recursive: true });
fs.writeFileSync(path.join(hostile, FOLDER, 'server.js'), `const express = require('express');
const app = express();
const sessions = new Map(); // </code></pre><script>alert(1)</script> \`\`\` \u202e
app.post('/<script>alert(2)</script>', (req, res) => { sessions.set(req.body.id, req.body); res.end(); });
app.get('/y', (req, res) => res.json(sessions.get(req.query.id)));
app.listen(3000);
`);
fs.writeFileSync(path.join(hostile, 'ecosystem.config.js'), `module.exports = { apps: [
  { name: ${JSON.stringify(NAME)}, script: ${JSON.stringify(`./${FOLDER}/server.js`)}, instances: 2, exec_mode: 'cluster' },
] };
`);
for (const format of formats) {
  const text = report(hostile, 'ecosystem.config.js', format, 'en');
  assert.ok(text.includes('sessions'), 'the app was understood');
  assert.ok(!text.includes('\u202e'), 'no character that turns text around');
  if (format === 'html') {
    assert.ok(!/<(script|img|b)\b/.test(text), 'no element out of a name');
  } else {
    const prose = outsideOfCode(text);
    assert.equal(prose.match(/^.*<(script|img|b)\b.*$/m)?.[0], undefined, "no element out of a name");
    assert.ok(!/\]\(javascript/.test(prose), 'no link out of a name');
  }
}

// what it cannot do, it says
for (const [args, words_] of [[['--format', 'json'], "'json' is not known"], [['--format', 'markdwon'], "did you mean 'markdown'"]]) {
  assert.throws(() => execFileSync(program, ['report', 'ecosystem.config.js', ...args], { cwd: sample, encoding: 'utf8', stdio: 'pipe' }),
    (e) => e.status === 2 && e.stderr.includes(words_) && e.stdout === '');
}
