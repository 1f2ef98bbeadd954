'use strict';
// yaml.cjs MODEL-JSON: YAML texts read by js-yaml, which PM2 uses, and by our reader: both refuse a
// text, or both get the same value. Texts: a list by hand, scalars in many places, and mutations
// of all of them from a fixed seed.
const { execFileSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { yamlScalars } = require('./grid-cases.cjs');
// YAML_PKG: the js-yaml 4.1 of PM2 5 and 6 instead
const pkg = process.env.YAML_PKG || path.join(process.cwd(), 'node_modules', 'js-yaml');
const yaml = require(pkg), version = require(path.join(pkg, 'package.json')).version;
const major = version.startsWith('4.1.') ? '6' : '7';

const byHand = ['', '\n', ' ', '# c', '---', '---\n', '...', '--- a', '--- |\n a\n', '--- a\n...\n', '--- a\n--- b\n', 'a\n---\n', '%YAML 1.2\n---\na: 1\n', '%YAML 1.1\n--- x', '%YAML 2.0\n--- x', '%YAML 1.2\na: 1', '%YAML 1.2\n%YAML 1.2\n---\n',
  '%TAG ! tag:yaml.org,2002:\n---\n!str 1', '%TAG !y! tag:yaml.org,2002:\n---\n!y!str 1', '%FOO x\n---\n1', '%TAG !a\n---\n1', '\ufeffa: 1', '\ufeff', 'a: \u0007', 'a: "\u0007"', 'a\u0000', 'a: \u0080', 'a: \u0085',
  'a: 1\nb: 2', 'a: 1\na: 2', '"a": 1\na: 2', 'a:\n  b: 1\n  c: 2\n', 'a:\n b: 1\n  c: 2\n', 'a:\n  b: 1\n c: 2\n', 'a: b: c', 'a : b', 'a :b', 'a:b', '- a\n- b', '- a\n - b', '-a', '- ', '-', '- - a\n  - b', '- a: 1\n  b: 2', '- a: 1\n b: 2', '-\n  a: 1',
  'a:\n- 1\n- 2\nb: 3', 'a:\n - 1\n- 2', 'a: - 1', '[a, b]', '[a, b', '[a b]', '[a,, b]', '[,]', '[a,]', '[]', '{}', '{a: 1, b: 2}', '{a: 1, a: 2}', '{a, b}', '{a: 1 b: 2}', '{a:1}', '{"a":1}', '{"a" :1}', '[a: 1, b]', '[? a : b]', '{? a : b}', '{? a}', '{: b}', '[: b]', '[a: 1, a: 2]',
  '[a\n, b]', 'x: [a,\nb]', 'x: [a,\n b]', 'x: {\n}', 'x:\n  {\n  a: 1\n  }', '[a]b', '[a] b', '[a]#c', '[a] #c', '? a\n: b', '? a\n? b', '? a', ': b', '? - a\n: - b', '? [a, b]\n: c', '? {a: 1}\n: c', '[[a]]: 1', '? [[a]]\n: 1', '[a, b]: c', '{a: 1}: c', '~: 1', ': 1', 'null: 1\n~: 2', '1: a\n"1": b', 'true: a',
  'a: &x 1\nb: *x', 'a: *x', '&a b: 1', '&a b: *a', '*a : 1', 'a: &x\n  b: 1\nc: *x', '- &x a\n- &x b\n- *x', 'a: & b', 'a: * b', 'a: &x &y 1', 'a: &x *y', '&x [*x]', '&x {a: *x}', 'a: &x', '- &x\n- *x',
  'a: &b {x: 1}\nc:\n  <<: *b\n  y: 2', 'b: &b {x: 1}\nc:\n  x: 3\n  <<: *b', 'c:\n  <<: {x: 1}\n  x: 2', 'c:\n  <<: [{x: 1}, {x: 2, y: 3}]', '<<: 1', '<<: [1]', '"<<": 1', '<<: {a: 1}\n<<: {b: 2}', '? <<\n: {a: 1}', 'a: <<', '<<: null', '<<:',
  "'a'", "'a''b'", "'a", "'a\nb'", "'a\n\nb'", "'a\n  b'", "'a' b", "x: 'a\nb'", "x: 'a\n---\nb'", '"a"', '"a\\nb"', '"a\\qb"', '"\\x41\\u0042\\U00000043"', '"\\x4"', '"\\uD83D\\uDE00"', '"\\uD83D"', '"\\uDE00\\uD83D"', '"a\\\n  b"', '"a\n b"', '"a\n\n b"', '"a \n b"', '"a', '"a" b', '"\\/\\0\\_\\N\\L\\P\\e\\ "', '"a\tb"', 'x: "a\n...\nb"', '"\\U0001F600"', '"\\"',
  'a: |\n  x\n  y\n', 'a: |-\n  x\n', 'a: |+\n  x\n\n\nb: 1', 'a: >\n  x\n  y\n\n  z\n', 'a: >-\n  x\n   y\n  z\n', 'a: |2\n    x\n', 'a: |0\n x', 'a: |1\n x\n  y', 'a: |++\n x', 'a: |-1\n x', 'a: |1-\n x', 'a: |12\n x', 'a: | # c\n  x', 'a: |#c\n  x', 'a: | x', 'a: |\nb: 1', 'a: |\n\n  x', 'a: |\n    \n  x', 'a: >\n\n\n  x', '|\n x', '|\nx', '>\n x\n\n y\n  z\n\n  w\n\n v', 'a: |\n\tx', '- |\n a\n- b', 'a: >\n  x\n\n', 'a: |+\n\n\n', 'a: >+\n  x\n\n  ', 'a: |',
  'a b\nc d', 'a: b\n c', 'a: b\nc', 'a: b\n  c: d', 'a: b #c', 'a: b#c', 'a:  b  ', 'a: -', 'a: --', 'a: -1', 'a: ?', 'a: ?x', 'a: :', 'a: :x', 'a: x:', 'a: x::', 'a: x: ', 'a: @b', 'a: `b', 'a: %b', 'a: ,b', 'a: ]', 'a: }', 'a: !b', 'a: [b]c', 'a: #b', 'a #b: c', 'a# b: c', 'a\n: b', 'a\nb: c', 'a: 1\n\n\nb: 2\n', 'a: 1 # x\n# y\nb: 2', 'a: x\n  # c\n  y',
  '\ta: 1', 'a:\t1', 'a:\n\tb: 1', 'a: 1\n\t\nb: 2', 'a: 1\n\t# c\nb: 2', '-\ta', '- \ta', '-\t- a', 'a: \tb', 'a: b\t', 'a:\n  - b\n\t- c', '{\ta: 1}', 'a: [\n\tb]', ' a: 1', ' a: 1\nb: 2', ' a: 1\n b: 2', '  - a\n  - b', '  - a\n - b',
  '!!str 1', '!!int "1"', '!!int x', '!!float 1', '!!float "1.5"', '!!bool "true"', '!!bool 1', '!!null ""', '!!null ~', '!!null', '!!str', '!!map', '!!seq', '!!int', '!!map {a: 1}', '!!seq [1]', '!!map [1]', '!!str [1]', '!!set {a, b}', '!!set {a: 1}', '!!omap [a: 1]', '!!omap [1]', '!!pairs [a: 1, a: 2]', '!!binary aGk=', '!!binary "x!"', '!!timestamp 2020-01-01', '!!timestamp x',
  '!!merge <<', '!x 1', '! 1', '!', '!<tag:yaml.org,2002:str> 1', '!<x> 1', '!<tag 1', '!!str !!str 1', '!e!x 1', '!!js/function "x"', '!!python/none', '!!str a: b', '!!map\na: b', '!!map\n  !!str a: b', '&a !!str b', '!!str &a b', '- !!str\n- !!int 1', 'a: !!str\nb: 1', '!!str\n1', '!!int\n1', '!!str,x', '!![ 1', 'a: !!str # c\n  1', '&x\na: 1', '&x - a', '&x\n- a', 'a: &x\n- b', 'a: !!seq\n- b', '!!str "1": 2', '"a" "b"', '1 : 2', '- ? a\n  : b', 'a: [\n]', 'a: {b: [c, {d: e}], f: g}', '{a: [b}', '[a}', 'a: "b": c', "'a': 1", "'a'b: 1", '"a\nb": 1', 'a: "x"\n  y', 'a: [x]\n  y', '__proto__: 1', 'constructor: 1', 'toString: 1', 'é: ü', 'a: 😀', 'a: [é, "😀"]', '\r\na: 1\r\nb: 2\r\n', 'a: 1\rb: 2', 'a: |\r\n  x\r\n  y\r\n', '"a\r\nb"', 'x\n...\ny', 'x\n...\n# c\n', '[x]\n...\n', '---x', '---\n---', '--- # c\na: 1', '---\ta: 1', 'apps:\n  - name: api\n    script: dist/main.js\n    instances: max\n    exec_mode: cluster\n    env:\n      NODE_ENV: production\n      PORT: 3000\n  - {name: worker, script: w.js, args: [a, "b c"]}\n',
  'a: ' + '['.repeat(99) + ']'.repeat(99), 'a: ' + '['.repeat(101) + ']'.repeat(101), '- '.repeat(98) + 'a', '- '.repeat(101) + 'a'];

const places = [s => s, s => `a: ${s}`, s => `a: ${s}\nb: 1`, s => `- ${s}`, s => `[${s}]`, s => `{a: ${s}}`, s => `{${s}: a}`, s => `${s}: a`, s => `a:\n  ${s}`, s => `a:\n  b: ${s}\n  c: ${s}`];

let seed = 12345;
const random = n => {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return (seed >>> 8) % n;
};
const bits = [':', ' ', '\n', '- ', '\t', '[', ']', '{', '}', ',', '&a ', '*a', '!!str ', '"', "'", '#', '|', '>', '?', '\n  ', '---\n', '...\n', ': ', '<<: ', '%', '\\', '~', '0', 'x', '\r\n', '!'];

function mutate(text) {
  for (let i = 1 + random(3); i > 0; i--) {
    const at = random(text.length + 1);
    if (random(3) === 0) text = text.slice(0, at) + text.slice(at + 1 + random(3));
    else text = text.slice(0, at) + bits[random(bits.length)] + text.slice(at);
  }
  return text;
}

const texts = new Set(byHand);
for (const s of yamlScalars) for (const place of places) texts.add(place(s));
const seeds = [...texts];
const many = +(process.env.MUTATIONS || 6000);
for (let i = 0; i < many; i++) texts.add(mutate(seeds[i % seeds.length].replace(/[\ud800-\udfff]/g, '')));

const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'yaml-')));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
const list = [...texts];
list.forEach((text, i) => fs.writeFileSync(path.join(dir, `${i}.yml`), text));
const lines = execFileSync(path.resolve(process.argv[2]), [dir, '8', major, 'yaml'], { input: list.map((t, i) => `${i}.yml\n`).join(''), maxBuffer: 1 << 30 }).toString().trim().split('\n');

