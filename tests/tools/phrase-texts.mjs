// Prints every English text that is made below the commands or told as an error, with {} for what is
// filled in. With --check it compares them with the Chinese in rules/phrases_zh.c.
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const read = (f) => fs.readFileSync(path.join(root, f), 'utf8');
const sources = (dir) => fs.readdirSync(path.join(root, dir), { recursive: true }).filter((f) => f.endsWith('.c')).map((f) => `${dir}/${f}`).sort();

// which calls and assignments, in which files, carry texts for people
const places = [
  [/^cli\//, ['cli_error', 'wrong', 'reader_wrong', 'refuse', 'fail', 'unknown', 'reader_unknown', 'reader_choice', 'tell_usage', 'bad_value']],
  [/^cli\/session\.c/, ['arena_printf', 'why =', ': "']],
  [/^cli\/project_(file|reader|keys)\.c/, ['arena_printf(&r->s->arena']],
  [/^cli\/(options|host)\.c/, ['fprintf', 'bad_value']],
  [/^base\/fs\.c/, ['trouble', 'why =', ': "']],
  [/^base\/replace\.c/, ['trouble', 'return "']],
  [/^rules\/catalogue\.c/, ['trouble']],
  [/^rules\/cards\.c/, ['(struct err)']],
  [/^rules\/check\.c|^rules\/socket\/socketio\.c/, ['check_strength']],
  [/^analyzers\/javascript\/(builtins\w*|eval\w*|dotenv|config_\w*)\.c/, ['unknown', 'config_unknown']],
  [/^analyzers\/ecosystem\/(apps|normalise)\.c/, ['unknown', 'val_unknown']],
  [/^analyzers\/ecosystem\//, ['report_also']],
  [/^analyzers\/ecosystem\/(apps|exec_mode|lists)\.c/, ['why =']],
  [/^analyzers\/ecosystem\/load\.c/, ['broken', 'set_broken', 'refuse', 'not_loadable']],
  [/^analyzers\/javascript\/lower/, ['lower_trouble']],
  [/^analyzers\/program\//, ['add_trouble']],
  [/^analyzers\/project\/(entries|entry_\w*|find\w*)\.c/, ['finder_add', 'finder_refuse', 'cwd_note =', 'problem =', 'not_node_why =', 'arena_printf(p->a']],
  [/^analyzers\/project\/native_(run|gyp|build|sources)\.c/, ['add_note', 'vec_push', 'arena_printf(a', 'stand_ins =', 'return "', 'return arena_printf', 'why =']],
  [/^planner\/verdict\.c/, ['unknown']],
  [/^planner\/(findings|accept)\.c/, ['suppressed_why =', 'why =']],
];
// formats around other texts, names of functions and files, help that is no error
const no_text = (t) => !/[a-z]{2,}[ '][^ ]|[a-z]{4,}/.test(t.replace(/\{\}|--[a-z-]+|STR_FMT/g, '')) || !/ /.test(t.replace(/\{\}: |, \{\}/g, ''));

function statement(text, at) {
  let depth = 0, i = at, quoted = false;
  for (; i < text.length; i++) {
    const c = text[i];
    if (quoted) { if (c === '\\') i++; else if (c === '"') quoted = false; }
    else if (c === '"') quoted = true;
    else if (c === '(') depth++;
    else if (c === ')') { if (--depth <= 0 && text[at] === '(') break; if (depth < 0) break; }
    else if (c === ';' ) break;
  }
  return text.slice(at, i);
}

const unescape = (s) => s.replace(/\\x[0-9a-f]+/g, '').replace(/\\(.)/g, (_, c) => ({ n: '\n', t: '\t' })[c] ?? c);

// adjacent literals are one text; a comma, ? or : ends it
function texts(part) {
  const out = [];
  let current = null;
  for (const m of part.matchAll(/"((?:[^"\\]|\\.)*)"|'(?:[^'\\]|\\.)'|STR_FMT|[,?:]/g)) {
    if (m[1] !== undefined) current = (current ?? '') + unescape(m[1]);
    else if (m[0] === 'STR_FMT') current = (current ?? '') + '{}';
    else { if (current) out.push(current); current = null; }
  }
  if (current) out.push(current);
  return out.map((t) => t.replace(/%(\.\*)?[0-9.]*(ll|z|l)?[a-z]/g, '{}').replace(/^clusterlint: /, '').trim());
}

// a call's name ends before its parenthesis
const found = (text, m) => texts(statement(text, m.index + m[0].length - (m[0].endsWith('(') ? 1 : 0)));

const all = new Map();
for (const file of [...sources('base'), ...sources('rules'), ...sources('analyzers'), ...sources('planner'), ...sources('cli')]) {
  const names = places.filter(([re]) => re.test(file)).flatMap(([, n]) => n);
  if (!names.length) continue;
  const text = read(file).replace(/("(?:[^"\\]|\\.)*")|'"'|\/\*[\s\S]*?\*\//g, (_, s) => s ?? '');
  for (const name of new Set(names)) {
    const call = /^\w+$/.test(name);
    const re = call ? new RegExp(`\\b${name}\\(`, 'g') : new RegExp(name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\\?"$/, '(?=")'), 'g');
    for (const m of text.matchAll(re))
      for (const t of name === 'report_also' ? found(text, m).slice(-1) : found(text, m))
        if (!no_text(t) && !/[\u4e00-\u9fff]|\{\d\}/.test(t)) all.set(t, file);
  }
}
// texts of the catalogue about what is good, with the name of a store in them
for (const f of fs.readdirSync(path.join(root, 'rules/catalogue')).filter((f) => f.endsWith('.yaml')))
  for (const m of read(`rules/catalogue/${f}`).matchAll(/^\s+strength: "(.*)"$/gm)) all.set(m[1].replace(/\{\w+\}/g, '{}'), f);

const table = fs.existsSync(path.join(root, 'rules/phrases_zh.c')) ? read('rules/phrases_zh.c') : '';
const rows = new Map([...table.matchAll(/\{"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)"\}/g)].map((m) => [unescape(m[1]), unescape(m[2])]));
if (process.argv[2] !== '--check') {
  for (const [t, f] of [...all].sort()) if (process.argv[2] !== '--new' || !rows.has(t)) console.log(f + '\t' + t);
  process.exit(0);
}
const holes = (t) => (t.match(/\{\}/g) || []).length;
const pattern = (en) => new RegExp(`^${en.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('\\{\\}', '.*')}$`, 's');
// what is added behind, or stands for one and for many
const said = (t) => [t, `${t} x`, t.replace('source{} of', 'sources of').replace("' {} not", "' were not"), t.replace('source{} of', 'source of').replace("' {} not", "' was not"),
  t.replace('source{} read', 'sources were read'), t.replace('source{} read', 'source was read')];
const patterns = [...rows.keys()].filter((en) => /[a-z]{2}/i.test(en)).map((en) => [en, pattern(en)]);
const parts = table.split('/* the C library and libyaml */');
const used = new Set();
let bad = 0;
for (const [t, f] of all) {
  const fit = patterns.filter(([, re]) => said(t).some((x) => re.test(x)));
  fit.forEach(([en]) => used.add(en));
  if (!fit.length && t !== 's were') { console.log(`${f}: no translation: ${t}`); bad++; }
}
for (const [en, zh] of rows) {
  if ((/[a-z]{2}/i.test(en) && (en === zh || !/[\u4e00-\u9fff]/.test(zh))) || holes(en) !== holes(zh)) { console.log(`not a translation: ${en}`); bad++; }
  if (/[a-z]{2}/i.test(en) && !used.has(en) && parts[0].includes(`{"${en}"`)) { console.log(`nobody says: ${en}`); bad++; }
}
console.log(`phrases: ${all.size} texts, ${bad} failed`);
process.exit(bad || all.size < 100 || parts.length !== 2 ? 1 : 0);
