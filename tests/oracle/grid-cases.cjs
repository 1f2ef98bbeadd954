'use strict';
// The cases of pm2-grid.cjs: [file name, text, options]. Each is one config; scripts that they name
// exist beside them. Options: env (a block chosen with --env), group.

const schemaOf = pm2 => require(pm2 + '/lib/API/schema.json');

const camel = key => key.split('_').map((part, i) => (i && part.length > 1 ? part[0].toUpperCase() + part.slice(1) : part)).join('');
const namesOf = (key, schema) => [...new Set([key, ...[].concat(schema[key].alias || []), camel(key)])];

const instances = ['', 'null', 'undefined', '1', '2', '"2"', '[2]', '1.5', '0', '"max"', '"0"', '""', '"two"', '"auto"',
  '"MAX"', '"50%"', '"1e2"', '"0x4"', '-1', '"-1"', '-2', '"-2"', '-20', '0.5', '-0.5', 'NaN', 'Infinity', '-Infinity',
  '[]', 'true', 'false', '{}', '[2,3]', '" 3 "', '"max "', '["max"]', '"Infinity"', '1e21', 'parseInt(undefined)'];
const modes = ['', '"fork"', '"cluster"', '"fork_mode"', '"cluster_mode"', '""', 'null', '"Cluster"', '"CLUSTER"',
  '"cluster-mode"', '"none"', 'true', '1', '0', '[]', '{}'];
const interpreters = ['', '"node"', '"bun"', '"none"', '"bash"', '"python3"', '"ts-node"', '"./bin/tsx"', '"./bin/ts-node"',
  '"nodejs"', '"deno"', '"./bin/xbun"', '"node@20"', '""', 'null', '5', '"./bin/mynode/python3"'];
const scripts = ['app.js', 'app.mjs', 'app.cjs', 'app.ts', 'app.tsx', 'app.sh', 'app.py', 'app.rb', 'app.json', 'text', 'binary',
  'dir', 'dir/', './app.js', 'bash', 'npm', 'serve', 'app.js --flag', 'npm run start', 'app.coffee', 'app.ls', '.hidden'];

const app = props => {
  const parts = Object.entries(props).filter(([, v]) => v !== '').map(([k, v]) => `${JSON.stringify(k)}: ${v}`);
  return `module.exports = { apps: [{ ${parts.join(', ')} }] };\n`;
};

function* modeGrid() {
  const js = '"app.js"';
  for (const i of instances) for (const m of modes) yield app({ name: '"a"', script: js, instances: i, exec_mode: m });
  for (const i of instances) for (const x of interpreters) for (const s of ['app.js', 'app.py', 'text', 'binary'])
    yield app({ name: '"a"', script: JSON.stringify(s), instances: i, interpreter: x });
  for (const i of ['', '1', '0', '-1', '-2', '"2"']) for (const m of modes) for (const s of scripts)
    yield app({ script: JSON.stringify(s), instances: i, exec_mode: m });
  for (const m of modes) for (const x of interpreters) for (const i of ['', '2'])
    yield app({ script: js, exec_mode: m, interpreter: x, instances: i });
}

const odd = ['true', 'false', '0', '1', '-1', '99', '1.5', '""', '"0"', '"1"', '"5s"', '"50"', '"300M"', '"2G"', '"1.5G"', '"300MB"',
  '"abc"', '"true"', '" 50 "', '"1e3"', '"0x1F90"', '"a b \'c d\' --x=\\"y z\\" \\"q r\\""', '"a\\"b c\\" d"', '[]', '["a"]', '[0]',
  '["7"]', '[1,2]', '{}', '{a:1}', 'null', 'undefined', 'NaN', '() => 1', '/x/', '"* * * * *"', '"2h"', '"0s"', '"cluster"', '" "'];

// a refusal must not depend on who runs the test: uid, gid and user are looked up in /etc/passwd
const perHost = new Set(['uid', 'gid', 'user']);

function* keyGrid(pm2) {
  const schema = schemaOf(pm2);
  const keys = Object.keys(schema).filter(k => !k.includes('\\'));
  for (const key of keys) for (const name of namesOf(key, schema)) {
    if (perHost.has(name)) continue;
    for (const v of odd) yield app({ script: '"app.js"', name: '"n"', [name]: v });
  }
  for (const name of ['env_x', 'env_', 'env_file', 'envX', 'env-x', 'env_a b', 'cmd', 'command'])
    for (const v of odd) yield app({ script: '"app.js"', name: '"n"', [name]: v });
  for (const name of ['script', 'cmd', 'command', 'exec', 'name']) for (const v of odd) {
    yield app({ [name]: v });
    yield app({ [name]: v, name: '"n"' });
    yield app({ script: '"app.js"', [name]: v });
  }
}

