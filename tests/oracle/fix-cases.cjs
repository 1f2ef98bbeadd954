'use strict';
// Configs of every shape found in the wild, each with what its apps may become. APP stands for the
// properties that a variant gives to one app; the shapes say how the text around them is written.

// properties: [exec_mode, instances] as JavaScript text, null where absent
const counts = [
  [null, null], [null, '4'], [null, "'max'"], ["'cluster'", "'max'"], ["'cluster'", '4'], ["'cluster'", "'2'"], ["'cluster'", '0'],
  ["'cluster'", '-1'], ["'cluster_mode'", '3'], ["'cluster'", null], ["'cluster'", '1'], ["'fork'", '1'], ["'fork'", '3'], ["'fork_mode'", null], [null, '1'],
];
const dynamic = [
  ["'cluster'", "isProd ? 'max' : 1"], ["isProd ? 'cluster' : 'fork'", 'isProd ? 4 : 1'], ["'cluster'", 'isProd ? 4 : 2'],
  ["'cluster'", 'Number(process.env.WORKERS) || 2'], ["'cluster'", 'process.env.WORKERS || 4'], ["isProd ? 'cluster' : 'fork'", 'isProd ? 4 : 1'],
  [null, "isProd ? 'max' : 1"], ["'cluster'", "process.env.NODE_ENV !== 'production' ? 1 : 'max'"], ["'cluster'", "require('os').cpus().length"],
  ["'cluster'", "isProd ? 4 : (process.env.CI ? 2 : 1)"], ["'cluster'", 'isProd && 4 || 1'], ["'cluster'", 'WORKERS'], ['MODE', 'WORKERS'],
];
const props = ([mode, n], order) => {
  const list = [];
  if (mode) list.push(`exec_mode: ${mode}`);
  if (n) list.push(`instances: ${n}`);
  return order ? list.reverse() : list;
};

const head = "const isProd = process.env.NODE_ENV === 'production';\nconst WORKERS = 3;\nconst MODE = 'cluster';\n";
const other = "{ name: 'other', script: 'static.js', exec_mode: 'fork', instances: 1 }";

