// Small programs for the evaluator, by category: { name, files: { path: text }, main }.
// All of them end quickly, print nothing and hang on nothing but what they hold.

const values = ['undefined', 'null', 'true', 'false', '0', '-0', '1', '-1', '2.5', 'NaN', 'Infinity', '4294967297', "''", "'0'", "'1'", "'a'",
  "'abc'", "' 12 '", "'0x1f'", "'1e3'", "'-5'", "'Infinity'", '[]', '[1]', "['a']", '[1, 2]', '{}', '{ a: 1 }', "'é'", '1e21', '1e-7', '[[]]', '[null]'];
const binaries = ['+', '-', '*', '/', '%', '**', '&', '|', '^', '<<', '>>', '>>>', '==', '!=', '===', '!==', '<', '<=', '>', '>=', '&&', '||'];
const unaries = ['+', '-', '!', '~', 'typeof ', 'void ', '!!', '- -'];

export const programs = [];
let category = '';
function add(text, main = 'main.cjs', files = {}) {
  programs.push({ category, main, files: { ...files, [main]: text } });
}
const list = (items) => `module.exports = [\n  ${items.join(',\n  ')}\n];\n`;
// one result each, also where some of them throw
const guarded = (items) => `const run = (f) => { try { return f(); } catch (e) { return 'threw ' + e.name; } };\n${list(items.map((x) => `run(() => (${x}))`))}`;

category = 'operators';
for (const op of binaries) for (const left of values) add(list(values.map((right) => `(${left}) ${op} (${right})`)));
for (const left of values) add(list(values.map((right) => `(${left}) ?? (${right})`)));
for (const left of ["'a'", "'0'", '0', '1', "'length'", "'toString'"]) add(guarded(values.map((right) => `(${left}) in (${right})`)));
for (const op of unaries) add(list(values.map((v) => `${op}(${v})`)));
add(list(values.map((v) => `\`<\${${v}}>\``)));
add(list(values.map((v) => `(${v}) ? 1 : 2`)));
for (const type of ['Array', 'Object', 'Error', 'Map']) add(list(values.map((v) => `(${v}) instanceof ${type}`)));

category = 'conversions';
const numbers = ['0', '1', '10', '0.1', '0.1 + 0.2', '1 / 3', '123456789012345680000', '1.7976931348623157e308', '5e-324', '1e21', '1e-6', '1e-7', '123e-20', '4.35', '100', '1.005', '1234.5678',
  '-1.5', '2 ** 53', '2 ** 53 + 2', '0xff', '0b11', '0o17', '1_000', '.5', '5.', '9007199254740993', '0.000001234', '1e300 * 10', '-1e-7'];
const texts = ["'12'", "'12px'", "'  7 '", "'abc'", "''", "'0x1F'", "'1e3'", "'.5'", "'5.'", "'+3'", "'- 3'", "'--3'", "'1,000'", "'1_000'", "'Infinity'", "'-Infinity'", "'infinity'", "'0b11'", "'0o7'",
  "'\\n9\\t'", "'12.34.56'", "'9'.repeat(30)", "'1e'", "'e1'", "'0x'", "'٣'", "'\\u00a04'", "'null'", "'08'", "'1e400'"];
add(list(numbers));
add(list(numbers.map((n) => `String(${n})`)));
for (const digits of [0, 1, 2, 5, 20]) add(list(numbers.map((n) => `(${n}).toFixed(${digits})`)));
for (const radix of [2, 8, 10, 16, 36]) add(list(['0', '1', '255', '-255', '123456789', '2 ** 40'].map((n) => `(${n}).toString(${radix})`)));
for (const f of ['Number', 'parseInt', 'parseFloat', 'Boolean', 'String', 'isNaN', 'isFinite', 'Number.isInteger', 'Number.isNaN', 'Number.isFinite', 'Number.isSafeInteger', 'Array.isArray'])
  add(guarded([...values, ...texts, ...numbers].map((v) => `${f}(${v})`)));
for (const radix of ['2', '8', '10', '16', '36', '37', '0', 'undefined', '1']) add(list(texts.map((t) => `parseInt(${t}, ${radix})`)));
for (const f of ['floor', 'ceil', 'round', 'trunc', 'abs', 'sqrt', 'sign']) add(list([...values, '0.5', '-0.5', '1.5', '-1.5', '2.4999', '0.49999999999999994'].map((v) => `Math.${f}(${v})`)));
for (const f of ['max', 'min']) add(list(['', '1', '1, 2', '2, 1', 'NaN, 1', "'3', 2", '0, -0', '-0, 0', 'undefined', 'null, -1', '...[1, 5, 3]', '[]', '[7]'].map((v) => `Math.${f}(${v})`)));
add(list(['Math.PI', 'Math.E', 'Math.SQRT2', 'Math.LN2', 'Number.MAX_SAFE_INTEGER', 'Number.EPSILON', 'Number.MAX_VALUE', 'Number.MIN_VALUE', 'Math.pow(2, 10)', 'Math.pow(2, 0.5)', 'Math.log2(8)', 'Math.log2(1024)']));

