// Renames all that is ours in a copy of the sample project: identifiers, files, folders, packages and
// apps, by one consistent map of made-up words. Names of frameworks, packages and PM2 stay.
import fs from 'node:fs';
import path from 'node:path';

// declared by us, but called, read or required under that name by a framework or the language
const KEPT = new Set(`constructor catch describe it expect beforeEach onModuleInit onModuleDestroy canActivate validate
  handleConnection handleDisconnect createIOServer adapterConstructor super if for while switch return
  get set find insert update save create delete client data entities error file handler headers host
  id image index length map message name options order page path pid plan port process read redis
  request response roles room scope secret sent server session signature socket source status text
  token type uptime url user value version where write body code cause key keys parse merge http
  config logger provider origin rawBody size user_id updated created changes package application app
  subject from auth credentials send storage take providers register`.split(/\s+/));

const DECLARATIONS = [
  /\b(?:class|interface|enum|type|function|const|let)\s+([A-Za-z_$][\w$]*)/g,
  /\b(?:private|protected|public|abstract|readonly)\s+(?!readonly\b)([A-Za-z_]\w*)[?!]?\s*[:=(]/g,
  /^ {2}([a-z]\w*)[?!]?: [^,(\n]*;$/gm,
  /^ {2}(?:(?:private|protected|public|static|async|abstract) )*([a-z]\w*)(?:<[^>\n]*>)?\([^\n]*[{(]$/gm,
  /^ {2}([A-Z][A-Z_]+)(?:: | = )/gm,
];
const HEADER = /^(?: {2}(?:(?:private|protected|public|static|async) )*\w+|export (?:async )?function \w+)\((.*)\)/gm;
const PARAMETER = /([a-z]\w*)\??: /g;
const FRAGMENTS_KEPT = new Set(['index', 'spec', 'ts', 'src']);
const SYLLABLES = ['ba', 'de', 'fi', 'go', 'lu', 'ka', 'me', 'ni', 'po', 'ru', 'sa', 'te', 'vi', 'wo', 'xu', 'zo'];

function madeUp(number, first) {
  let word = first;
  for (let rest = number + SYLLABLES.length; rest > 0; rest = Math.floor(rest / SYLLABLES.length)) {
    word += SYLLABLES[rest % SYLLABLES.length];
  }
  return word;
}

const capitalised = (word) => word[0].toUpperCase() + word.slice(1);

function inStyleOf(name, word) {
  if (/^[A-Z][A-Z0-9_]*$/.test(name)) {
    return word.toUpperCase();
  }
  return /^[A-Z]/.test(name) ? capitalised(word) : word;
}

/** Splits TypeScript into code, strings (without quotes) and comments; templates into both. */
export function pieces(text) {
  const out = [];
  let at = 0;
  const push = (kind, end) => {
    if (end > at) {
      out.push({ kind, text: text.slice(at, end) });
    }
    at = end;
  };
  const stringEnd = (start, quote) => {
    let end = start;
    while (end < text.length && text[end] !== quote) {
      end += text[end] === '\\' ? 2 : 1;
    }
    return end;
  };
  const template = (position) => {
    let end = position;
    while (text[end] !== '`') {
      if (text[end] === '$' && text[end + 1] === '{') {
        push('string', end);
        end = code(end + 2, true);
      } else {
        end += text[end] === '\\' ? 2 : 1;
      }
    }
    push('string', end);
    return end + 1;
  };
  const code = (position, nested) => {
    let depth = 0;
    let i = position;
    while (i < text.length) {
      const two = text.slice(i, i + 2);
      if (two === '//' || two === '/*') {
        push('code', i);
        const end = two === '//' ? text.indexOf('\n', i) : text.indexOf('*/', i) + 2;
        push('comment', end < 0 ? text.length : end);
        i = at;
      } else if (text[i] === "'" || text[i] === '"') {
        push('code', i + 1);
        push('string', stringEnd(i + 1, text[i]));
        i = at + 1;
      } else if (text[i] === '`') {
        push('code', i + 1);
        i = template(i + 1);
      } else if (nested && text[i] === '}' && depth-- === 0) {
        push('code', i);
        return i;
      } else {
        depth += nested && text[i] === '{' ? 1 : 0;
        i += 1;
      }
    }
    push('code', text.length);
    return i;
  };
  code(0, false);
  return out;
}

function declaredNames(sources) {
  const names = new Set();
  for (const text of sources) {
    const code = pieces(text).map((piece) => (piece.kind === 'code' ? piece.text : '')).join('');
    for (const pattern of DECLARATIONS) {
      for (const [, name] of code.matchAll(pattern)) {
        names.add(name);
      }
    }
    for (const [, parameters] of code.matchAll(HEADER)) {
      for (const [, name] of parameters.matchAll(PARAMETER)) {
        names.add(name);
      }
    }
  }
  return [...names].filter((name) => !KEPT.has(name) && name.length > 2).sort();
}

function filesBelow(dir) {
  return fs
    .readdirSync(dir, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const full = path.join(dir, entry.name);
      return entry.isDirectory() ? filesBelow(full) : [full];
    });
}

class Renaming {
  constructor(root) {
    this.root = root;
    this.files = filesBelow(root).map((file) => path.relative(root, file).split(path.sep).join('/'));
    const sources = this.files.filter((file) => file.endsWith('.ts'));
    this.names = new Map(
      declaredNames(sources.map((file) => fs.readFileSync(path.join(root, file), 'utf8'))).map((name, i) => [
        name,
        inStyleOf(name, madeUp(i, 'q')),
      ]),
    );
    const fragments = new Set(sources.flatMap((file) => file.split(/[/.-]/)));
    this.fragments = new Map(
      [...fragments].filter((word) => !FRAGMENTS_KEPT.has(word)).sort().map((word, i) => [word, madeUp(i, 'j')]),
    );
  }

  folder(name) {
    return name.split(/([.-])/).map((word) => this.fragments.get(word) ?? word).join('');
  }

  file(file) {
    const parts = file.split('/');
    const last = parts.pop();
    const moved = parts.map((part) => this.folder(part));
    return [...moved, last.endsWith('.ts') ? this.folder(last) : last].join('/');
  }

  specifier(text) {
    if (text.startsWith('@cloudphone/')) {
      return `@zuvo/${this.folder(text.slice('@cloudphone/'.length))}`;
    }
    const alias = text.startsWith('@app/') ? '@app/' : '';
    if (alias === '' && !/^\.\.?\//.test(text)) {
      return text;
    }
    return alias + text.slice(alias.length).split('/').map((part) => (/^\.+$/.test(part) ? part : this.folder(part))).join('/');
  }

  identifiers(code) {
    return code.replace(/[A-Za-z_$][\w$]*/g, (name, at) =>
      code.slice(0, at).endsWith('.env.') ? name : (this.names.get(name) ?? name),
    );
  }

  // strings that name a property or a parameter of ours: 'userId', 'balanceCents', ':orderId'
  string(text) {
    if (/^[a-z]+[A-Z]\w*$/.test(text)) {
      return this.names.get(text) ?? text;
    }
    return text.replace(/:([a-z]+[A-Z]\w*)/g, (whole, name) => `:${this.names.get(name) ?? name}`);
  }

  source(text) {
    let before = '';
    return pieces(text)
      .map((piece) => {
        const after = before;
        if (piece.kind === 'code') {
          before = piece.text;
          return this.identifiers(piece.text);
        }
        if (piece.kind === 'comment') {
          return piece.text.startsWith('/*') ? '/* */' : '//';
        }
        return /\b(?:from|import)\s*['"]$/.test(after) ? this.specifier(piece.text) : this.string(piece.text);
      })
      .join('');
  }

  // configs and manifests: folders, packages and apps are named there
  manifest(text) {
    const services = this.files
      .filter((file) => /^backend\/[^/]+\/package\.json$/.test(file))
      .map((file) => file.split('/')[1]);
    let out = text.replaceAll('@cloudphone/', '@zuvo/').replaceAll('backend/', `${this.folder('backend')}/`);
    for (const service of services.sort((a, b) => b.length - a.length)) {
      out = out.replaceAll(service, this.folder(service));
    }
    return out
      .replaceAll('dist/main.js', `dist/${this.folder('main')}.js`)
      .replace('"sourceRoot": "src",', `"sourceRoot": "src",\n  "entryFile": "${this.folder('main')}",`)
      .replace(/src\/([\w/-]+\.ts)/g, (whole, file) => `src/${this.file(file)}`);
  }

  apply() {
    for (const file of this.files) {
      const full = path.join(this.root, file);
      const text = fs.readFileSync(full, 'utf8');
      fs.rmSync(full);
      const target = path.join(this.root, this.file(file));
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, file.endsWith('.ts') ? this.source(text) : this.manifest(text));
    }
  }
}

/** Renames in place; the answer says what became of each app's name and of each file. */
export function renameAll(root) {
  const renaming = new Renaming(root);
  renaming.apply();
  return {
    app: (name) => renaming.folder(name),
    file: (name) => renaming.file(name),
    names: renaming.names,
  };
}