// name, file, (script, [properties]) => text
const js = {
  'several lines, comma': (s, p) => `module.exports = {\n  apps: [\n    {\n      name: 'api',\n      script: '${s}',\n${p.map(x => `      ${x},\n`).join('')}    },\n    ${other},\n  ],\n};\n`,
  'several lines, no comma': (s, p) => `module.exports = {\n  apps: [{\n    name: 'api',\n    script: '${s}'${p.map(x => `,\n    ${x}`).join('')}\n  }, ${other}]\n}\n`,
  'one line': (s, p) => `module.exports = { apps: [{ ${[`name: 'api'`, `script: '${s}'`, ...p].join(', ')} }, ${other}] };\n`,
  'one line, comma, tight': (s, p) => `module.exports={apps:[{${[`name:'api'`, `script:'${s}'`, ...p].join(',')},},${other}]};\n`,
  'comment after the last property': (s, p) => `module.exports = {\n  apps: [\n    {\n      // the API, see 'docs'\n      name: 'api', // its name, {really}\n${p.map(x => `      ${x}, // counted\n`).join('')}      script: '${s}' // instances: 9, exec_mode: 'x'\n      /* nothing, more */\n    },\n    ${other},\n  ],\n};\n`,
  'comment, comma': (s, p) => `module.exports = {\n  apps: [\n    {\n      name: 'api', /* a, b */\n${p.map(x => `      ${x}, /* counted */\n`).join('')}      script: '${s}', /* ok */ // more\n      // instances: 4,\n    },\n    ${other},\n  ],\n};\n`,
  'comma on a line of its own': (s, p) => `module.exports = {\n  apps: [\n    {\n        name: 'api'\n      , script: '${s}'\n${p.map(x => `      , ${x}\n`).join('')}    },\n    ${other},\n  ],\n};\n`,
  'double quotes, quoted keys': (s, p) => `module.exports = {\n  "apps": [\n    {\n      "name": "api",\n${p.map(x => `      ${x.replace(/^(\w+)/, '"$1"')},\n`).join('')}      "script": "${s}"\n    },\n    ${other}\n  ]\n};\n`,
  'tabs': (s, p) => `module.exports = {\n\tapps: [\n\t\t{\n\t\t\tname: 'api',\n\t\t\tscript: '${s}',\n${p.map(x => `\t\t\t${x},\n`).join('')}\t\t\tenv: {\n\t\t\t\tA: 'b',\n\t\t\t},\n\t\t},\n\t\t${other},\n\t],\n};\n`,
  'env last, no comma': (s, p) => `module.exports = {\n  apps: [\n    {\n      name: 'api',\n      script: '${s}',\n${p.map(x => `      ${x},\n`).join('')}      env: {\n        A: 'b'\n      }\n    },\n    ${other},\n  ],\n};\n`,
  'array constant': (s, p) => `const apps = [\n  {\n    name: 'api',\n    script: '${s}',\n${p.map(x => `    ${x},\n`).join('')}  },\n  ${other},\n];\nmodule.exports = { apps };\n`,
  'object constant': (s, p) => `const api = {\n  name: 'api',\n  script: '${s}',\n${p.map(x => `  ${x},\n`).join('')}};\nmodule.exports = { apps: [api, ${other}] };\n`,
  'exports.apps': (s, p) => `exports.apps = [\n  {\n    name: 'api',\n    script: '${s}',\n${p.map(x => `    ${x},\n`).join('')}  },\n  ${other},\n];\n`,
  'spread before': (s, p) => `const base = { ${[`max_memory_restart: '300M'`, ...p].join(', ')} };\nmodule.exports = {\n  apps: [\n    {\n      ...base,\n      name: 'api',\n      script: '${s}',\n    },\n    { ...base, name: 'other', script: 'static.js', exec_mode: 'fork', instances: 1 },\n  ],\n};\n`,
  'spread behind': (s, p) => `const base = { ${[`max_memory_restart: '300M'`, ...p].join(', ')} };\nmodule.exports = {\n  apps: [\n    { name: 'api', script: '${s}', ...base },\n    ${other},\n  ],\n};\n`,
  'spread behind, lines': (s, p) => `const base = {\n  max_memory_restart: '300M',\n${p.map(x => `  ${x},\n`).join('')}};\nmodule.exports = {\n  apps: [\n    {\n      name: 'api',\n      script: '${s}',\n      ...base // shared\n    },\n    ${other},\n  ],\n};\n`,
  'spread and own': (s, p) => `const base = { instances: 4, exec_mode: 'cluster' };\nmodule.exports = {\n  apps: [\n    { ...base, ${[`name: 'api'`, `script: '${s}'`, ...p].join(', ')} },\n    ${other},\n  ],\n};\n`,
  'shared by two': (s, p) => `const shared = { ${[`max_memory_restart: '300M'`, ...p].join(', ')} };\nmodule.exports = {\n  apps: [\n    Object.assign({}, shared, { name: 'api', script: '${s}' }),\n    ${other},\n  ],\n};\n`,
  'deploy section': (s, p) => `module.exports = {\n  apps: [{\n    name: 'api',\n    script: '${s}',\n${p.map(x => `    ${x},\n`).join('')}  }, ${other}],\n\n  deploy: {\n    production: { user: 'node', host: '10.0.0.1', ref: 'origin/main', repo: 'git@example.org:a.git', path: '/srv' },\n  },\n};\n`,
  'env blocks': (s, p) => `module.exports = {\n  apps: [\n    {\n      name: 'api',\n      script: '${s}',\n${p.map(x => `      ${x},\n`).join('')}      env: { PORT: 3000 },\n      env_production: { NODE_ENV: 'production' },\n    },\n    ${other},\n  ],\n};\n`,
  'map': (s, p) => `module.exports = {\n  apps: ['api'].map(name => ({ ${[`name`, `script: '${s}'`, ...p].join(', ')} })).concat([${other}]),\n};\n`,
  'map over two': (s, p) => `module.exports = {\n  apps: [['api', '${s}'], ['other', 'static.js']].map(([name, script]) => ({\n    name,\n    script,\n${p.map(x => `    ${x},\n`).join('')}  })),\n};\n`,
  'function': (s, p) => `const app = (name, script) => ({ ${[`name`, `script`, ...p].join(', ')} });\nmodule.exports = { apps: [app('api', '${s}'), ${other}] };\n`,
  'chinese': (s, p) => `// 服务 🚀\nmodule.exports = {\n  apps: [\n    {\n      name: 'api', // 接口\n      script: '${s}', // 入口\n${p.map(x => `      ${x}, // 数量\n`).join('')}      env: { 标题: '值' } // 末尾\n    },\n    ${other},\n  ],\n};\n`,
  'empty lines': (s, p) => `module.exports = {\n  apps: [\n    {\n\n      name: 'api',\n\n      script: '${s}',\n\n${p.map(x => `      ${x},\n\n`).join('')}    },\n\n    ${other},\n\n  ],\n};\n`,
};
const special = {
  'shorthand': s => `const instances = 4;\nconst exec_mode = 'cluster';\nmodule.exports = {\n  apps: [\n    { name: 'api', script: '${s}', instances, exec_mode },\n    { name: 'other', script: 'static.js', instances: 1, exec_mode: 'fork' },\n  ],\n};\n`,
  'shorthand, lines': s => `const instances = process.env.NODE_ENV === 'production' ? 'max' : 1;\nmodule.exports = {\n  apps: [\n    {\n      name: 'api',\n      script: '${s}',\n      exec_mode: 'cluster',\n      instances,\n    },\n    ${other},\n  ],\n};\n`,
  'shared constant': s => `const INSTANCES = 'max';\nmodule.exports = {\n  apps: [\n    { name: 'api', script: '${s}', exec_mode: 'cluster', instances: INSTANCES },\n    { name: 'other', script: 'static.js', exec_mode: 'cluster', instances: INSTANCES },\n  ],\n};\n`,
  'camelCase': s => `module.exports = {\n  apps: [\n    { name: 'api', script: '${s}', execMode: 'cluster', instances: 4 },\n    ${other},\n  ],\n};\n`,
  'conditional spread': s => `const isProd = process.env.NODE_ENV === 'production';\nmodule.exports = {\n  apps: [\n    { name: 'api', script: '${s}', ...(isProd ? { instances: 4, exec_mode: 'cluster' } : {}) },\n    ${other},\n  ],\n};\n`,
  'if statement': s => `let instances = 1;\nif (process.env.NODE_ENV === 'production') instances = 4;\nmodule.exports = { apps: [{ name: 'api', script: '${s}', exec_mode: 'cluster', instances: instances }, ${other}] };\n`,
  'assigned later': s => `const config = { apps: [{ name: 'api', script: '${s}' }, ${other}] };\nconfig.apps[0].instances = 4;\nconfig.apps[0].exec_mode = 'cluster';\nmodule.exports = config;\n`,
  'pushed': s => `const apps = [${other}];\napps.unshift({ name: 'api', script: '${s}', instances: 4 });\nmodule.exports = { apps };\n`,
  'computed key': s => `const KEY = 'instances';\nmodule.exports = { apps: [{ name: 'api', script: '${s}', [KEY]: 4 }, ${other}] };\n`,
  'duplicate key': s => `module.exports = { apps: [{ name: 'api', script: '${s}', instances: 2, exec_mode: 'cluster', instances: 4 }, ${other}] };\n`,
  'template and number forms': s => `module.exports = { apps: [{ name: 'api', script: '${s}', instances: 0x4, exec_mode: \`cluster\` }, ${other}] };\n`,
  'parentheses': s => `module.exports = { apps: [{ name: 'api', script: '${s}', instances: (4), exec_mode: ('cluster') }, ${other}] };\n`,
  'function with the number': s => `const app = (name, script, instances) => ({ name, script, exec_mode: 'cluster', instances });\nmodule.exports = { apps: [app('api', '${s}', 4), app('other', 'static.js', 2)] };\n`,
  'function with options': s => `function app(name, script, options) {\n  return Object.assign({ name, script, max_memory_restart: '300M' }, options);\n}\nmodule.exports = {\n  apps: [\n    app('api', '${s}', { instances: 4, exec_mode: 'cluster' }),\n    app('other', 'static.js', { instances: 1, exec_mode: 'fork' }),\n  ],\n};\n`,
  'function with options, spread': s => `const app = ({ name, ...rest }) => ({ name, cwd: __dirname, ...rest });\nmodule.exports = {\n  apps: [\n    app({ name: 'api', script: '${s}', instances: 4, exec_mode: 'cluster' }),\n    app({ name: 'other', script: 'static.js', instances: 1, exec_mode: 'fork' }),\n  ],\n};\n`,
  'function with defaults': s => `const app = (name, script, { instances = 2, exec_mode = 'cluster' } = {}) => ({\n  name,\n  script,\n  instances,\n  exec_mode,\n});\nmodule.exports = { apps: [app('api', '${s}'), app('other', 'static.js', { instances: 1, exec_mode: 'fork' })] };\n`,
  'map of objects': s => `const services = [\n  { name: 'api', script: '${s}', instances: 4 },\n  { name: 'other', script: 'static.js', instances: 2 },\n];\nmodule.exports = {\n  apps: services.map((service) => ({ exec_mode: 'cluster', ...service })),\n};\n`,
  'map of objects, mode behind': s => `module.exports = {\n  apps: [{ name: 'api', script: '${s}', instances: 4 }, { name: 'other', script: 'static.js', instances: 2 }]\n    .map((service) => ({ ...service, exec_mode: 'cluster' })),\n};\n`,
  'entries of an object': s => `const scripts = { api: { script: '${s}', instances: 4 }, other: { script: 'static.js', instances: 2 } };\nmodule.exports = {\n  apps: Object.entries(scripts).map(([name, rest]) => ({ name, exec_mode: 'cluster', ...rest })),\n};\n`,
  'loop that pushes': s => `const apps = [];\nfor (const [name, script, instances] of [['api', '${s}', 4], ['other', 'static.js', 2]]) {\n  apps.push({ name, script, instances, exec_mode: 'cluster' });\n}\nmodule.exports = { apps };\n`,
  'reduce': s => `module.exports = {\n  apps: ['api', 'other'].reduce((list, name) => list.concat({ name, script: name === 'api' ? '${s}' : 'static.js', instances: 2 }), []),\n};\n`,
  'member of a table': s => `const table = { api: 4, other: 1 };\nmodule.exports = { apps: [{ name: 'api', script: '${s}', exec_mode: 'cluster', instances: table.api }, ${other}] };\n`,
  'member shared by two': s => `const cfg = { scale: { instances: 4, exec_mode: 'cluster' } };\nmodule.exports = {\n  apps: [\n    { name: 'api', script: '${s}', ...cfg.scale },\n    { name: 'other', script: 'static.js', ...cfg.scale },\n  ],\n};\n`,
  'parsed from the environment': s => `module.exports = { apps: [{ name: 'api', script: '${s}', exec_mode: 'cluster', instances: parseInt(process.env.WORKERS || '4', 10) }, ${other}] };\n`,
  'nullish': s => `module.exports = { apps: [{ name: 'api', script: '${s}', exec_mode: 'cluster', instances: process.env.WORKERS ?? 'max' }, ${other}] };\n`,
  'arithmetic': s => `const cpus = require('os').cpus().length;\nmodule.exports = { apps: [{ name: 'api', script: '${s}', exec_mode: 'cluster', instances: Math.max(1, cpus - 1) }, ${other}] };\n`,
  'filtered': s => `module.exports = {\n  apps: [\n    { name: 'api', script: '${s}', instances: 'max', exec_mode: 'cluster' },\n    process.env.CI && { name: 'ci', script: 'static.js', exec_mode: 'fork', instances: 1 },\n    ${other},\n  ].filter(Boolean),\n};\n`,
  'one app or another': s => `module.exports = {\n  apps: [\n    process.env.NODE_ENV === 'production'\n      ? { name: 'api', script: '${s}', instances: 4, exec_mode: 'cluster' }\n      : { name: 'api', script: '${s}', watch: true },\n    ${other},\n  ],\n};\n`,
  'mode by if': s => `const api = { name: 'api', script: '${s}' };\nif (process.env.NODE_ENV === 'production') {\n  api.instances = 'max';\n  api.exec_mode = 'cluster';\n}\nmodule.exports = { apps: [api, ${other}] };\n`,
  'immediate function': s => `module.exports = (() => {\n  const common = { exec_mode: 'cluster' };\n  return { apps: [{ ...common, name: 'api', script: '${s}', instances: 2 }, ${other}] };\n})();\n`,
  'Object.assign to it': s => `const api = { name: 'api', script: '${s}' };\nObject.assign(api, { instances: 4, exec_mode: 'cluster' });\nmodule.exports = { apps: [api, ${other}] };\n`,
  'module.exports.apps': s => `module.exports.apps = [{ name: 'api', script: '${s}', instances: 4 }, ${other}];\n`,
  'array of the module': s => `module.exports = [{\n  name: 'api', script: '${s}', instances: 4,\n}, ${other}];\n`,
  'two properties a line': s => `module.exports = {\n  apps: [{\n    name: 'api', script: '${s}',\n    instances: 4, exec_mode: 'cluster',\n  }, ${other}],\n};\n`,
  'nothing behind the brace': s => `module.exports = { apps: [\n  { name: 'api',\n    script: '${s}',\n    instances: 4 },\n  ${other} ] };\n`,
  'value on a line of its own': s => `module.exports = {\n  apps: [\n    {\n      name: 'api',\n      script: '${s}',\n      instances:\n        4,\n      exec_mode:\n        // all of them\n        'cluster',\n    },\n    ${other},\n  ],\n};\n`,
  'comment in the value': s => `module.exports = { apps: [{ name: 'api', script: '${s}', instances: /* was 2 */ 4 /* now */, exec_mode: 'cluster' /* mode */ }, ${other}] };\n`,
  'switched off': s => `module.exports = {\n  apps: [\n    {\n      name: 'api',\n      script: '${s}',\n      // instances: 4,\n      // exec_mode: 'cluster',\n      instances: 'max',\n    },\n    // { name: 'old', script: 'old.js', instances: 4 },\n    ${other},\n  ],\n};\n`,
  'nested names': s => `module.exports = {\n  apps: [\n    { name: 'api', script: '${s}', env: { instances: '4', exec_mode: 'cluster' }, instances: 4 },\n    ${other},\n  ],\n};\n`,
};
Object.assign(special, {
  'both want, constant': s => `const INSTANCES = 'max';\nmodule.exports = {\n  apps: [\n    { name: 'api', script: '${s}', exec_mode: 'cluster', instances: INSTANCES },\n    { name: 'other', script: '${s}', exec_mode: 'cluster', instances: INSTANCES },\n  ],\n};\n`,
  'both want, spread': s => `const base = { instances: 4, exec_mode: 'cluster' };\nmodule.exports = { apps: [{ ...base, name: 'api', script: '${s}' }, { ...base, name: 'other', script: '${s}' }] };\n`,
  'both want, map': s => `module.exports = {\n  apps: ['api', 'other'].map((name) => ({\n    name,\n    script: '${s}',\n    instances: 4,\n  })),\n};\n`,
  'both want, function': s => `const app = (name, exec_mode) => ({ name, script: '${s}', exec_mode, instances: 4 });\nmodule.exports = { apps: [app('api', 'cluster'), app('other', 'cluster')] };\n`,
  'constant used in deploy': s => `const N = 4;\nmodule.exports = { apps: [{ name: 'api', script: '${s}', exec_mode: 'cluster', instances: N }, ${other}], deploy: { production: { user: 'u', host: 'h', 'post-deploy': 'pm2 scale api ' + N } } };\n`,
  'member used in deploy': s => `const sizes = { api: 4 };\nmodule.exports = { apps: [{ name: 'api', script: '${s}', exec_mode: 'cluster', instances: sizes.api }, ${other}], deploy: { production: { user: 'u', host: 'h', 'post-deploy': \`pm2 scale api \${sizes.api}\` } } };\n`,
  'constant exported too': s => `const N = 4;\nmodule.exports = { apps: [{ name: 'api', script: '${s}', exec_mode: 'cluster', instances: N }, ${other}], N };\n`,
  'constant used elsewhere': s => `const PORTS = 4;\nmodule.exports = { apps: [{ name: 'api', script: '${s}', exec_mode: 'cluster', instances: PORTS, env: { A: String(PORTS) } }, ${other}] };\n`,
});
const named = {
  'ecosystem.config.cjs': s => `module.exports = {\n  apps: [{ name: 'api', script: '${s}', instances: 4 }, ${other}],\n};\n`,
  'ecosystem.config.mjs': s => `import os from 'node:os';\n\nexport const apps = [\n  { name: 'api', script: '${s}', instances: os.cpus().length, exec_mode: 'cluster' },\n  ${other},\n];\n`,
};
const json = {
  'json': (s, p) => JSON.stringify({ apps: [{ name: 'api', script: s, ...p }, { name: 'other', script: 'static.js', exec_mode: 'fork', instances: 1 }] }, null, 2) + '\n',
  'json, no final newline': (s, p) => JSON.stringify({ apps: [{ name: 'api', script: s, ...p, env: { A: 'b' } }] }, null, 4),
  'json, one line': (s, p) => JSON.stringify({ apps: [{ name: 'api', script: s, ...p }] }),
  'json, array': (s, p) => JSON.stringify([{ name: 'api', script: s, ...p }], null, '\t') + '\n',
  'json, bare app': (s, p) => JSON.stringify({ name: 'api', script: s, ...p }, null, 2) + '\n',
  'json, comments': (s, p) => '// apps\n{\n  "apps": [\n    {\n      "name": "api", // the name\n' + Object.entries(p).map(([k, v]) => `      "${k}": ${JSON.stringify(v)}, /* n */\n`).join('') + `      "script": "${s}", // last\n    },\n  ]\n}\n`,
};
const line = (k, v) => `${k}: ${typeof v === 'string' && !/^[a-z]/.test(v) ? `'${v}'` : v}`;
const yaml = {
  'yaml': (s, p) => `# services\napps:\n  - name: api\n    script: ${s}\n${Object.entries(p).map(([k, v]) => `    ${line(k, v)} # n\n`).join('')}  - name: other\n    script: static.js\n    exec_mode: fork\n    instances: 1\n`,
  'yaml, script first': (s, p) => `apps:\n- script: ${s} # entry\n  name: api\n${Object.entries(p).map(([k, v]) => `  ${line(k, v)}\n`).join('')}  env:\n    A: b\n- {name: other, script: static.js, exec_mode: fork, instances: 1}\n`,
  'yaml, flow': (s, p) => `apps: [{name: api, script: ${s}${Object.entries(p).map(([k, v]) => `, ${line(k, v)}`).join('')}}]\n`,
  'yaml, flow, lines': (s, p) => `apps: [\n  {\n    name: api,\n    script: ${s}${Object.entries(p).map(([k, v]) => `,\n    ${line(k, v)}`).join('')}\n  }\n]\n`,
  'yaml, dash alone, no final newline': (s, p) => `---\napps:\n  -\n    name: "api"\n${Object.entries(p).map(([k, v]) => `    ${line(k, v)}\n`).join('')}    script: ${s}`,
  'yaml, env last': (s, p) => `apps:\n  - name: api\n${Object.entries(p).map(([k, v]) => `    ${line(k, v)}\n`).join('')}    script: "${s}"\n    env:\n      A: |\n        a\n        b\n`,
};
const special_yaml = {
  'yaml, merged': s => `common: &common\n  exec_mode: cluster\n  instances: 4\napps:\n  - <<: *common\n    name: api\n    script: ${s}\n  - <<: *common\n    name: other\n    script: static.js\n`,
  'yaml, merged, own mode': s => `apps:\n  - &api\n    name: api\n    script: ${s}\n    instances: 4\n  - <<: *api\n    name: other\n    script: static.js\n    exec_mode: fork\n    instances: 1\n`,
  'yaml, shared value': s => `n: &n 4\napps:\n  - name: api\n    script: ${s}\n    instances: *n\n  - name: other\n    script: static.js\n    instances: *n\n`,
  'yaml, anchored value': s => `apps:\n  - name: api\n    script: ${s}\n    exec_mode: &mode cluster\n    instances: &n 4\n  - name: other\n    script: static.js\n    exec_mode: *mode\n    instances: *n\n`,
  'yaml, quoted keys': s => `"apps":\n  - "name": "api"\n    "script": "${s}"\n    "instances": "4"\n    "exec_mode": "cluster"\n`,
  'yaml, list for pm2': s => `- name: api\n  script: ${s}\n  instances: max\n`,
  'yaml, value on the next line': s => `apps:\n  - name: api\n    script: ${s}\n    instances:\n      4\n    exec_mode: >-\n      cluster\n`,
  'yaml, comment behind': s => `apps:\n  - name: api # the name\n    # instances: 3\n    instances: 4 # not 3: we have 8\n    script: ${s}\n# the end\n`,
};
const special_json = {
  'json, pm2 key': s => `{ "name": "x", "pm2": [{ "name": "api", "script": "${s}", "instances": 4 }] }\n`,
  'json, single quotes': s => `{ 'apps': [{ 'name': 'api', 'script': '${s}', 'instances': 'max' }] }\n`,
  'json, bare keys': s => `{\n  apps: [{\n    name: "api",\n    script: "${s}",\n    instances: 4, // all\n  }]\n}\n`,
  'json, ternary': s => `{ "apps": [{ "name": "api", "script": "${s}", "exec_mode": "cluster", "instances": process.env.NODE_ENV === "production" ? "max" : 1 }] }\n`,
};

