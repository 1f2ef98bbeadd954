'use strict';
// What PM2 itself does with a config, asked of its own code in this process: no daemon, nothing started.
// The steps of API._startJson are repeated here, because the real ones talk to the daemon.
const fs = require('fs');
const os = require('os');
const path = require('path');

process.env.PM2_SILENT = 'true';
process.env.PM2_HOME = fs.mkdtempSync(path.join(os.tmpdir(), 'pm2-oracle-'));
process.on('exit', () => fs.rmSync(process.env.PM2_HOME, { recursive: true, force: true }));

const pm2 = process.env.PM2_PKG || path.join(process.cwd(), 'node_modules', 'pm2');
const Common = require(path.join(pm2, 'lib/Common.js'));
const version = require(path.join(pm2, 'package.json')).version;
try {
  // would install packages over the network
  require(path.join(pm2, 'lib/OtelManager.js')).ensureInstalled = () => true;
} catch { /* before 7 */ }

const processes = (instances, cpus) => {
  let n = parseInt(instances);
  if (n === 0) n = cpus;
  else if (n < 0) n += cpus;
  if (n <= 0) n = 1;
  return Number.isNaN(n) ? 'DAEMON-CRASH' : n;
};

const staticApp = serve => ({
  name: serve.name ? serve.name : `static-page-server-${serve.port}`,
  script: path.join(pm2, 'lib/API/Serve.js'),
  env: { PM2_SERVE_PORT: String(serve.port) },
  static: true,
});

function resolve(app, cpus, envName, deploy) {
  const fields = { ...app };
  delete fields.env;
  for (const key of Object.keys(fields)) if (key.startsWith('env_')) delete fields[key];
  try {
    if (app.append_env_to_name && envName) app.name += '-' + envName;
    const script = app.script;
    const copy = { ...app };
    if (copy.script === 'serve') copy.script = path.join(pm2, 'lib/API/Serve.js');
    const r = Common.resolveAppAttributes({ cwd: process.cwd(), pm2_home: process.env.PM2_HOME }, copy);
    const env = Common.mergeEnvironmentVariables({ ...r, env: { ...r.env } }, envName, deploy);
    delete env.current_conf;
    return { name: r.name, mode: r.exec_mode, interpreter: r.exec_interpreter, n: processes(r.instances, cpus),
      script: app.static ? 'serve' : script, fields, env };
  } catch (e) {
    return { name: app.name, error: e.message, fields };
  }
}

function start(top, cpus, envName) {
  let apps = top.apps ? top.apps : top.pm2 ? top.pm2 : top;
  const statics = top.static || [], deploy = top.deploy || {};
  if (!Array.isArray(apps)) apps = [apps];
  apps = Common.verifyConfs(apps);
  if (apps instanceof Error) return { verdict: 'rejected', why: apps.message };
  statics.forEach(serve => apps.push(staticApp(serve)));
  apps.forEach(app => {
    if (!app.env) app.env = {};
    app.env.io = app.io;
    delete app.env.io;
  });
  return { verdict: 'ok', apps: apps.map(app => resolve(app, cpus, envName, deploy)) };
}

function restore(saved) {
  for (const key of Object.keys(process.env)) if (!(key in saved)) delete process.env[key];
  Object.assign(process.env, saved);
}

// {kind, verdict: script | parse-error | crash | rejected | ok, apps}
function ask(file, cpus, envName) {
  const saved = { ...process.env }, kind = Common.isConfigFile(file);
  try {
    if (!kind) return { kind, verdict: 'script' };
    let top;
    try {
      top = Common.parseConfig(fs.readFileSync(file), file);
    } catch (e) {
      return { kind, verdict: 'parse-error', why: String(e && e.message) };
    }
    try {
      return { kind, ...start(top, cpus, envName) };
    } catch (e) {
      return { kind, verdict: 'crash', why: e.message };
    }
  } finally {
    restore(saved);
  }
}

module.exports = { ask, version, Common, pm2 };