function plain(v, depth) {
  if (depth > 60) return '...';
  if (v === undefined) return 'undefined';
  // what cannot go through C strings, or is no UTF-8
  if (typeof v === 'string') return v.replace(/\0/g, '\\u0000').replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd\ufffd\ufffd');
  if (typeof v === 'number') return { $number: String(v) };
  if (v instanceof Date) return { $class: 'Date' };
  if (v instanceof Uint8Array) return { $class: 'Uint8Array' };
  if (Array.isArray(v)) return v.map(x => plain(x, depth + 1));
  return v !== null && typeof v === 'object' ? Object.entries(v).map(([k, x]) => [k, plain(x, depth + 1)]) : v;
}
// cJSON keeps the order of keys, and "__proto__" as a key of its own
const pairs = v => (Array.isArray(v) ? v.map(pairs) : v === null || typeof v !== 'object' || '$number' in v || '$class' in v ? v : Object.entries(v).map(([k, x]) => [k, pairs(x)]));

let failures = 0, refused = 0;
list.forEach((text, i) => {
  let theirs, mine, error;
  const line = JSON.parse(lines[i]);
  try {
    theirs = JSON.stringify(plain(yaml.load(text), 0)) ?? '"undefined"';
  } catch (e) {
    theirs = 'refused';
    error = e.reason || e.message;
    refused++;
  }
  mine = 'error' in line ? 'refused' : JSON.stringify(pairs(line.value));
  // a date as a key becomes a text in the host's time zone
  if (theirs === mine || /GMT[+-]\d{4}/.test(theirs)) return;
  failures++;
  if (failures <= +(process.env.MAX || 15))
    console.log(`${JSON.stringify(text)}\n    js-yaml ${theirs}${error ? ` (${error})` : ''}\n    ours    ${mine}${line.error ? ` (${line.error})` : ''}`);
});
console.log(`js-yaml ${version}: ${list.length} texts, ${refused} refused, ${failures} differ`);
process.exitCode = failures ? 1 : 0;