const sample = { boolean: ['true', 'false'], number: ['200', '0', '300'], string: ['"app.js"', '""', '"x.js"'], array: ['["a"]', '["b"]'], object: ['{a:"1"}', '{b:"2"}'] };

function* aliasGrid(pm2) {
  const schema = schemaOf(pm2);
  for (const key of Object.keys(schema).filter(k => !k.includes('\\') && !perHost.has(k) && k !== 'exec_mode' && k !== 'cron_restart')) {
    const names = namesOf(key, schema), values = [].concat(schema[key].type).flatMap(t => sample[t]);
    const base = { script: '"app.js"', name: '"n"' };
    for (const a of names) for (const b of names) if (a !== b)
      for (const [i, v] of values.entries()) yield app({ ...base, [a]: v, [b]: values[(i + 1) % values.length] });
  }
}

const yamlScalars = ['yes', 'no', 'on', 'off', 'true', 'True', 'TRUE', 'tRUE', 'false', '~', 'null', 'Null', '', '1', '010', '0o17', '0x10', '0b11',
  '1e3', '1E+2', '1.', '.5', '+.5', '-.5', '.inf', '-.inf', '.nan', '1_000', '12:30', '2020-01-01', '2020-1-1', '2020-01-01T00:00:00Z', '"2"', "'2'", '-1',
  '+1', '- 1', '*/5', '"*/5 * * * *"', '!!str 2', '!!int "2"', '!!int 2', '!!bool true', '!!js/function x', '!x 2', '&a 2', '[2]', '{a: 2}', '|-\n      2', '>\n      2\n      3',
  '2 # two', '2#two', '"\\u0032"', '"\\x32"', '@x', '`x`', '%x', 'a: b', '<<', '? x', 'max', '0', '-0', '00', '08', '99999999999999999999', '1e400', '0x', '0o8', '- ', '!', '! 2', '\t2'];

function* yamlGrid() {
  for (const key of ['instances', 'watch', 'name', 'cron_restart', 'max_memory_restart', 'kill_timeout', 'exec_mode'])
    for (const v of yamlScalars) yield ['x.yml', `apps:\n  - script: app.js\n    ${key}: ${v}\n`];
}

const jsonTexts = ['{"apps":[{"script":"app.js"}]}', "{apps:[{script:'app.js',},],}", '{/*c*/"apps":[{"script":"app.js"}]} // end\n',
  '{"apps":[{"script":"app.js"}]} // end', '\ufeff{"apps":[{"script":"app.js"}]}', '', '  \n', '# c\n{}', '{"script":"app.js"},{"script":"app.mjs","name":"b"}',
  '{"apps":[{"script":"app.js","name":"a","name":"b"}]}', '{"apps":[{"script":`app.js`,"instances":0x2}]}', '{"apps":[{"script":"app.js","instances":1+1}]}',
  '{"apps":[{"script":"app.js","name":process.env.NOPE||"d"}]}', '(() => ({"apps":[{"script":"app.js"}]}))()', 'require("./x")', 'module.exports = {}',
  '[{"script":"app.js"}]', '[]', 'null', '42', '"app.js"', 'true', 'false', '{"apps":[{"script":"app.js"}]', '{"apps":[{"script":"app.js"}]}}', '{"apps": function(){}}',
  '{"apps":[{"script":"app.js"}]};', '{"a":1}\n{"b":2}', '{"apps":[{"script":"app.js","instances":undefinedName}]}', '{"apps":[{"script":"app.js", "env":{"A":null,"B":1,"C":true,"D":{"x":[1,"2"]},"E":[1]}}]}',
  '{"apps":[{"script":"app.js","args":"a \\"b c\\""}]}', '{"apps":[{"script":"app.js"}], "apps":[{"script":"app.mjs"}]}', '{"apps":[{"script":"a\\u0070p.js"}]}', '{"apps":[{"script":"app.js"}],}',
  '{"apps":[{"script":"app.js","x":[1,,2]}]}', '{"apps":[,]}', '{"apps":[{"script":"app.js"},]}', '// lead\n{"apps":[]}', '{ get apps() { return [{script:"app.js"}]; } }', '{"apps":[{"script":"app.js"}]}\n\n\n'];

function* jsonGrid() {
  for (const t of jsonTexts) yield ['x.json', t];
}