category = 'strings';
const subjects = ["''", "'a'", "'hello world'", "'  padded\\t\\n'", "'a,b,,c'", "'ÀéÎ'", "'a😀b'", "'dist/main.js'", "'foo-bar_baz'", "'AbC'", "'xaxbxa'", "'line1\\nline2'", "'$1.50'", "'日本語'"];
const calls = ['length', 'toUpperCase()', 'toLowerCase()', 'trim()', 'trimStart()', 'trimEnd()', 'charAt(0)', 'charAt(1)', 'charAt(99)', 'charCodeAt(0)', 'charCodeAt(2)', 'codePointAt(1)', 'at(-1)', 'at(0)',
  'slice(1)', 'slice(-2)', 'slice(1, 3)', 'slice(0, -1)', 'slice(2, 1)', "slice('1')", 'substring(1)', 'substring(3, 1)', 'substring(-1, 2)', 'substr(1, 2)', 'substr(-3)', 'substr(-3, 1)', "indexOf('a')", "indexOf('')",
  "indexOf('b', 1)", "indexOf('zz')", "lastIndexOf('a')", "lastIndexOf('')", "lastIndexOf('a', 1)", "includes('b')", "includes('')", "includes('a', 1)", "startsWith('a')", "startsWith('h')", "startsWith('e', 1)",
  "endsWith('c')", "endsWith('a')", "endsWith('')", "endsWith('l', 4)", "split(',')", "split('')", 'split()', "split('a')", "split(',', 2)", "split('xx')", "split(' ')", "replace('a', 'Z')", "replace('', 'Z')",
  "replace('b', '[$&]')", "replaceAll('a', 'Z')", "replaceAll('', '-')", "replace('a', () => '$&')", "replace('a', (m, i, s) => m + i + s.length)", "padStart(8)", "padStart(8, 'xy')", "padEnd(8, 'xy')", 'padEnd(3)', 'padStart(20, "é")',
  'repeat(0)', 'repeat(3)', "concat('x', 1, null)", '[0]', '[1]', '[99]', 'foo', 'toString()', 'valueOf()', "match(/(?<w>[a-z])/)?.groups?.w", 'match(/b/)?.index', "split('').reverse().join('')", "split('/').pop()", "split(/[,\\s]+/)", "split(/(a)/)", "split(/b|x/)", 'replace(/a/g, "Z")',
  'replace(/[A-Z]/g, (c) => "_" + c.toLowerCase())', 'replace(/\\s+/g, " ")', "replace(/^\\s+|\\s+$/g, '')", "replace(/\\.js$/, '.ts')", "replace(/(\\w)(\\w)/, '$2$1')", "replace(/[^a-z0-9]/gi, '-')", 'match(/a(.)/)', 'match(/[a-z]/g)', 'match(/zzz/)', 'match(/^(\\w+)[-\\/](\\w+)/)',
  'search(/b/)', 'replace(/x(?=b)/, "!")', 'replace(/(?<first>[a-z])/, "<$<first>>")', "replace(/a|b|c/g, '')", 'replace(/./g, "*")', 'replace(/\\b\\w/g, (c) => c.toUpperCase())'];
for (const call of calls) add(guarded(subjects.map((s) => `(${s})${call[0] === '[' ? '' : '.'}${call}`)));
const patterns = ['/^a/', '/a$/', '/[abc]+/', '/(a|b)*c/', '/a{2}/', '/a{1,3}b/', '/a{2,}/', '/\\d+/', '/\\D/', '/\\w+@\\w+\\.\\w+/', '/^$/', '/a.c/', '/a\\.c/', '/[^a]/', '/^(?:prod|production)$/i', '/(?!a)b/', '/a(?!b)/', '/(.)\\1/',
  '/a*?b/', '/^.*$/', '/\\bfoo\\b/', '/\\Bo/', '/[\\w-]+/', '/[\\]\\\\]/', '/^v?\\d+(\\.\\d+){0,2}$/', '/\\/api\\//', '/\\x41/', '/\\u0041/', '/^true$/i', '/^(yes|on|1)$/', '/a|/', '/()/', '/(a*)*/', '/(a+)+$/', '/x*/'];
const inputs = ["''", "'a'", "'aab'", "'abc'", "'ab1c23'", "'production'", "'Prod'", "'foo bar'", "'a.c'", "'me@x.org'", "'1.2.3'", "'v10'", "'a\\nb'", "'/api/x'", "'A'", "'aaaa'", "']'", "'TRUE'", "'on'", "'food'"];
for (const p of patterns) add(list(inputs.map((s) => `${p}.test(${s})`)));
for (const p of patterns) add(list(inputs.map((s) => `((m) => m && [...m])(${p}.exec(${s}))`)));
for (const p of patterns) add(guarded(inputs.map((s) => `(${s}).replace(new RegExp(${p}, 'g'), '<$&>')`)));
add("const re = /a/g; module.exports = [re.test('aba'), re.lastIndex, re.test('aba'), re.lastIndex, re.test('aba'), re.lastIndex];");
add("const out = []; const re = /(\\w)=(\\d)/g; let m; while ((m = re.exec('a=1;b=2;c=3'))) out.push([m[1], m[2]]); module.exports = out;");
add("module.exports = [String.fromCharCode(72, 105), String.fromCodePoint(128512), 'a' < 'B', 'a' < 'b', '10' < '9', 10 < '9', '\\u{1F600}'.length, 'a\\x41\\u0042\\\nc', `x${1}${'y'}z`, '\\0'.length];");
add("module.exports = [encodeURIComponent('a b&c/é'), encodeURI('a b&c/é')];");