const value = text => (text === null ? undefined : /^'/.test(text) ? text.slice(1, -1) : Number(text));
const object = ([mode, n]) => JSON.parse(JSON.stringify({ exec_mode: value(mode), instances: value(n) }));

function* all() {
  for (const script of ['store.js', 'static.js']) {
    for (const [name, make] of Object.entries(js)) {
      for (const [i, c] of counts.entries()) yield { name, script, file: 'ecosystem.config.js', text: make(script, props(c, i % 2)), counts: c };
      for (const [i, c] of dynamic.entries()) yield { name, script, file: 'ecosystem.config.js', text: head + make(script, props(c, i % 2)), counts: c };
    }
    for (const [name, make] of Object.entries(special)) yield { name, script, file: 'ecosystem.config.js', text: make(script), counts: [] };
    for (const [file, make] of Object.entries(named)) yield { name: file, script, file, text: make(script), counts: [] };
    for (const [name, make] of Object.entries(json))
      for (const c of counts) yield { name, script, file: 'pm2.json', text: make(script, object(c)), counts: c };
    for (const [name, make] of Object.entries(special_json)) yield { name, script, file: 'pm2.json', text: make(script), counts: [] };
    for (const [name, make] of Object.entries(special_yaml)) yield { name, script, file: 'pm2.yaml', text: make(script), counts: [] };
    for (const [name, make] of Object.entries(yaml))
      for (const c of counts) yield { name, script, file: 'pm2.yml', text: make(script, object(c)), counts: c };
  }
}

// the same text otherwise encoded
const encodings = {
  '': t => t,
  'CRLF': t => t.replace(/\n/g, '\r\n'),
  'BOM': t => '\ufeff' + t,
  'no final newline': t => t.replace(/\n$/, ''),
};

module.exports = { all, encodings };
