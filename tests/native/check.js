// check.js HELPER FILE...: runs the helper over each file as a unit of its own and compares what it
// finds with the file's "// expect: RULE SYMBOL SEVERITY CONFIDENCE" lines.
const { spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');

const [helper, ...files] = process.argv.slice(2);
const bare = process.env.WITHOUT_NODE_HEADERS === '1';
const root = path.resolve(__dirname, '../..');
const includes = [];
if (!bare) {
  const node = path.resolve(process.execPath, '../../include/node');
  for (const dir of [node, '/usr/include/node', 'node_modules/node-addon-api'])
    if (fs.existsSync(path.resolve(root, dir))) includes.push('-I' + path.resolve(root, dir));
}

function lower(confidence) {
  return confidence === 'certain' ? 'likely' : confidence;
}

function expected(text, stubbed) {
  const lines = [...text.matchAll(/^\/\/ expect: (\S+) ("[^"]*"|\S+) (\S+) (\S+)$/gm)];
  return lines.map(([, rule, symbol, severity, confidence]) =>
    [rule, symbol.replace(/"/g, ''), severity, stubbed ? lower(confidence) : confidence].join(' ')).sort();
}

let failed = 0;
for (const file of files) {
  const text = fs.readFileSync(file, 'utf8');
  const binary = /\bmain\(/.test(text);
  const request = {
    clusterlint_native: 1, root, kind: binary ? 'binary' : 'addon',
    limits: { unit_seconds: 30, memory_mb: 3000 },
    units: [{ path: path.relative(root, file), args: [/\.c$/.test(file) ? '-std=gnu17' : '-std=c++17', ...includes] }],
  };
  const run = spawnSync(helper, { input: JSON.stringify(request), maxBuffer: 1 << 26, timeout: 60000 });
  let answer;
  try {
    answer = JSON.parse(run.stdout.toString().trim().split('\n').pop());
    if (run.status !== 0) throw new Error('status ' + run.status + ' ' + run.signal);
  } catch (e) {
    console.log(`FAIL ${file}: ${e.message} ${run.stderr}`);
    failed++;
    continue;
  }
  const unit = answer.units[0];
  const found = answer.hazards.map(h => [h.rule, h.symbol, h.severity, h.confidence].join(' ')).sort();
  const want = expected(text, unit.stubbed.length > 0);
  if (found.join('\n') !== want.join('\n')) {
    failed++;
    console.log(`FAIL ${file} (${unit.status}, ${unit.errors} errors, missing: ${unit.missing})`);
    for (const line of want.filter(l => !found.includes(l))) console.log('    missing: ' + line);
    for (const line of found.filter(l => !want.includes(l))) console.log('    unexpected: ' + line);
  } else if (unit.errors) {
    failed++;
    console.log(`FAIL ${file}: ${unit.errors} errors, missing: ${unit.missing}`);
  }
}
console.log(`${files.length - failed} of ${files.length} native files as expected${bare ? ' without Node headers' : ''}`);
process.exit(failed ? 1 : 0);