category = 'arrays';
const arrays = ['[]', '[1]', '[3, 1, 2]', "['b', 'a', 'c']", '[1, [2, [3, [4]]]]', '[undefined, null, NaN, 0]', '[10, 9, 1]', '[, 1, , 2]', "[{ n: 'x', v: 1 }, { n: 'y', v: 2 }]", '[true, false]', "['a', 'a', 'b']"];
const methods = ['length', 'map((x) => x)', 'map((x, i) => i)', 'map(String)', 'map(Number)', 'map(parseInt)', 'filter(Boolean)', 'filter((x, i) => i % 2)', 'filter((x) => x > 1)', 'find((x) => x)', 'find((x) => x > 1)', 'findIndex((x) => x === 1)',
  'findLast((x) => x)', 'findLastIndex((x) => x === 1)', 'some((x) => x)', 'every((x) => x)', 'some((x) => x === 1)', 'includes(1)', 'includes(NaN)', 'includes(undefined)', 'indexOf(1)', 'indexOf(NaN)', "indexOf('a')", 'lastIndexOf(1)', 'join()', "join('-')",
  "join('')", 'concat()', 'concat(5)', 'concat([6, 7], 8)', 'concat([[9]])', 'flat()', 'flat(2)', 'flat(Infinity)', 'flat(0)', 'flatMap((x) => [x, x])', 'flatMap((x) => x)', 'slice()', 'slice(1)', 'slice(-1)', 'slice(0, 2)', 'slice(1, -1)', 'at(-1)', 'at(0)',
  'reduce((a, b) => a + b, 0)', "reduce((a, b) => a + b, '')", 'reduce((a, b) => a)', 'reduceRight((a, b) => a + b, "")', 'reduce((o, x) => ({ ...o, [x]: 1 }), {})', '[0]', '[1]', '[9]', "['0']", 'toString()', 'foo', 'reverse()', 'sort()', 'sort((a, b) => a - b)', 'sort((a, b) => b - a)'];
for (const m of methods) add(guarded(arrays.map((a) => `(${a})${m[0] === '[' ? '' : '.'}${m}`)));
const mutators = ['a.push(7)', 'a.push(7, 8)', 'a.push()', 'a.pop()', 'a.shift()', 'a.unshift(7)', 'a.unshift(7, 8)', 'a.splice(1, 1)', 'a.splice(1)', 'a.splice(0, 1, 8, 9)', 'a.splice(-1, 1)', 'a.splice(1, 0, 5)', 'a.splice()', 'a.reverse()', 'a.sort()', 'a.fill(0)', 'a.fill(0, 1)', 'a.fill(0, -1)',
  'a.length = 1', 'a.length = 4', 'a[5] = 1', 'a[0] = 9', 'delete a[0]', "a['1'] = 4", 'a.length', 'a.forEach((x, i) => a.push(i))', 'a[a.length] = 3'];
for (const m of mutators) add(guarded(arrays.map((a) => `((a) => { const r = ${m}; return [r, a]; })(${a})`)));
add(guarded(['[...[1, 2], ...[3]]', "[...'abc']", '[...new Set([1, 1, 2])]', '[...[1, 2].entries()]', '[...[5, 6].keys()]', '[...[5, 6].values()]', 'Array(3)', 'Array(3).fill(0)', 'new Array(2, 3)', 'Array.of(7)', 'Array.from({ length: 3 })', 'Array.from({ length: 3 }, (_, i) => i * 2)',
  "Array.from('abc')", 'Array.from([1, 2], (x) => x + 1)', 'Array.from(new Set([3, 3]))', "Array.from(new Map([['a', 1]]))", '[...Array(3).keys()]', '[...Array(2)]', 'Array.from(Array(3).keys(), (i) => i + 1)', 'Array(-1)', 'Array(1.5)', "Array('3')", 'Array.from({ length: 2, 0: 5 })', 'Array.from(5)',
  '[...null]', '[...{}]', '[...5]', 'Array.from(null)', '[[1, 2], [3]].map(([a, b = 9]) => a + b)', '[3, 2, 1].sort().map((x) => x).reverse()', '[1, 2, 3].map((x) => [x])', "['b', undefined, 'a'].sort()", '[5, 25, 100].sort()', '[[2, 1], [1, 2]].sort((x, y) => x[0] - y[0])', '[1,2,3].reduce((a, b) => a)', '[].reduce((a, b) => a)']));

category = 'objects';
const objects = ['{}', '{ a: 1 }', '{ b: 2, a: 1 }', "{ 2: 'x', 1: 'y', z: 0, '-1': 3 }", "{ 'a-b': 1, [`c${1}`]: 2 }", '[1, 2]', "'ab'", '{ a: undefined, b: null }', '{ f() { return 1; }, g: () => 2 }', '5', 'true', '{ a: 1, a: 2 }', '{ __proto__x: 1 }', "{ '01': 1, 1: 2, 10: 3, 2: 4 }"];
for (const f of ['keys', 'values', 'entries']) add(guarded([...objects, 'null', 'undefined', 'new Map([[1, 2]])', 'new Error("x")'].map((o) => `Object.${f}(${o})`)));
for (const o of objects) add(guarded([`({ ...${o} })`, `({ x: 1, ...${o}, a: 9 })`, `Object.assign({}, ${o})`, `Object.assign({ a: 5, q: 1 }, ${o}, null, undefined, { q: 2 })`, `JSON.stringify(${o})`, `JSON.stringify(${o}, null, 2)`, `Object.fromEntries(Object.entries(${o}))`, `((o) => { const r = []; for (const k in o) r.push(k); return r; })(${o})`,
  `(${o}).hasOwnProperty('a')`, `'a' in Object(${o})`, `Object.hasOwn(${o}, 'a')`, `(${o}).a`, `(${o})['b']`, `((o) => { const { a, ...rest } = o; return [a, rest]; })(${o})`, `((o) => { const { a = 'def', b: c = 1 } = o; return [a, c]; })(${o})`, `JSON.parse(JSON.stringify(${o}))`, `String(${o})`, `Object.freeze(${o})`, `((o) => { o.zz = 1; return o.zz; })(${o})`, `((o) => { delete o.a; return o; })(${o})`]));
