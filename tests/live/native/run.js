// Native code under the real PM2, two processes each: what the helper predicts for the source and what
// is seen are compared. Everything stays in a folder of its own, on loopback, and ends with pm2 kill.
const { execFileSync, spawnSync } = require('child_process');
const dgram = require('dgram');
const fs = require('fs');
const http = require('http');
const net = require('net');
const os = require('os');
const path = require('path');

const root = path.resolve(__dirname, '../../..');
const helper = path.resolve(process.env.BUILD || path.join(root, 'build'), 'clusterlint-native');
const pm2 = path.join(root, 'node_modules/pm2/bin/pm2');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'native-live-'));
const env = { ...process.env, PM2_HOME: path.join(dir, 'pm2'), LIVE_OUT: dir };
const sleep = ms => new Promise(done => setTimeout(done, ms));
const include = [path.resolve(process.execPath, '../../include/node'), '/usr/include/node']
  .find(d => fs.existsSync(path.join(d, 'node_api.h')));
const read = name => { try { return fs.readFileSync(path.join(dir, name), 'utf8'); } catch { return null; } };

function predicted(file, kind) {
  const rule = /^\/\/ expect: (\S+)/.exec(fs.readFileSync(path.join(__dirname, file), 'utf8'))[1];
  const request = { clusterlint_native: 1, root, kind, limits: {},
    units: [{ path: path.relative(root, path.join(__dirname, file)), args: include ? ['-I' + include] : [] }] };
  const run = spawnSync(helper, { input: JSON.stringify(request) });
  const answer = JSON.parse(run.stdout.toString().trim().split('\n').pop());
  return { rule, told: answer.hazards.some(h => h.rule === rule) };
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise(done => server.once('listening', done));
  const { port } = server.address();
  await new Promise(done => server.close(done));
  return port;
}

function start(app) {
  const config = path.join(dir, app.name + '.config.js');
  fs.writeFileSync(config, 'module.exports = ' + JSON.stringify({ apps: [app] }));
  execFileSync(process.execPath, [pm2, 'start', config], { env, stdio: 'ignore', timeout: 60000 });
}

function binary(name, port) {
  execFileSync('cc', ['-D_GNU_SOURCE', '-o', path.join(dir, name), path.join(__dirname, name + '.c')]);
  start({ name, script: './' + name, cwd: dir, interpreter: 'none', exec_mode: 'fork', instances: 2,
    autorestart: false, env: { LIVE_OUT: dir, LIVE_PORT: String(port) } });
}

const get = port => new Promise((done, bad) => http.get({ host: '127.0.0.1', port, agent: false }, res => {
  let body = '';
  res.on('data', d => { body += d; }).on('end', () => done(body));
}).on('error', bad));

const experiments = {
  async udp() {
    const port = await freePort();
    binary('udp', port);
    await sleep(1500);
    const socket = dgram.createSocket('udp4');
    for (let i = 0; i < 100; i++) socket.send('x', port, '127.0.0.1');
    await sleep(1000);
    socket.close();
    const got = [read('udp.0'), read('udp.1')].map(Number);
    return [Math.min(...got) === 0 && Math.max(...got) > 90, `received ${got.join(' and ')} of 100 datagrams`];
  },
  async tcp() {
    binary('tcp', await freePort());
    await sleep(1500);
    const said = [read('tcp.0'), read('tcp.1')].sort();
    return [said.join() === 'bound,refused', said.join(' and ')];
  },
  async random() {
    binary('random', 0);
    await sleep(6500);
    const drawn = [read('random.0'), read('random.1')];
    return [drawn[0] !== null && drawn[0] === drawn[1], `drew ${drawn.join(' and ')}`];
  },
  async unix() {
    binary('unix', 0);
    await sleep(1500);
    const who = new Set();
    for (let i = 0; i < 10; i++)
      who.add(await new Promise((done, bad) => net.connect(path.join(dir, 'live.sock'))
        .on('data', d => done(d.toString())).on('error', bad)));
    return [who.size === 1, `10 connections were answered by ${who.size} of 2 processes`];
  },
  async temp() {
    binary('temp', 0);
    for (let i = 0; i < 40 && (read('temp.0') === null || read('temp.1') === null); i++) await sleep(250);
    const n = Number(read('number'));
    return [n > 0 && n < 400, `400 additions gave ${n}`];
  },
  async counter() {
    if (!include) return [null, 'the headers of Node are not installed'];
    execFileSync('cc', ['-shared', '-fPIC', '-I' + include, '-o', path.join(dir, 'counter.node'),
      path.join(__dirname, 'counter.c')]);
    const port = await freePort();
    start({ name: 'counter', script: path.join(__dirname, 'server.js'), exec_mode: 'cluster', instances: 2,
      env: { LIVE_PORT: String(port), LIVE_ADDON: path.join(dir, 'counter.node') } });
    await sleep(2500);
    const ids = [];
    for (let i = 0; i < 20; i++) ids.push(await get(port));
    return [new Set(ids).size < 20, `20 requests got ${new Set(ids).size} different numbers`];
  },
};

(async () => {
  let failed = 0;
  try {
    for (const [name, experiment] of Object.entries(experiments)) {
      const { rule, told } = predicted(name + '.c', name === 'counter' ? 'addon' : 'binary');
      const [seen, words] = await experiment();
      const good = seen === null || (told && seen);
      failed += !good;
      console.log(`${good ? 'ok  ' : 'FAIL'} ${name}: predicted ${told ? rule : 'nothing'}, seen: ${words}`);
      execFileSync(process.execPath, [pm2, 'delete', 'all'], { env, stdio: 'ignore', timeout: 60000 });
    }
  } finally {
    spawnSync(process.execPath, [pm2, 'kill'], { env, stdio: 'ignore', timeout: 60000 });
    fs.rmSync(dir, { recursive: true, force: true });
  }
  process.exit(failed ? 1 : 0);
})();
