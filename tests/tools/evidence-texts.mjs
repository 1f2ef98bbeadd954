// Prints every English text that a rule says of a piece of evidence, as the compiler sees it.
// With --check it compares them with the translations in rules/evidence_zh.c.
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const files = fs.readdirSync(path.join(root, 'rules'), { recursive: true }).filter((f) => f.endsWith('.c')).sort();

function calls(text) {
  const out = [];
  for (let at = text.indexOf('check_evidence('); at >= 0; at = text.indexOf('check_evidence(', at + 1)) {
    let depth = 0, i = at + 'check_evidence'.length, quoted = false;
    for (; i < text.length; i++) {
      if (quoted) { if (text[i] === '\\') i++; else if (text[i] === '"') quoted = false; }
      else if (text[i] === '"') quoted = true;
      else if (text[i] === '(') depth++;
      else if (text[i] === ')' && --depth === 0) break;
    }
    out.push(text.slice(at, i));
  }
  return out;
}

// adjacent literals are one text; a comma, ? or : ends it
function texts(call) {
  const out = [];
  let current = null;
  for (const m of call.matchAll(/"((?:[^"\\]|\\.)*)"|STR_FMT|[,?:]/g)) {
    if (m[1] !== undefined) current = (current ?? '') + JSON.parse(`"${m[1]}"`);
    else if (m[0] === 'STR_FMT') current = current === null ? null : current + '%.*s';
    else { if (current) out.push(current); current = null; }
  }
  if (current) out.push(current);
  return out.filter((t) => / /.test(t));
}

const all = new Set();
for (const f of files)
  if (f !== 'check.c' && f !== 'evidence_zh.c')
    for (const call of calls(fs.readFileSync(path.join(root, 'rules', f), 'utf8'))) for (const t of texts(call)) all.add(t);

if (process.argv[2] !== '--check') {
  for (const t of [...all].sort()) console.log(t);
} else {
  const table = fs.readFileSync(path.join(root, 'rules/evidence_zh.c'), 'utf8').replace(/"\s*STR_FMT\s*"/g, '%.*s').replace(/"\s*STR_FMT/g, '%.*s"').replace(/STR_FMT\s*"/g, '"%.*s');
  const rows = new Map([...table.matchAll(/\{"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)"\}/g)].map((m) => [JSON.parse(`"${m[1]}"`), JSON.parse(`"${m[2]}"`)]));
  const holes = (t) => (t.match(/%(\.\*)?[a-z]/g) || []).join(' ');
  let bad = 0;
  for (const t of all) if (!rows.has(t)) { console.log(`no translation: ${t}`); bad++; }
  for (const [en, zh] of rows) {
    if (!all.has(en)) { console.log(`nobody says: ${en}`); bad++; }
    if (en === zh || holes(en) !== holes(zh)) { console.log(`not a translation: ${en}`); bad++; }
  }
  console.log(`evidence: ${all.size} texts, ${bad} failed`);
  process.exit(bad ? 1 : all.size ? 0 : 2);
}