for (const v of values) add(guarded([`JSON.stringify(${v})`, `JSON.stringify([${v}])`, `JSON.stringify({ v: ${v} })`, `JSON.stringify({ v: ${v} }, null, '--')`, `({ ...${v} })`, `Object.assign({}, ${v})`, `(${v})?.a`, `(${v})?.a?.b.c`, `(${v}).a`, `(${v}).toString()`, `[${v}].toString()`, `typeof (${v})`, `Object(${v}) === (${v})`, `Object.is(${v}, ${v})`, `((a = 5) => a)(${v})`, `((o) => o?.[0])(${v})`]));
for (const t of ['{"a":1}', '[1,2,{"b":[]}]', '"x\\\\n\\\\u00e9"', '1e3', '-0', ' true ', 'null', '{"a":1,"a":2}', '', '{a:1}', "{'a':1}", '[1,]', '01', '1.', '"\\t"', 'nul', '{"a":1} x', '[', '"\\\\x"', '{"__proto__":1}', '"\\\\ud83d\\\\ude00"'])
  add(guarded([`JSON.parse(${JSON.stringify(t).replace(/\\\\\\\\/g, '\\\\')})`]));
add(guarded(['JSON.stringify({ a: [1, { b: undefined }], c: () => 1, d: NaN, e: "\\u2028\\u0007\\"" })', 'JSON.stringify({ a: 1, b: { a: 2, c: 3 } }, ["a", "b"])', 'JSON.stringify([undefined, () => 1])', 'JSON.stringify("é😀\\ud83d")', 'JSON.stringify({ a: [], b: {} }, null, 4)', 'JSON.stringify([[1], [2, [3]]], null, 1)', 'JSON.stringify({ toJSON: 1 })']));
add(guarded(['Object.fromEntries([["a", 1], ["b", 2]])', 'Object.fromEntries(new Map([["k", "v"]]))', 'Object.fromEntries([["a"]])', 'Object.fromEntries([5])', 'new Map([["a", 1]]).get("a")', 'new Map([["a", 1]]).get("b")', 'new Map().set(NaN, 1).get(NaN)', 'new Set([1, 2, 2]).size', 'new Set("abc").has("b")', '[...new Map([["a", 1], ["b", 2]])]', '[...new Map([["a", 1]]).keys()]',
  '[...new Map([["a", 1]]).values()]', '((s) => { s.add(1); s.delete(1); return s.size; })(new Set([1, 2]))', '((s) => { const r = []; s.forEach((v) => r.push(v)); return r; })(new Set([3, 4]))', '((m) => { const r = []; m.forEach((v, k) => r.push([k, v])); return r; })(new Map([[1, 2]]))', '((m) => { m.clear(); return m.size; })(new Map([[1, 2]]))', 'Map()', 'new Set(5)', 'typeof Map', 'typeof Object.keys']));

