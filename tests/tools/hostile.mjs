// hostile.mjs PROGRAM: runs check on configs that are deep, huge, endless, binary, or no files at all.
// Each must end with its status, say what is expected, and take less than two seconds of CPU time.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const program = path.resolve(process.argv[2]);
const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'hostile-'));
process.on('exit', () => fs.rmSync(tmp, { recursive: true, force: true }));
const apps = '[{ name: "a", script: "./server.js" }]';
const many = (text, n) => text.repeat(n);
const utf16 = (text) => Buffer.from('\ufeff' + text, 'utf16le');
const deep = /:1:\d+: .*could not be followed to its end \(nested too deeply\).*write it more plainly/;
const ends = /:1:\d+: .*could not be followed to its end \(evaluation stopped/;
const seen = /:\d+:\d+: .*not all apps can be seen from here/;

// [what, status, words, text, name]
const cases = [
  ['nested arrays', 2, deep, `module.exports = ${many('[', 50000)}${many(']', 50000)}`],
  ['nested objects', 2, deep, `module.exports = ${many('{a:', 40000)}1${many('}', 40000)}`],
  ['nested brackets', 2, deep, `module.exports = ${many('(', 50000)}1${many(')', 50000)}`],
  ['nested templates', 2, deep, `module.exports = ${many('`${', 20000)}1${many('}`', 20000)}`],
  ['nested functions', 2, deep, `module.exports = ${many('()=>', 30000)}1`],
  ['nested conditions', 2, deep, `module.exports = ${many('a?1:', 30000)}1`],
  ['nested blocks', 2, deep, `${many('{', 50000)}${many('}', 50000)}`],
  ['a long chain of members', 2, deep, `module.exports = a${many('.b', 50000)}`],
  ['a long sum', 2, deep, `module.exports = { apps: [{ script: ${many('"x" + ', 30000)}"y" }] }`],
  ['brackets that never close', 2, /:1:1: .*syntax error/, `module.exports = ${many('[{', 30000)}`],
  ['nested YAML', 2, /:1:\d+: .*too deeply nested/, `apps: ${many('[', 50000)}${many(']', 50000)}`, 'ecosystem.yml'],
  ['YAML aliases that double nine times', 1, /:\d+:\d+: /,
    `a: &a [x, x, x, x, x, x, x, x, x]\n${[...'bcdefghij'].map((c, i) => `${c}: &${c} [${many(`*${'abcdefghij'[i]},`, 9)}]\n`).join('')}apps: *j\n`, 'ecosystem.yml'],
  ['a YAML alias inside itself', 1, /:2:3: /, 'apps: &a\n  - *a\n', 'ecosystem.yml'],
  ['an array of a billion', 2, ends, `module.exports = { apps: Array(1e9).fill(1) }`],
  ['a list of a billion apps', 2, ends, 'module.exports = { apps: Array.from({ length: 1e9 }, (_, i) => ({ name: "a" + i, script: "./server.js" })) }'],
  ['a text that doubles', 2, ends, 'let s = "x"; for (let i = 0; i < 60; i++) s += s; module.exports = { apps: [{ name: s, script: "./server.js" }] }'],
  ['a loop without end', 2, ends, `for (;;) {} module.exports = { apps: ${apps} }`],
  ['a list that grows without end', 2, ends, 'const a = []; while (true) a.push({}); module.exports = { apps: a }'],
  ['recursion without end', 2, ends, 'function f(n) { return f(n + 1); } module.exports = { apps: f(0) }'],
  ['recursion that takes for ever', 2, ends, 'const f = (n) => n < 2 ? 1 : f(n - 1) + f(n - 2); module.exports = { apps: [{ script: "./server.js", instances: f(60) }] }'],
  ['a pattern that takes for ever', 0, /^$/, `module.exports = { apps: [{ name: "${many('a', 40)}!".replace(/^(a+)+$/, ""), script: "./server.js" }] }`],
  ['a getter', 2, seen, `module.exports = { get apps() { return ${apps}; } }`],
  ['a Proxy', 2, seen, `module.exports = new Proxy({}, { get() { return ${apps}; } })`],
  ['a generator', 2, seen, 'function* g() { yield 1; } module.exports = { apps: [...g()] }'],
  ['a promise', 2, seen, `module.exports = (async () => ({ apps: ${apps} }))()`],
  ['eval', 2, seen, 'module.exports = eval("({ apps: [] })")'],
  ['a list inside itself', 1, /:1:\d+: /, 'const a = []; a.push(a); module.exports = { apps: a }'],
  ['a config that loads itself', 1, /:1:\d+: /, 'module.exports = require("./ecosystem.config.js")'],
  ['require of what lies outside', 2, /lies outside of the project root/, 'module.exports = require("../../../etc/passwd")'],
  ['require of a FIFO', 2, /:1:\d+: /, 'module.exports = require("./fifo.js")'],
  ['fs read of a FIFO', 2, /not a regular file/, 'module.exports = JSON.parse(require("fs").readFileSync(__dirname + "/fifo.js"))'],
  ['NUL bytes in a text', 2, /:1:\d+: .*syntax error/, 'module.exports = { apps: [{ name: "a\0b" }] }\0\0'],
  ['nothing but NUL bytes', 2, /:1:1: .*syntax error/, many('\0', 1000)],
  ['bytes that are no UTF-8', 0, /^$/, Buffer.concat([Buffer.from('module.exports = { apps: [{ name: "'), Buffer.from([255, 254, 128]), Buffer.from('", script: "./server.js" }] }')])],
  ['UTF-16', 2, /UTF-16, and Node reads UTF-8: save it as UTF-8/, utf16(`module.exports = { apps: ${apps} }`)],
  ['UTF-16 in YAML', 2, /save it as UTF-8/, utf16('apps:\n  - script: ./server.js\n'), 'ecosystem.yml'],
  ['UTF-16 in JSON', 2, /save it as UTF-8/, utf16('{ "apps": [] }'), 'ecosystem.json'],
  ['seven megabytes', 2, /:1:1: .*larger than 256 KiB/, `module.exports = { apps: [${many('1,', 3500000)}] }`],
  ['a hundred megabytes', 2, /ecosystem\.config\.js: is larger than 8 MiB/, (file) => fs.truncateSync(file, 1e8)],
  ['ten thousand apps', 0, /more than 1000 of them/, `module.exports = { apps: Array.from({ length: 10000 }, (_, i) => ({ name: "a" + i, script: "./server.js" })) }`],
  ['a name with blanks, a line break and Chinese', 2, /my eco.*\u751f\u6001.*\.config\.js:1:1: .*syntax error/, 'module.exports = { apps: [{}', 'my eco\n \u751f\u6001 .config.js'],
  ['a FIFO', 2, /not a regular file/, (file) => { fs.unlinkSync(file); spawnSync('mkfifo', [file]); }],
  ['a directory', 2, /is a directory/, (file) => { fs.unlinkSync(file); fs.mkdirSync(file); }],
  ['a link to itself', 2, /ecosystem\.config\.js: .*symbolic links/, (file) => { fs.unlinkSync(file); fs.symlinkSync('ecosystem.config.js', file); }],
  ['a link to nowhere', 2, /no such file/, (file) => { fs.unlinkSync(file); fs.symlinkSync('nowhere', file); }],
  ['a link out of the project', 2, /lies outside of the project root/, (file) => { fs.unlinkSync(file); fs.symlinkSync('/dev/zero', file); }],
];

let failed = 0;
for (const [what, status, words, text, name = 'ecosystem.config.js'] of cases) {
  const dir = fs.mkdtempSync(path.join(tmp, 'p-')), file = path.join(dir, name);
  fs.mkdirSync(path.join(dir, '.git'));
  fs.writeFileSync(path.join(dir, 'server.js'), 'require("http").createServer().listen(3000);\n');
  spawnSync('mkfifo', [path.join(dir, 'fifo.js')]);
  fs.writeFileSync(file, typeof text === 'function' ? '' : text);
  if (typeof text === 'function') text(file);
  const r = spawnSync('sh', ['-c', 'ulimit -t "$1"; shift; exec "$@"', 'sh', program.includes('sanitize') ? '20' : '2', program, 'check', '--format', 'concise', name],
    { cwd: dir, encoding: 'utf8', timeout: 60000, env: { PATH: process.env.PATH, LC_ALL: 'C' } });
  const said = r.stdout + r.stderr;
  if (r.status === status && words.test(said.trim())) continue;
  failed++;
  console.log(`FAIL ${what}: status ${r.signal || r.status}, not ${status}, or other words than ${words}\n    ${said.slice(0, 300)}`);
}
console.log(`hostile: ${cases.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
