// source-rules.mjs PROGRAM: the config rules that need the sources, on the shapes in which real code writes it.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const program = path.resolve(process.argv[2]);
const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'source-rules-'));
process.on('exit', () => fs.rmSync(tmp, { recursive: true, force: true }));
const FIRES = true, SILENT = false;

// [does it fire, rule, source, { app: more options, name: of the source, files: beside it, module: "type": "module" }]
const cases = [
  [FIRES, "wait-ready-never-sent", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});", {"app": "wait_ready:true"}],
  [SILENT, "wait-ready-never-sent", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{if(process.send)process.send('ready')});", {"app": "wait_ready:true"}],
  [SILENT, "wait-ready-never-sent", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{process.send&&process.send('ready')});", {"app": "wait_ready:true"}],
  [SILENT, "wait-ready-never-sent", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{process.send?.('ready')});", {"app": "wait_ready:true"}],
  [SILENT, "wait-ready-never-sent", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{process['send']('ready')});", {"app": "wait_ready:true"}],
  [SILENT, "wait-ready-never-sent", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{process.send?.call(process,'ready')});", {"app": "wait_ready:true"}],
  [SILENT, "wait-ready-never-sent", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{const m='ready';process.send(m)});", {"app": "wait_ready:true"}],
  [SILENT, "wait-ready-never-sent", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{process.send(`ready`)});", {"app": "wait_ready:true"}],
  [SILENT, "wait-ready-never-sent", "import {createServer} from 'http';createServer(()=>{}).listen(3000,()=>{process.send!('ready')})", {"app": "wait_ready:true", "name": "server.ts"}],
  [SILENT, "wait-ready-never-sent", "import {createServer} from 'http';createServer(()=>{}).listen(3000,()=>{(process as any).send('ready')})", {"app": "wait_ready:true", "name": "server.ts"}],
  [SILENT, "wait-ready-never-sent", "const {ready}=require('./lib/ready');const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{ready()});", {"app": "wait_ready:true", "files": {"lib/ready.js": "exports.ready=()=>{if(typeof process.send==='function')process.send('ready')}"}}],
  [SILENT, "wait-ready-never-sent", "const p=require('process');const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{p.send('ready')});", {"app": "wait_ready:true"}],
  [SILENT, "wait-ready-never-sent", "const {send}=process;const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{send('ready')});", {"app": "wait_ready:true"}],
  [FIRES, "sigterm-only", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});process.on('SIGTERM',()=>s.close())"],
  [SILENT, "sigterm-only", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});['SIGINT','SIGTERM'].forEach(g=>process.on(g,()=>s.close()))"],
  [SILENT, "sigterm-only", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});for(const g of ['SIGINT','SIGTERM'])process.on(g,()=>s.close())"],
  [SILENT, "sigterm-only", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});process.once('SIGTERM',f);process.once('SIGINT',f);function f(){}"],
  [SILENT, "sigterm-only", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});const on=g=>process.on(g,()=>{});on('SIGTERM');on('SIGINT')"],
  [SILENT, "sigterm-only", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});process.on('SIGTERM',f).on('SIGINT',f);function f(){}"],
  [FIRES, "kill-timeout-without-handler", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});", {"app": "kill_timeout:8000"}],
  [SILENT, "kill-timeout-without-handler", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});['SIGINT','SIGTERM'].forEach(g=>process.on(g,()=>s.close()))", {"app": "kill_timeout:8000"}],
  [SILENT, "kill-timeout-without-handler", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});process.on('SIGINT',()=>s.close())", {"app": "kill_timeout:8000"}],
  [SILENT, "kill-timeout-without-handler", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});process.addListener('SIGINT',()=>s.close())", {"app": "kill_timeout:8000"}],
  [SILENT, "kill-timeout-without-handler", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});process.on('SIGTERM',f).on('SIGINT',f);function f(){}", {"app": "kill_timeout:8000"}],
  [SILENT, "kill-timeout-without-handler", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});require('process').on('SIGINT',()=>{})", {"app": "kill_timeout:8000"}],
  [SILENT, "kill-timeout-without-handler", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});", {"app": "kill_timeout:1600"}],
  [SILENT, "kill-timeout-without-handler", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});"],
  [FIRES, "kill-timeout-too-short", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});process.on('SIGINT',()=>{s.close();setTimeout(()=>process.exit(1),10000)})"],
  [FIRES, "kill-timeout-too-short", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});function stop(){s.close();setTimeout(()=>{process.exit(1)},10_000).unref()}process.on('SIGINT',stop)"],
  [FIRES, "kill-timeout-too-short", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});const LIMIT=10*1000;const stop=async()=>{setTimeout(()=>{console.error('x');process.exit(1)},LIMIT);await s.close()};['SIGINT','SIGTERM'].forEach(g=>process.on(g,stop));process.on('SIGINT',stop)"],
  [SILENT, "kill-timeout-too-short", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});process.on('SIGINT',()=>{s.close();setTimeout(()=>process.exit(1),1000)})"],
  [SILENT, "kill-timeout-too-short", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});process.on('SIGINT',()=>{s.close();setTimeout(()=>process.exit(1),10000)})", {"app": "kill_timeout:12000"}],
  [SILENT, "kill-timeout-too-short", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});setTimeout(()=>process.exit(1),86400000);process.on('SIGINT',()=>s.close())"],
  [FIRES, "shutdown-message-not-handled", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});", {"app": "shutdown_with_message:true"}],
  [SILENT, "shutdown-message-not-handled", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});process.on('message',m=>{if(m==='shutdown')s.close()})", {"app": "shutdown_with_message:true"}],
  [SILENT, "shutdown-message-not-handled", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});process.once('message',m=>{})", {"app": "shutdown_with_message:true"}],
  [SILENT, "shutdown-message-not-handled", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});process.addListener('message',m=>{})", {"app": "shutdown_with_message:true"}],
  [FIRES, "treekill-leaves-children", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});require('child_process').fork('./w.js')", {"app": "treekill:false"}],
  [SILENT, "treekill-leaves-children", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});require('child_process').execSync('ls')", {"app": "treekill:false"}],
  [FIRES, "entry-guard-under-pm2", "import {createServer} from 'http';import {pathToFileURL,fileURLToPath} from 'url';function main(){createServer(()=>{}).listen(3000)}\nif(import.meta.url===pathToFileURL(process.argv[1]).href)main()", {"module": true}],
  [FIRES, "entry-guard-under-pm2", "import {createServer} from 'http';import {pathToFileURL,fileURLToPath} from 'url';function main(){createServer(()=>{}).listen(3000)}\nif(process.argv[1]===fileURLToPath(import.meta.url)){main()}", {"module": true}],
  [FIRES, "entry-guard-under-pm2", "import {createServer} from 'http';import {pathToFileURL,fileURLToPath} from 'url';function main(){createServer(()=>{}).listen(3000)}\nif(import.meta.url===`file://${process.argv[1]}`)main()", {"module": true}],
  [FIRES, "entry-guard-under-pm2", "import {createServer} from 'http';import {pathToFileURL,fileURLToPath} from 'url';function main(){createServer(()=>{}).listen(3000)}\nconst isMain=import.meta.url===pathToFileURL(process.argv[1]).href;\nif(isMain)main()", {"module": true}],
  [FIRES, "entry-guard-under-pm2", "import {createServer} from 'http';import {pathToFileURL,fileURLToPath} from 'url';function main(){createServer(()=>{}).listen(3000)}\nif(process.argv[1]&&import.meta.url===pathToFileURL(process.argv[1]).href)main()", {"module": true}],
  [FIRES, "entry-guard-under-pm2", "import {createServer} from 'http';import {pathToFileURL,fileURLToPath} from 'url';function main(){createServer(()=>{}).listen(3000)}\nimport.meta.url===`file://${process.argv[1]}`&&main()", {"module": true}],
  [FIRES, "entry-guard-under-pm2", "import {createServer} from 'http';import {pathToFileURL,fileURLToPath} from 'url';function main(){createServer(()=>{}).listen(3000)}\nif(fileURLToPath(import.meta.url)===process.argv[1])main()", {"module": true}],
  [SILENT, "entry-guard-under-pm2", "import {createServer} from 'http';import {pathToFileURL,fileURLToPath} from 'url';function main(){createServer(()=>{}).listen(3000)}\nmain()", {"module": true}],
  [SILENT, "entry-guard-under-pm2", "import {createServer} from 'http';import {pathToFileURL,fileURLToPath} from 'url';function main(){createServer(()=>{}).listen(3000)}\nif(import.meta.url!==pathToFileURL(process.argv[1]).href)main()", {"module": true}],
  [SILENT, "entry-guard-under-pm2", "import {createServer} from 'http';import {pathToFileURL,fileURLToPath} from 'url';function main(){createServer(()=>{}).listen(3000)}\nif(import.meta.url===pathToFileURL(process.argv[1]).href||process.env.pm_id)main()", {"module": true}],
  [SILENT, "entry-guard-under-pm2", "if(require.main===module)require('http').createServer(()=>{}).listen(3)"],
  [FIRES, "node-config-instance-file", "const config=require('config');const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{config.get('a')});"],
  [FIRES, "node-config-instance-file", "const c=require('config');const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{c.has('x')});"],
  [FIRES, "node-config-instance-file", "import config from 'config';import {createServer} from 'http';createServer(()=>{}).listen(config.get('port'))", {"name": "server.ts"}],
  [FIRES, "node-config-instance-file", "import * as config from 'config';import {createServer} from 'http';createServer(()=>{}).listen(config.get<number>('port'))", {"name": "server.ts"}],
  [SILENT, "node-config-instance-file", "const config=require('./config');const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{config.get('a')});", {"files": {"config.js": "exports.get=()=>1"}}],
  [SILENT, "node-config-instance-file", "const config=require('config');const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{config.get('a')});", {"app": "instance_var:'INSTANCE_ID'"}],
  [FIRES, "port-not-read", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});", {"app": "env:{PORT:3001}"}],
  [FIRES, "port-not-read", "const app=require('express')();app.listen(3000)", {"app": "env:{PORT:3001}"}],
  [FIRES, "port-not-read", "const app=require('express')();const PORT=3000;app.listen(PORT,()=>console.log(PORT))", {"app": "env:{PORT:3001}"}],
  [FIRES, "port-not-read", "const f=require('fastify')();f.listen({port:3000,host:'0.0.0.0'})", {"app": "env:{PORT:3001}"}],
  [FIRES, "port-not-read", "const app=require('express')();require('http').createServer(app).listen(8080)", {"app": "env:{PORT:3001}"}],
  [FIRES, "port-not-read", "const app=require('express')();app.set('port',3000);app.listen(3000)", {"app": "port:3001"}],
  [SILENT, "port-not-read", "const app=require('express')();app.listen(process.env.PORT||3000)", {"app": "env:{PORT:3001}", "files": {"c.js": "exports.port=Number(process.env.PORT)||3000"}}],
  [SILENT, "port-not-read", "const {PORT=3000}=process.env;const app=require('express')();app.listen(PORT)", {"app": "env:{PORT:3001}", "files": {"c.js": "exports.port=Number(process.env.PORT)||3000"}}],
  [SILENT, "port-not-read", "const app=require('express')();app.listen(3001)", {"app": "env:{PORT:3001}", "files": {"c.js": "exports.port=Number(process.env.PORT)||3000"}}],
  [SILENT, "port-not-read", "const app=require('express')();const c=require('./c');app.listen(c.port)", {"app": "env:{PORT:3001}", "files": {"c.js": "exports.port=Number(process.env.PORT)||3000"}}],
  [SILENT, "port-not-read", "const app=require('express')();app.listen(+process.env['PORT']||3000)", {"app": "env:{PORT:3001}", "files": {"c.js": "exports.port=Number(process.env.PORT)||3000"}}],
  [SILENT, "port-not-read", "const s=require('http').createServer((q,r)=>r.end()).listen(3000,()=>{});"],
];