category = 'statements';
const statements = [
  'let s = 0; for (let i = 0; i < 10; i++) { if (i === 3) continue; if (i === 7) break; s += i; } module.exports = s;',
  'const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i); module.exports = fs.map((f) => f());',
  'const fs = []; for (var i = 0; i < 3; i++) fs.push(() => i); module.exports = fs.map((f) => f());',
  'const fs = []; for (const x of [1, 2, 3]) fs.push(() => x); module.exports = fs.map((f) => f());',
  'const out = []; outer: for (let i = 0; i < 3; i++) { for (let j = 0; j < 3; j++) { if (j === 1) continue outer; if (i === 2) break outer; out.push([i, j]); } } module.exports = out;',
  'const out = []; a: { out.push(1); if (out.length) break a; out.push(2); } module.exports = out;',
  'let i = 0; do { i++; } while (i < 5); module.exports = i;', 'let i = 9; do i++; while (false); module.exports = i;', 'let n = 0; while (true) { if (++n > 4) break; } module.exports = n;',
  'const out = []; for (const k in { a: 1, b: 2, 3: 4 }) out.push(k); for (const i in [7, 8]) out.push(i); for (const c in "xy") out.push(c); for (const z in null) out.push(z); module.exports = out;',
  'const out = []; for (const [k, v] of Object.entries({ a: 1, b: 2 })) out.push(k + v); module.exports = out;', 'const out = []; for (const { a, b = 2 } of [{ a: 1 }, { a: 3, b: 4 }]) out.push(a + b); module.exports = out;',
  'const f = (x) => { switch (x) { case 1: return "one"; case 2: case 3: return "few"; default: return "many"; } }; module.exports = [1, 2, 3, 4, "1", undefined].map(f);',
  'const out = []; switch (2) { case 1: out.push(1); case 2: out.push(2); case 3: out.push(3); break; case 4: out.push(4); } module.exports = out;', 'const out = []; switch (9) { case 1: out.push(1); default: out.push("d"); case 2: out.push(2); } module.exports = out;',
  'const out = []; switch ("a") { case "a": { let x = 1; out.push(x); break; } case "b": out.push(0); } module.exports = out;', 'const out = []; for (const x of [1, 2, 3]) { switch (x) { case 2: continue; } out.push(x); } module.exports = out;',
  'const out = []; try { out.push(1); throw new Error("x"); out.push(2); } catch (e) { out.push(e.message); } finally { out.push("f"); } module.exports = out;', 'const f = () => { try { return 1; } finally { g.push(2); } }; const g = []; module.exports = [f(), g];',
  'const f = () => { try { throw 1; } catch (e) { return e + 1; } finally { return 5; } }; module.exports = f();', 'const f = () => { for (const x of [1, 2]) { try { continue; } finally { g.push(x); } } }; const g = []; f(); module.exports = g;', 'const f = () => { try { null.x; } catch ({ name, message }) { return [name, message]; } }; module.exports = f();',
  'let r; try { undefinedVar; } catch (e) { r = [e instanceof ReferenceError, e.name, e.message]; } module.exports = r;', 'let r; try { x; let x = 1; } catch (e) { r = e.name; } module.exports = r;', 'const c = 1; let r; try { c = 2; } catch (e) { r = e.name; } module.exports = [c, r];', 'try { try { throw new TypeError("in"); } finally { } } catch (e) { module.exports = [e.name, String(e), `${e}`, e + ""]; }',
  'throw new Error("boom");', 'throw { code: 5 };', 'null.foo;', 'undefined();', 'const a = {}; a.b.c;', 'const a = {}; a.b();', '"use strict"; undeclared = 1;', 'undeclared = 1; module.exports = undeclared;', '({}).x.y = 1;', 'const { a } = null;', 'const [a] = {};', 'new (class {})();', '[].reduce((a) => a);', 'JSON.parse("{");', 'new Array(-1);', '"a".repeat(-1);', 'const f = Object.freeze({ a: 1 }); f.a = 2; f.b = 3; module.exports = f;',
  '"use strict"; const f = Object.freeze({ a: 1 }); f.a = 2;', 'const f = Object.freeze([1]); let r; try { f.push(2); } catch (e) { r = e.name; } module.exports = [f, r];',
  'module.exports = [f(), typeof g, typeof h]; function f() { return 1; } var g = 2; { function h() { } }', 'var a = 1; { var a = 2; } module.exports = a;', 'let a = 1; { let a = 2; } module.exports = a;', 'var f = function fact(n) { return n < 2 ? 1 : n * fact(n - 1); }; module.exports = f(10);', 'const fib = (n) => n < 2 ? n : fib(n - 1) + fib(n - 2); module.exports = fib(12);',
  'function f(a, b = a + 1, ...c) { return [a, b, c, arguments.length, f.call.length]; } module.exports = [f(1).slice(0, 4), f(1, undefined, 3).slice(0, 4), f(1, null, 3, 4).slice(0, 4)];', 'function f({ a = 1, b: { c = 2 } = {} } = {}, [d, , e = 5, ...g] = []) { return [a, c, d, e, g]; } module.exports = [f(), f({ a: 9, b: { c: 8 } }, [1, 2, 3, 4, 5])];',
  'function f() { return Array.from(arguments); } module.exports = [f(), f(1, 2)];', 'const f = function () { return (() => arguments[0])(); }; module.exports = f(7);', 'const o = { n: 3, get() { return this.n; }, arrow: () => typeof this }; module.exports = [o.get(), o.arrow()];', 'const o = { n: 1, f() { return [1, 2].map((x) => x + this.n); } }; module.exports = o.f();', 'function f() { return this; } module.exports = [f.call(5), f.apply("a"), f.bind({ a: 1 })()].map((x) => typeof x);',
  'function f(a, b) { return [this.k, a, b]; } module.exports = [f.call({ k: 1 }, 2, 3), f.apply({ k: 1 }, [2, 3]), f.bind({ k: 1 }, 2)(3)];', 'const add = (a) => (b) => a + b; module.exports = add(1)(2);', 'const counter = (() => { let n = 0; return () => ++n; })(); counter(); module.exports = [counter(), counter()];', '(function () { module.exports = { iife: true }; })();', '(() => { module.exports = [1]; })();', '!function () { module.exports = 4; }();',
  'let a = 1, b = 2; [a, b] = [b, a]; module.exports = [a, b];', 'let o = {}; ({ x: o.p, y: o["q"] } = { x: 1, y: 2 }); module.exports = o;', 'const { length } = "abc"; const [x, y] = "ab"; module.exports = [length, x, y];', 'const { a: { b: [, c] } } = { a: { b: [1, 2] } }; module.exports = c;', 'const k = "z"; const { [k]: v = 3, ...r } = { y: 1 }; module.exports = [v, r];',
  'let x = 5; module.exports = [x++, ++x, x--, --x, x += 2, x -= 1, x *= 3, x /= 2, x %= 5, x **= 2, x <<= 2, x >>= 1, x >>>= 1, x &= 7, x |= 8, x ^= 3];', 'let a = null, b = 0, c = 1; a ??= 5; b ||= 6; c &&= 7; const o = {}; o.x ??= 1; o.y ||= 2; o.z &&= 3; module.exports = [a, b, c, o];', 'let s = "a"; s += 1; s += null; s += [2]; module.exports = s;', 'const o = { n: "5" }; o.n++; o.m++; module.exports = o;', 'const a = [1, 2]; a[0]++; a[1] += "x"; module.exports = a;',
  'module.exports = (1, 2, 3);', 'var x = 0; const t = x ? 1 : x === 0 ? "zero" : 2; module.exports = t;', 'module.exports = [typeof undefinedThing, typeof module, typeof require, typeof exports, typeof __dirname, typeof process, typeof globalThis];', 'module.exports = [1, 2, 3].map(x => { if (x === 2) return; return x; });', 'const o = { "a b": 1, 2: 3, [1 + 1]: 4, get: 5, async: 6, static: 7 }; module.exports = o;', 'const a = 1, b = "x"; module.exports = { a, b, f() { return 1; }, c: { a } };',
  'const base = { env: { A: 1 } }; const x = { ...base, env: { ...base.env, B: 2 } }; x.env.A = 9; module.exports = [base, x];', 'const a = { n: 1 }; const b = a; b.n = 2; module.exports = a;', 'const a = [1]; const b = [...a]; b.push(2); module.exports = [a, b];', 'const o = {}; o.a = o.b = 5; module.exports = o;', 'const o = { a: { b: 1 } }; delete o.a.b; o["c"] = 1; delete o["c"]; module.exports = o;', 'exports.a = 1; exports.b = exports.a + 1;', 'module.exports.x = 1; exports.y = 2;', 'module.exports = { a: 1 }; exports.b = 2;', 'exports = { lost: true };', 'this.a = 1;', 'module.exports = function () { return 1; }; module.exports.apps = [1];',
  'const f = () => ({ a: 1 }); module.exports = f();', 'const f = async () => 1; module.exports = typeof f;', 'module.exports = ((a, b) => a + b)(...[1, 2]);', 'module.exports = Math.max(...[1, 5, 3], 4);', 'const xs = []; xs.push(...[1, 2], ...["a"]); module.exports = xs;', 'let out = ""; for (const c of "añ😀") out = c + out; module.exports = out;', 'const m = new Map(); for (const w of ["a", "b", "a"]) m.set(w, (m.get(w) || 0) + 1); module.exports = Object.fromEntries(m);', 'const seen = new Set(); module.exports = ["x", "y", "x"].filter((v) => !seen.has(v) && seen.add(v));',
  'const parse = (s) => { const n = parseInt(s, 10); return Number.isNaN(n) ? null : n; }; module.exports = ["1", "x", "2y"].map(parse);', 'const a = []; a[2] = 1; module.exports = [a.length, 0 in a, 2 in a, a.map((x) => x), a.join("-")];', 'const o = { a: 1, toString() { return "T"; } }; module.exports = typeof `${o}`;', 'const d = new Error("m"); d.code = "E"; module.exports = [d.message, d.code, d instanceof Error, Object.keys(d), JSON.stringify(d)];', 'module.exports = [0.1 + 0.2, 5 % -3, -5 % 3, 2 ** -1, 7 / 0, -7 / 0, 0 / 0, 1e16 + 1];', 'var undefined_ = void 0; module.exports = [undefined_ === undefined, null == undefined, null === undefined];',
  'const n = 3; const apps = Array.from({ length: n }, (_, i) => ({ name: `w-${i}`, env: { PORT: 3000 + i } })); module.exports = { apps };', 'const apps = []; for (let i = 0; i < 3; i++) { apps.push({ name: "w" + i, port: 3000 + i }); } module.exports = { apps: apps.concat([{ name: "z" }]) };', 'const mk = (name, { instances = 1, mode = "fork", ...o } = {}) => ({ name, instances, exec_mode: mode, ...o }); module.exports = { apps: [mk("a"), mk("b", { instances: 2, mode: "cluster", cwd: "/x" })] };', 'const byName = Object.keys({ a: 1, b: 2 }).reduce((acc, k) => { acc[k.toUpperCase()] = k; return acc; }, {}); module.exports = byName;',
  'let a; module.exports = [a?.b, a?.[0], a?.(), a?.b.c.d(), (a ?? "x"), ({ f: null }).f?.(), ({ f: () => 1 }).f?.(), [1]?.[0]];', 'label: for (;;) { break label; } module.exports = 1;', 'if (false) { module.exports = 1; } else if (0) module.exports = 2; else module.exports = 3;', 'for (var i = 0, j = 10; i < j; i++, j--); module.exports = [i, j];', 'const [a, b = a] = [1]; module.exports = [a, b];', 'var f = 1; function f() { } module.exports = typeof f;', 'module.exports = typeof f; function f() { } var f;', 'let x = 1; { x = 2; let y = x; x = y + 1; } module.exports = x;', 'const f = (n) => { while (true) { if (n-- < 0) return n; } }; module.exports = f(2);', 'process.exit(0); module.exports = 1;', ';;; module.exports = 1', 'var a = {}; a.self = a; module.exports = a.self === a.self.self;', 'module.exports = "a" + +"3" + -"2" + [] + {} + null;', 'const s = new Set([1]); s.add(2).add(3); module.exports = [...s].length;', 'module.exports = [..."ab"].map((c, i, all) => all.length);',
];
for (const s of statements) add(s);

