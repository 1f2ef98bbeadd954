// Runs the shapes of tests/usage/ through the program, all of them as apps of one project in one run:
//   //// D21 kept for a later request: state-in-memory high     a shape and what each of its forms must give, and nothing else
//   // plain                                                    in one file
//   // across                                                   several files: `// file name.ts` begins the next one
//   // alias: undecided REASON                                  through an alias, a field or an injected service
// `mitigated RULE` is a hazard that is there and held off; `A | B` leaves the choice; several hazards stand with commas.
// An undecided form is listed with its reason, and fails as soon as it gives what the shape asks for. A form may carry
// a number (alias2). What each case would repeat is added here: imports of what it uses without declaring it, a module
// and the start of an app for Nest's classes, a start for routers. ONLY_ROW=D21 keeps to one row, shows its messages and
// keeps its folder.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const program = path.resolve(root, process.env.CLUSTERLINT || 'build/clusterlint');
const only = process.env.ONLY_ROW;
const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'usage-'));
const perConfig = 60;
const forms = ['plain', 'across', 'alias'];

const packages = {
  '@nestjs/common': 'Injectable Controller Get Post Put Patch Delete Body Param Query Req Res Sse Headers Inject Optional Scope UseGuards '
    + 'OnModuleInit OnModuleDestroy CanActivate ExecutionContext NestInterceptor NestMiddleware HttpException SetMetadata applyDecorators',
  '@nestjs/schedule': 'Cron Interval Timeout CronExpression',
  '@nestjs/websockets': 'WebSocketGateway SubscribeMessage WebSocketServer MessageBody ConnectedSocket OnGatewayConnection OnGatewayDisconnect',
  '@nestjs/bullmq': 'Processor WorkerHost InjectQueue',
  '@nestjs/typeorm': 'InjectRepository',
  typeorm: 'Repository DataSource Entity Column PrimaryColumn',
  rxjs: 'Subject interval merge',
  events: 'EventEmitter',
  crypto: 'randomBytes randomUUID createHmac createHash',
  child_process: 'spawn',
};
const preludes = {
  app: "import express from 'express';\nconst app = express();\napp.use(express.json());",
  router: "import { Router } from 'express';\nconst router = Router();",
  db: "import { Pool } from 'pg';\nconst db = new Pool({ max: 5 });",
  prisma: "import { PrismaClient } from '@prisma/client';\nconst prisma = new PrismaClient();",
  redis: "import Redis from 'ioredis';\nconst redis = new Redis(process.env.REDIS_URL);",
  axios: "import axios from 'axios';",
  cron: "import cron from 'node-cron';",
  fs: "import fs from 'fs';",
  jwt: "import jwt from 'jsonwebtoken';",
  mailer: "import nodemailer from 'nodemailer';\nconst mailer = nodemailer.createTransport(process.env.SMTP_URL);",
  stripe: "import Stripe from 'stripe';\nconst stripe = new Stripe(process.env.STRIPE_KEY);",
  logger: "import pino from 'pino';\nconst logger = pino();",
  wss: "import { WebSocketServer as WsServer } from 'ws';\nconst wss = new WsServer({ port: 8090 });",
};

function cases(file) {
  const out = [];
  let row = null, files = null;
  for (const [i, line] of fs.readFileSync(file, 'utf8').split('\n').entries()) {
    const head = /^\/\/\/\/ ([DT]\d\d) .*: (.+)$/.exec(line);
    const form = /^\/\/ ((?:plain|across|alias)\d?)(?:: undecided (.+))?$/.exec(line);
    const next = /^\/\/ file (\S+)$/.exec(line);
    if (head) {
      row = { name: head[1], want: head[2].split(' | ').map((w) => (w === 'silent' ? '' : w.split(', ').sort().join(', '))) };
      files = null;
    } else if (form) {
      files = [{ name: 'main.ts', body: '' }];
      out.push({ row: row.name, want: row.want, form: form[1], undecided: form[2], at: `${path.basename(file)}:${i + 1}`, files });
    } else if (next) files.push({ name: next[1], body: '' });
    else if (files) files[files.length - 1].body += line + '\n';
  }
  return out;
}

