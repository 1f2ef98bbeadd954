// Every addon of tests/native is compiled with node-gyp (npm's own, offline) and loaded: what the helper
// is tried on is real code. Those that call libraries which are not there are only compiled.
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const root = path.resolve(__dirname, '../../..');
const prefix = path.resolve(process.execPath, '../..');
const nodedir = [prefix, '/usr', '/usr/local'].find(d => fs.existsSync(path.join(d, 'include/node/node_api.h')));
const gyp = [path.join(prefix, 'lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js'),
  '/usr/share/nodejs/node-gyp/bin/node-gyp.js'].find(f => fs.existsSync(f));
const addonApi = path.join(root, 'node_modules/node-addon-api');
if (!nodedir || !gyp || !fs.existsSync(addonApi)) {
  console.log('node-gyp, the headers of Node or node-addon-api are not installed: no addon was compiled');
  process.exit(0);
}

const files = fs.readdirSync(path.join(root, 'tests/native'), { recursive: true })
  .filter(f => /\.(c|cc)$/.test(f) && !/\bmain\(/.test(fs.readFileSync(path.join(root, 'tests/native', f), 'utf8')))
  .sort();
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'native-build-'));
for (const file of files)
  fs.copyFileSync(path.join(root, 'tests/native', file), path.join(dir, file.replace('/', '-')));
const targets = files.map(file => ({
  target_name: file.replace(/\W/g, '_'), sources: [file.replace('/', '-')],
  include_dirs: [addonApi], 'cflags!': ['-fno-exceptions'], 'cflags_cc!': ['-fno-exceptions'],
  cflags_cc: ['-O0'], cflags: ['-w', '-O0'],
}));
fs.writeFileSync(path.join(dir, 'binding.gyp'), JSON.stringify({ targets }));
fs.writeFileSync(path.join(dir, 'package.json'), '{"name":"fixtures","version":"1.0.0"}');
const run = spawnSync(process.execPath, [gyp, 'rebuild', '-j', 'max', '--nodedir=' + nodedir],
  { cwd: dir, env: { ...process.env, npm_config_offline: 'true' }, encoding: 'utf8', maxBuffer: 1 << 26 });
let failed = 0, loaded = 0;
if (run.status !== 0) {
  failed++;
  console.log(run.stdout.slice(-2000) + run.stderr.slice(-4000));
}
for (const { target_name: name } of targets) {
  if (run.status !== 0 || /N13|N14/.test(name)) continue;
  const load = spawnSync(process.execPath, ['-e', `require(${JSON.stringify(path.join(dir, 'build/Release', name + '.node'))})`],
    { encoding: 'utf8' });
  loaded += load.status === 0;
  failed += load.status !== 0;
  if (load.status !== 0) console.log(`FAIL ${name}: ${load.stderr.slice(0, 500)}`);
}
fs.rmSync(dir, { recursive: true, force: true });
console.log(`${targets.length} addons compiled, ${loaded} loaded, ${failed} failed`);
process.exit(failed ? 1 : 0);