category = 'node';
add(guarded(["path.join('/a', '..', 'b', './c//d')", "path.join('a', '', '..')", "path.join()", "path.join('a/', '/b/')", "path.join('..', '../x')", "path.join('.', 'x')", "path.resolve('/a', 'b', '../c')", "path.resolve('/a', '/b')", "path.resolve('/a/')", "path.dirname('/a/b/c.js')", "path.dirname('a')", "path.dirname('/a')", "path.dirname('/')", "path.dirname('a/b/')", "path.dirname('//a')", "path.dirname('')", "path.basename('/a/b.js')", "path.basename('/a/b.js', '.js')", "path.basename('/a/b/')", "path.basename('b.js', 'b.js')", "path.basename('')", "path.extname('a.b.js')", "path.extname('.env')", "path.extname('a.')", "path.extname('a/.b.c')", "path.extname('a')",
  "path.normalize('/a/./b/../c/')", "path.normalize('../../a/..')", "path.normalize('')", "path.normalize('./')", "path.relative('/a/b', '/a/c/d')", "path.relative('/a', '/a')", "path.relative('/a/b', '/')", "path.relative('/', '/x')", "path.relative('/ab', '/a')", "path.isAbsolute('/a')", "path.isAbsolute('a')", "path.parse('/home/u/f.txt')", "path.parse('f')", "path.parse('/')", "path.parse('./a/b.c.d')", 'path.sep', 'path.delimiter', "path.posix.join('a', 'b')", 'path.join(1)', 'path.join(undefined)', 'path.resolve(null)', "path.basename(undefined)", "path.join('a', '..', '..')", "path.join('/..', 'a')"]).replace(/^/, "const path = require('path');\n"));