const shapes = ['{apps:[{script:"app.js"}]}', '[{script:"app.js"}]', '{apps:{script:"app.js"}}', '{script:"app.js"}', '{pm2:{script:"app.js"}}', '{pm2:[{script:"app.js"}]}',
  '{apps:[{script:"app.js"}],pm2:[{script:"app.mjs"}]}', '{pm2:{apps:[{script:"app.js"}]}}', '{apps:{web:{script:"app.js"},api:{script:"app.mjs"}}}', '{apps:[[{script:"app.js"}]]}', '{apps:"app.js"}',
  '{apps:5}', '"app.js"', '42', 'false', '0', '""', '{}', '{Apps:[{script:"app.js"}]}', '{app:[{script:"app.js"}]}', '{processes:[{script:"app.js"}]}', '{deploy:{}}', '{apps:null}', '{apps:0}', '{apps:false,pm2:[{script:"app.js"}]}',
  '[]', '{apps:[]}', 'null', 'undefined', '[null]', '{apps:[null]}', '{apps:[undefined]}', '{apps:[{script:"app.js"},null]}', '{apps:[{script:"app.js",exec_mode:"X"},null]}', '{static:[{path:".",port:81}]}',
  '{apps:[],static:[{path:".",port:81}]}', '{apps:[],static:[{name:"s",path:"."}]}', '{apps:[],static:{path:"."}}', '{apps:[],static:"x"}', '{apps:[],static:[null]}', '{apps:[],static:0}', '() => ({apps:[{script:"app.js"}]})',
  '{apps:()=>1}', '{apps:[()=>1]}', '{apps:[5]}', '{apps:["x"]}', '{apps:[true]}', '{apps:[{}]}', '{apps:[{name:"x"}]}', '{apps:[{script:""}]}', '{apps:[{exec:"app.js"}]}', '{apps:[{exec:"app.js",name:"x"}]}', '{apps:[{cmd:"app.js"}]}',
  '{apps:[{command:"node app.js"}]}', '{apps:[{cmd:"app.js",command:"app.mjs"}]}', '{apps:[{script:"app.js",env:"x"}]}', '{apps:[{script:"app.js",env:[1]}]}', '{apps:[{script:"app.js",env:5}]}', '{apps:[{script:"app.js",env:null}]}',
  '{apps:[{script:"app.js",env_x:null}]}', '{apps:[{script:"app.js",env:process.env}]}', '{apps:[{script:"app.js",env_x:process.env}]}', '{apps:[{script:"app.js",env:process}]}', '{apps:[{script:"app.js",env:"x"},{script:"app.js",kill_timeout:"2s"}]}', '{apps:[{script:"app.js",execute_command:true,instances:2}]}', '{apps:[{script:"app.js",execute_command:1}]}',
  '{apps:[{script:"app.js",time:true,log_date_format:"X"}]}', '{apps:[{script:"app.js",automation:false}]}', '{apps:[{script:"app.js",disable_trace:true,trace:true}]}', '{apps:[{script:"a.b.c.js"}]}', '{apps:[{script:"./dir/../app.js"}]}', '{apps:[{script:"text"}]}',
  '{apps:[{script:"app.js",name:5}]}', '{apps:[{script:"app.js",name:""}]}', '{apps:[{script:"app.js",name:0}]}', '{apps:[{script:5}]}', '{apps:[{script:5,name:"n"}]}', '{apps:[{script:["app.js"],name:"n"}]}', '{apps:[{script:{},name:"n"}]}', '{apps:[{script:true}]}'];

function* shapeGrid() {
  for (const s of shapes) yield ['x.config.js', `module.exports = ${s};\n`];
  const body = '[{ script: "app.js", name: "x" }]';
  yield ['x.config.js', `exports.apps = ${body};\n`];
  yield ['x.config.js', `module.exports.apps = ${body};\n`];
  yield ['x.config.js', `exports.default = { apps: ${body} };\n`];
  yield ['x.config.js', ''];
  yield ['x.config.js', 'throw new Error("x");\n'];
  yield ['x.config.js', `{"apps": ${body}}\n`];
  yield ['x.config.js', `export default { apps: ${body} };\n`];
  yield ['x.config.js', `export const apps = ${body};\n`];
  yield ['x.config.js', `await 1;\nexport const apps = ${body};\n`];
  yield ['x.config.mjs', `export default { apps: ${body} };\n`];
  yield ['x.config.mjs', `export const apps = ${body};\n`];
  yield ['x.config.mjs', `export const apps = ${body};\nexport default { apps };\n`];
  yield ['x.config.mjs', `module.exports = { apps: ${body} };\n`];
  yield ['x.config.mjs', `await 1;\nexport const apps = ${body};\n`];
  yield ['x.config.cjs', `module.exports = { apps: ${body} };\n`];
  yield ['x.config.cjs', `export const apps = ${body};\n`];
  yield ['module/x.config.js', `module.exports = { apps: ${body} };\n`];
  yield ['module/x.config.js', `export const apps = ${body};\n`];
  yield ['module/x.config.js', `export default { apps: ${body} };\n`];
  yield ['module/x.config.cjs', `module.exports = { apps: ${body} };\n`];
  yield ['commonjs/x.config.js', `export const apps = ${body};\n`];
  yield ['commonjs/x.config.js', `module.exports = { apps: ${body} };\n`];
  for (const name of ['x.json', 'x.json5', 'x.jsonc', 'x.config.json', 'x.json.bak', 'x.config.js.bak', 'x.config.jsx', 'x.config.yml', 'x.config.json.js', 'ecosystem.js',
    'config.js', 'pm2.conf.js', 'x.config.ts', 'x.toml', 'X.JSON', 'my.json.dir/server.js', 'x.yaml', '.config.js', 'x.CONFIG.JS'])
    yield [name, name.endsWith('.yml') || name.endsWith('.yaml') ? 'script: app.js\n' : `${/json/.test(name) ? '' : 'module.exports = '}{"script":"app.js"}\n`];
  for (const text of ['', '# c\n', '---\n', '~\n', '- script: app.js\n', 'apps:\n', 'apps: []\n', 'a: 1\na: 2\n', 'a: 1\n---\nb: 2\n', '\tscript: app.js\n', 'script: app.js\nenv:\n  A: *x\n'])
    yield ['x.yml', text];
}