const classes = (text, deco) => [...text.matchAll(new RegExp(`@(?:${deco})\\((?:[^()]|\\([^)]*\\))*\\)\\s*(?:@\\w+\\([^)]*\\)\\s*)*(export\\s+)?(?:abstract )?class (\\w+)`, 'g'))]
  .map((m) => m[2]);

function complete(text) {
  const head = [];
  // words in strings, comments and behind a dot say nothing
  const bare = text.replace(/'(?:[^'\\\n]|\\.)*'|\/\/.*/g, "''");
  const uses = (name) => new RegExp(`(?<![.\\w$])${name}(?![\\w$])`).test(bare);
  const declares = (name) => new RegExp(`(?:import [^;]*\\b|(?:const|let|var|class|function) (?:\\{[^}]*\\b)?|[(,{] *(?:private |readonly |public )*)${name}\\b(?!\\.)(?! *\\(['"])`).test(text);
  for (const [name, names] of Object.entries(packages)) {
    const list = names.split(' ').filter((n) => uses(n) && !new RegExp(`import [^;]*\\b${n}\\b|class ${n}\\b`).test(text));
    if (list.length) head.push(`import { ${list.join(', ')} } from '${name}';`);
  }
  for (const [name, code] of Object.entries(preludes))
    if (new RegExp(`(?<![.\\w$])${name}(?![\\w$:'])`).test(bare) && !declares(name)) head.push(code);
  return head.length ? head.join('\n') + '\n' + text : text;
}