add("const path = require('node:path'); module.exports = [path.basename(__filename), path.basename(path.dirname(__filename)) === path.basename(__dirname), path.relative(__dirname, path.join(__dirname, 'x/y')), __dirname === path.dirname(__filename)];");
add("const { join, resolve: r } = require('path'); module.exports = [join('a', 'b'), r('/x', 'y')];");
add("const os = require('os'); module.exports = [typeof os.cpus().length, os.platform(), os.EOL, typeof os.totalmem(), process.platform];");
add("const fs = require('fs'); const path = require('path'); const f = (n) => path.join(__dirname, n); module.exports = [fs.existsSync(f('data.txt')), fs.existsSync(f('none')), fs.existsSync(f('sub')), fs.readFileSync(f('data.txt'), 'utf8'), fs.readFileSync(f('data.txt')).toString().trim(), fs.readdirSync(f('sub')), fs.statSync(f('sub')).isDirectory(), fs.statSync(f('data.txt')).isFile(), JSON.parse(fs.readFileSync(f('d.json'), { encoding: 'utf-8' }))];", 'main.cjs', { 'data.txt': 'hello\nworld\n', 'sub/b.txt': '', 'sub/a.txt': '', 'd.json': '{"a":[1]}' });
add("const fs = require('fs'); let r; try { fs.readFileSync(__dirname + '/none.txt'); } catch (e) { r = [e.code, e.name, e instanceof Error]; } module.exports = r;");
add("process.env.A_TEST = 5; process.env.B_TEST = undefined; delete process.env.C_TEST; const { A_TEST, D_TEST = 'd' } = process.env; module.exports = [process.env.A_TEST, process.env.B_TEST, 'C_TEST' in process.env, A_TEST, D_TEST, process.env['A_' + 'TEST']];");
add("const { createRequire } = require('module'); const r = createRequire(__filename); module.exports = r('./d.json').a;", 'main.cjs', { 'd.json': '{"a":7}' });
add("const u = require('url'); module.exports = [u.fileURLToPath('file:///a/b'), u.pathToFileURL('/a/b').href, new URL('./x', 'file:///a/b/c').pathname, new URL('../y/', 'file:///a/b/c').pathname, new URL('.', 'file:///a/b/c').href, u.fileURLToPath(new URL('z', 'file:///q/'))];");

category = 'modules';
const mod = (files, main) => programs.push({ category, main, files });
mod({ 'main.cjs': "module.exports = [require('./a'), require('./b.json'), require('./dir'), require('./pkg'), require('./a') === require('./a.js')];", 'a.js': 'module.exports = { a: 1 };', 'b.json': '{"b":2}', 'dir/index.js': "exports.d = require('../a').a;", 'pkg/package.json': '{"main":"lib/x"}', 'pkg/lib/x.js': 'exports.p = 4;' }, 'main.cjs');
mod({ 'main.cjs': "const a = require('./a'); module.exports = [a.done, a.b.done, a.b.seen];", 'a.js': "exports.done = false; exports.b = require('./b'); exports.done = true;", 'b.js': "const a = require('./a'); exports.seen = a.done; exports.done = true;" }, 'main.cjs');
mod({ 'main.cjs': "let r; try { require('./none'); } catch (e) { r = e.code; } module.exports = r;" }, 'main.cjs');
mod({ 'main.cjs': "let r; try { require('./bad.json'); } catch (e) { r = e.name; } module.exports = r;", 'bad.json': '{a:1}' }, 'main.cjs');
mod({ 'main.cjs': "const n = require('./n'); n.count++; module.exports = [require('./n').count, require('./n').get()];", 'n.js': 'let count = 0; module.exports = { count, get: () => count };' }, 'main.cjs');
mod({ 'main.cjs': "const { version, name } = require('./package.json'); module.exports = { apps: [{ name: `${name}@${version}` }] };", 'package.json': '{"name":"x","version":"1.2.3"}' }, 'main.cjs');
mod({ 'main.cjs': "module.exports = require('./t');", 't.js': 'throw new TypeError("in module");' }, 'main.cjs');
mod({ 'main.mjs': "import d, { a, b as c } from './m.mjs'; import * as ns from './m.mjs'; import './side.mjs'; export const out = [d, a, c, Object.keys(ns), ns.default]; export default { apps: [1] }; export { a, c as renamed }; export * from './n.mjs'; export * as ns2 from './n.mjs'; export { z as default2 } from './n.mjs';", 'm.mjs': 'export default function () { return 1; }\nexport const a = 1; let b = 2; export { b }; b = 3;', 'n.mjs': 'export const z = 26; export const y = 25;', 'side.mjs': 'globalThis.x = 1;' }, 'main.mjs');
mod({ 'main.mjs': "export const apps = [{ name: 'x' }]; export let n = 1; n = 2; export function f() { } export class C { }" }, 'main.mjs');
mod({ 'main.mjs': 'export default { apps: [{ name: "d" }] };' }, 'main.mjs');
mod({ 'main.mjs': "import cjs from './c.cjs'; import { named } from './c.cjs'; export default [cjs.named, named];", 'c.cjs': 'exports.named = 5;' }, 'main.mjs');
mod({ 'main.mjs': "import path from 'path'; import { join } from 'node:path'; import { fileURLToPath } from 'url'; import { createRequire } from 'module'; const dir = path.dirname(fileURLToPath(import.meta.url)); const require = createRequire(import.meta.url); export default [path.basename(fileURLToPath(import.meta.url)), join('a', 'b'), dir === import.meta.dirname, require('./d.json').v, typeof module, typeof __dirname];", 'd.json': '{"v":1}' }, 'main.mjs');
mod({ 'main.mjs': "import { a } from './a.mjs'; export const b = 2; export const got = a();", 'a.mjs': "import { b } from './main.mjs'; export const a = () => { try { return b; } catch (e) { return e.name; } };" }, 'main.mjs');
mod({ 'main.mjs': "import { nope } from './a.mjs'; export default nope;", 'a.mjs': 'export const a = 1;' }, 'main.mjs');
mod({ 'main.mjs': 'module.exports = 1;' }, 'main.mjs');
mod({ 'main.mjs': "const m = await import('./a.mjs'); export default m.a;", 'a.mjs': 'export const a = 11;' }, 'main.mjs');
mod({ 'main.mjs': "import j from './d.json' with { type: 'json' }; export default j;", 'd.json': '{"v":[1,2]}' }, 'main.mjs');
mod({ 'main.cjs': "const { b } = require('./a'); module.exports = b;", 'a.js': "const { c } = require('./sub/c'); exports.b = c + 1;", 'sub/c.js': "exports.c = require('path').basename(__dirname).length;" }, 'main.cjs');