let failed = 0;
for (const [fires, rule, source, { app = '', name = 'server.js', files = {}, module = false } = {}] of cases) {
  const dir = fs.mkdtempSync(path.join(tmp, 'p-'));
  const write = (file, text) => {
    fs.mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    fs.writeFileSync(path.join(dir, file), text);
  };
  fs.mkdirSync(path.join(dir, '.git'));
  write('package.json', JSON.stringify({ name: 'x', private: true, type: module ? 'module' : 'commonjs', dependencies: { config: '1', express: '4', fastify: '4' } }));
  write(name, source);
  for (const [file, text] of Object.entries(files)) write(file, text);
  write('ecosystem.config.cjs', `module.exports = { apps: [{ name: 'a', script: './${name}', exec_mode: 'cluster', instances: 2, ${app} }] };\n`);
  const r = spawnSync(program, ['check', '--format', 'json', '--cpus', '4', 'ecosystem.config.cjs'],
    { cwd: dir, encoding: 'utf8', timeout: 20000, env: { PATH: process.env.PATH, LC_ALL: 'C' } });
  let found = null;
  try {
    found = JSON.parse(r.stdout).findings.some((f) => f.rule === rule);
  } catch { /* not even a report */ }
  if (found === fires) continue;
  failed++;
  console.log(`FAIL ${rule} should ${fires ? 'fire' : 'be silent'}: ${source}  ${app}\n    ${r.stderr.slice(0, 200)}`);
}
console.log(`source rules: ${cases.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