const fields = [['0', '5', '59', '60', '*', '*/5', '/5', '*5', '**/5', ',', '1,2', '1-5', '5-1', '1-5/2', '1/2', '70/5', '*/0', '*/61', '1,*/5', '9-17,20', '?', '-1', '1-', 'a', '5*3', '', '*,5', '1//2', '1-2-3', '*/60', '00', '007', '1,'],
  ['0', '23', '24', '*/24', '*/25'], ['0', '1', '31', '32', '*', 'L', 'l', '5/10', '*/31', '*/32', 'LW'], ['0', '1', '12', '13', '*', 'jan', 'DEC', 'janfeb', '1/3', '/3', 'mar-may'], ['0', '7', '8', '*', 'sun', 'MON-FRI', 'sat,sun', '*/8', '*/9', '5#2']];

function* cronGrid() {
  const patterns = new Set(['', ' ', '0', ' 0 ', '00', '* * * *', '* * * * * * *', '  *  *   * * *  ', '@daily', '2030-01-31T04:00:00', '2030-02-30T04:00:00', '2030-01-31T04:00:00Z', '12:30', ':30',
    '2030-01-31 04:00:00', '99-01-31T04:00:00', '0 0 31 2 *', '0 0 30 2 *', '0 0 29 2 *', '0 0 31 4,6 *', '0 0 1 * 1', '*\t*\n* * *', 'TZ=UTC * * * * *']);
  for (const f of fields[0]) {
    patterns.add(`${f} * * * *`);
    patterns.add(`${f} 0 * * * *`);
  }
  for (let i = 1; i < 5; i++) for (const f of fields[i]) {
    const five = ['0', '0', '*', '*', '*'];
    five[i] = f;
    patterns.add(five.join(' '));
    patterns.add('*/5 ' + five.join(' '));
  }
  for (const p of patterns) for (const key of ['cron_restart', 'cron'])
    yield app({ script: '"app.js"', name: '"n"', [key]: JSON.stringify(p) });
  for (const v of ['5', '0', 'true', '[]', '{}', 'NaN', '["* * * * *"]']) yield app({ script: '"app.js"', name: '"n"', cron_restart: v });
}

function* envGrid() {
  const blocks = ['', '{A:"1"}', '{A:"1",PORT:1}', '{A:null,B:undefined,C:{x:1},D:[1,"2"],E:true,F:1.5,G:""}'];
  const named = ['', '{A:"2"}', '{PORT:2,A:null,B:{x:1}}', '"xy"', '{A:undefined}'];
  const deploys = ['', '{p:{env:{A:"3",Z:"z"}}}', '{p:{}}', '{p:null}', '{q:{env:{A:"4"}}}'];
  for (const e of blocks) for (const n of named) for (const d of deploys) for (const port of ['', '3', '0', '"8"'])
    for (const env of [undefined, 'p']) {
      const text = `module.exports = { apps: [{ script: "app.js", append_env_to_name: true${e && `, env: ${e}`}${n && `, env_p: ${n}`}${port && `, port: ${port}`} }]${d && `, deploy: ${d}`} };\n`;
      yield ['x.config.js', text, { env }];
    }
}

function* numbered(group, grid) {
  for (const c of grid) yield Array.isArray(c) ? [group, ...c] : [group, 'x.config.js', c];
}

function* all(pm2) {
  yield* numbered('mode', modeGrid());
  yield* numbered('keys', keyGrid(pm2));
  yield* numbered('aliases', aliasGrid(pm2));
  yield* numbered('yaml', yamlGrid());
  yield* numbered('json', jsonGrid());
  yield* numbered('shapes', shapeGrid());
  yield* numbered('cron', cronGrid());
  yield* numbered('env', envGrid());
}

module.exports = { all, yamlScalars };