category = 'json';
for (const t of ['{"apps":[{"name":"a","instances":1}]}', '{ // c\n apps: [{ name: \'a\' }], }', '[1, 2,]', '{"a": process.env.HOME_X || "d"}', '/* x */ {"a": 1}', '{"a": 1 + 2, "b": `t${1}`}', '"x"', '{"a": [1, {"b": null}], "c": -1e3}', '\ufeff{"a":1}', '{"a":1, "a":2}', '{"f": ((x) => x * 2)(4)}', '{"t": typeof require + typeof module}', 'null', '{"a": "\\u00e9\\n"}', '{"deep":{"er":{"x":[[]]}}} ', '{"x": undefined, y: NaN}', '{"a": /x/.test("x")}'])
  programs.push({ category, main: 'main.json', files: { 'main.json': t } });

// ---- random programs: the same every time ----
let seed = 42;
const rnd = (n) => { // mulberry32
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n);
};
const pick = (xs) => xs[rnd(xs.length)];
function expr(d) {
  if (d <= 0) return pick([...values, 'a', 'b', 'o', 'xs', 'a', 'xs.length', 'o.k']);
  const e = () => expr(d - 1 - rnd(2));
  return pick([() => `(${e()} ${pick(binaries.filter((o) => o !== '**'))} ${e()})`, () => `(${e()} ? ${e()} : ${e()})`, () => `[${e()}, ${e()}]`, () => `({ k: ${e()}, ...${pick(['o', '{}', '{ z: 1 }'])} })`, () => `\`\${${e()}}-\${${e()}}\``, () => `((p, q = ${e()}) => ${pick(['p', 'q', '[p, q]', '(q || p)'])})(${e()})`, () => `(${pick(unaries)}(${e()}))`, () => `xs.map((x, i) => ${pick(['x + i', 'x', 'i * 2', `(x || ${e()})`])})`,
    () => `[${e()}, ${e()}].filter((x) => ${pick(['x', '!x', 'x != null', 'typeof x === "string"'])})`, () => `Object.keys({ ...o, q: ${e()} })`, () => `String(${e()}).slice(${rnd(3)})`, () => `(${e()} ?? ${e()})`, () => `JSON.stringify([${e()}])`, () => `Number(${e()})`, () => `(${e()})?.length`, () => `[${e()}].concat(${e()})`, () => `(a = ${e()})`, () => `[...xs, ${e()}]`, () => `({ ...${pick(['o', '{ k: 5 }'])} }).k`])();
}
function stmt(d) {
  const body = () => (d > 0 ? stmt(d - 1) : `out.push(${expr(1)});`);
  return pick([() => `out.push(${expr(2)});`, () => `if (${expr(2)}) { ${body()} } else { ${body()} }`, () => `for (let i = 0; i < ${1 + rnd(3)}; i++) { ${body()} ${pick(['', 'if (i) continue;', 'if (i > 1) break;'])} ${body()} }`, () => `for (const v of ${pick(['[...xs]', 'xs.slice(0, 2)', '[1, 2]', '"ab"', 'Object.keys(o)'])}) { b = v; ${body()} }`, () => `try { ${body()} ${pick(['', 'null.x;', 'throw new Error("r");', 'throw 5;'])} } catch (e) { out.push(e.message || e); } finally { ${body()} }`, () => `switch (${expr(1)}) { case ${expr(0)}: ${body()} ${pick(['', 'break;'])} case 1: ${body()} break; default: ${body()} }`,
    () => `{ let a = ${expr(1)}; ${body()} }`, () => `o.k = ${expr(1)}; o[${pick(["'j'", '1', 'a'])}] = b;`, () => `xs.${pick(['push(a)', 'pop()', 'shift()', 'unshift(b)', 'reverse()', 'splice(0, 1, a)', 'sort()'])};`, () => `({ k: a = 3, ...b } = o);`, () => `[a, b = 2] = [${expr(1)}, ${expr(0)}];`, () => `a ${pick(['+=', '-=', '||=', '??=', '&&=', '*='])} ${expr(1)};`, () => `out.push((() => { ${body()} return a; })());`])();
}
category = 'random';
for (let i = 0; i < 900; i++) add(`let a = ${pick(values)}, b = ${pick(values)}; const o = { k: ${pick(values)} }, xs = [${pick(values)}, ${pick(values)}]; const out = [];\nfunction main() {\n  ${Array.from({ length: 2 + rnd(4) }, () => stmt(2)).join('\n  ')}\n}\ntry { main(); } catch (e) { out.push('threw ' + e.name); }\nmodule.exports = [out, a, b, o, xs];\n`);