function write(dir, c) {
  const main = c.files[0], others = c.files.slice(1), tail = [];
  const all = c.files.map((f) => f.body).join('\n');
  const used = (f) => new RegExp(`from '\\./${f.name.replace('.ts', '')}'|require\\('\\./${f.name.replace('.ts', '')}'\\)`).test(main.body);
  let head = '';
  const nest = { controllers: [], providers: [] };
  for (const f of c.files) {
    const from = (list, deco) => {
      for (const name of classes(f.body, deco)) {
        list.push(name);
        if (f !== main && !new RegExp(`import [^;]*\\b${name}\\b`).test(main.body)) head += `import { ${name} } from './${f.name.replace('.ts', '')}';\n`;
      }
    };
    from(nest.controllers, 'Controller');
    from(nest.providers, 'Injectable|WebSocketGateway|Processor');
  }
  for (const [i, f] of others.entries()) {
    let body = complete(f.body);
    if (/const router = Router/.test(body) && !/export default/.test(body)) {
      body += 'export default router;\n';
      head += `import r${i} from './${f.name.replace('.ts', '')}';\n`;
      tail.push(`app.use(r${i});`);
    } else if (!used(f) && !classes(f.body, 'Controller|Injectable|WebSocketGateway|Processor').length) head += `import './${f.name.replace('.ts', '')}';\n`;
    fs.writeFileSync(path.join(dir, f.name), body);
  }
  if (nest.controllers.length + nest.providers.length && !/NestFactory/.test(all)) {
    const imports = /@(Cron|Interval|Timeout)\(/.test(all) ? "imports: [ScheduleModule.forRoot()], " : '';
    head = "import { Module } from '@nestjs/common';\nimport { NestFactory } from '@nestjs/core';\n"
      + (imports ? "import { ScheduleModule } from '@nestjs/schedule';\n" : '') + head;
    tail.push(`@Module({ ${imports}controllers: [${nest.controllers.join(', ')}], providers: [${nest.providers.join(', ')}] })\nexport class AppModule {}`,
      'NestFactory.create(AppModule).then((server) => server.listen(3000));');
  }
  let body = complete(head + main.body + tail.join('\n') + '\n');
  if (/const app = express\(\)/.test(body)) body += 'app.listen(3000);\n';
  fs.writeFileSync(path.join(dir, 'main.ts'), body);
}

function run(list) {
  const configs = [];
  fs.mkdirSync(path.join(tmp, '.git'));
  fs.writeFileSync(path.join(tmp, 'package.json'), '{ "name": "cases", "private": true }\n');
  for (let i = 0; i < list.length; i += perConfig) {
    const apps = list.slice(i, i + perConfig).map((c) => {
      fs.mkdirSync(path.join(tmp, c.name));
      write(path.join(tmp, c.name), c);
      return { name: c.name, script: `./${c.name}/main.ts`, interpreter: 'node', exec_mode: 'cluster', instances: 3, env: { NODE_ENV: 'production' } };
    });
    configs.push(`c${configs.length}.config.js`);
    fs.writeFileSync(path.join(tmp, configs[configs.length - 1]), `module.exports = ${JSON.stringify({ apps }, null, 1)};\n`);
  }
  const r = spawnSync(program, ['check', ...configs, '--format', 'json', '--cpus', '4', '--memory', '8G'],
    { cwd: tmp, encoding: 'utf8', timeout: 120000, maxBuffer: 1 << 28, env: { PATH: process.env.PATH, LC_ALL: 'C' } });
  try {
    return new Map(JSON.parse(r.stdout).configs.flatMap((c) => c.apps.map((a) => [a.name, a])));
  } catch {
    console.log(`FAIL: no JSON (${r.signal || r.status}): ${(r.stderr || r.stdout).slice(0, 300)}`);
    return new Map();
  }
}

const folder = path.join(root, 'tests/usage');
const number = (letter, n) => Array.from({ length: n }, (_, i) => letter + String(i + 1).padStart(2, '0'));
const rows = [...number('D', 82), ...number('T', 18)];
const all = fs.readdirSync(folder).filter((n) => n.endsWith('.ts')).sort().flatMap((n) => cases(path.join(folder, n)))
  .filter((c) => !only || c.row === only).map((c) => ({ ...c, name: `${c.row}-${c.form}`.toLowerCase() }));
const apps = run(all);
const undecided = [], broken = new Set();
let failed = 0;
const fail = (row, text) => { failed++; broken.add(row); console.log(`FAIL ${text}`); };
const told = (h) => (h.status === 'mitigated' ? `mitigated ${h.rule}` : `${h.rule} ${h.severity}`);
for (const c of all) {
  const app = apps.get(c.name), where = `${c.row} ${c.form} (${c.at})`;
  if (!app) { fail(c.row, `${where}: the app is missing`); continue; }
  const got = [...new Set(app.hazards.map(told))].sort().join(', '), agrees = c.want.includes(got);
  if (only) console.log(`${where} in ${c.name}:`, app.hazards.map((h) => `\n  ${h.status} ${h.rule} ${h.severity} ${h.confidence}: ${h.message} (${h.at.path}:${h.at.line})`).join('') || 'silent');
  if (c.undecided && agrees) fail(c.row, `${where}: is decided now, take 'undecided' away`);
  else if (c.undecided) undecided.push(`${c.row} ${c.form}: ${c.undecided}`);
  else if (!agrees) fail(c.row, `${where}: ${got || 'silent'}, want ${c.want.map((w) => w || 'silent').join(' | ')}`);
}
const shown = new Set(all.map((c) => `${c.row} ${c.form.replace(/\d/, '')}`));
for (const row of only ? [] : rows) for (const form of forms) if (!shown.has(`${row} ${form}`)) fail(row, `${row} has no case of form ${form}`);
if (only || process.env.KEEP) console.log(`kept in ${tmp}`);
else fs.rmSync(tmp, { recursive: true, force: true });
for (const u of undecided) console.log(`undecided ${u}`);
const open = new Set(undecided.map((u) => u.split(' ')[0])), list = only ? [only] : rows;
const agree = list.filter((r) => !broken.has(r) && !open.has(r)).length;
console.log(`usage: ${agree} of ${list.length} shapes agree in every form (${all.length - failed - undecided.length} of ${all.length} cases), ${undecided.length} cases undecided`);
process.exit(failed ? 1 : 0);
