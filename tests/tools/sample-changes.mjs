// Changes to a copy of the sample project: single edits, services in other folders, the config in
// another format.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

export const WRONG = 'ecosystem.config.js';
export const CORRECTED = 'ecosystem.corrected.config.js';

/** Makes one edit (see sample-edits.mjs) below dir; throws where it does not fit exactly. */
export function apply(dir, edit) {
  const full = path.join(dir, edit.file);
  if (edit.add !== undefined) {
    if (fs.existsSync(full)) {
      throw new Error(`${edit.file} is there already`);
    }
    fs.writeFileSync(full, edit.add);
    return;
  }
  const text = fs.readFileSync(full, 'utf8');
  if (edit.write !== undefined) {
    fs.writeFileSync(full, edit.write);
    return;
  }
  const times = text.split(edit.find).length - 1;
  if (times !== 1) {
    throw new Error(`the text to edit occurs ${times} times in ${edit.file}: ${edit.find.trim().split('\n')[0]}`);
  }
  fs.writeFileSync(full, text.replace(edit.find, () => edit.put));
}

const MOVES = [
  ['backend/shared', 'libs/node/shared'],
  ['backend', 'platform/apps/server'],
];

/** Puts services and library into other folders, at another depth. */
export function moveServices(dir) {
  for (const [from, to] of MOVES) {
    fs.mkdirSync(path.dirname(path.join(dir, to)), { recursive: true });
    fs.renameSync(path.join(dir, from), path.join(dir, to));
  }
  const rewrite = (file, change) => {
    const full = path.join(dir, file);
    const old = fs.readFileSync(full, 'utf8');
    const text = change(old);
    if (text === old) {
      throw new Error(`nothing to move in ${file}`);
    }
    fs.writeFileSync(full, text);
  };
  rewrite('package.json', (text) =>
    text.replace('"backend/*"', '"libs/node/*",\n    "platform/apps/server/*"'),
  );
  for (const config of [WRONG, CORRECTED]) {
    rewrite(config, (text) => text.replaceAll('./backend/', './platform/apps/server/'));
  }
  for (const service of fs.readdirSync(path.join(dir, 'platform/apps/server'))) {
    rewrite(`platform/apps/server/${service}/tsconfig.json`, (text) => text.replace('"../../', '"../../../../'));
  }
  rewrite('libs/node/shared/tsconfig.json', (text) => text.replace('"../../', '"../../../'));
}

function yaml(value, indent) {
  const pad = ' '.repeat(indent);
  if (Array.isArray(value)) {
    return value.map((item) => `${pad}- ${yaml(item, indent + 2).trimStart()}`).join('');
  }
  return Object.entries(value)
    .map(([key, item]) =>
      item !== null && typeof item === 'object'
        ? `${pad}${key}:\n${yaml(item, indent + 2)}`
        : `${pad}${key}: ${JSON.stringify(item)}\n`,
    )
    .join('');
}

/** Replaces the wrong config by the same content under a .json or .yml name. */
export function writeAs(dir, name) {
  const model = createRequire(path.join(dir, 'x.js'))(path.join(dir, WRONG));
  const text = name.endsWith('.json') ? `${JSON.stringify(model, null, 2)}\n` : yaml(model, 0);
  fs.rmSync(path.join(dir, WRONG));
  fs.writeFileSync(path.join(dir, name), text);
}
