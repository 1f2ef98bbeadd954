// sample-mutations.mjs [--dry-run] [--only WORD] [--keep DIR]: proves on the sample project that the
// program reads code and not names. Each step copies the sample, changes the copy and says what
// `clusterlint check` must answer. --dry-run makes the changes and runs nothing; --keep leaves the
// copies in DIR. CLUSTERLINT names the program.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  appsOf,
  check,
  has,
  hazardsIn,
  isQuiet,
  lacks,
  liesIn,
  louder,
  planOf,
  same,
  sameGist,
  says,
} from './sample-answers.mjs';
import { apply, CORRECTED, moveServices, writeAs, WRONG } from './sample-changes.mjs';
import { clean, lookalikes, without } from './sample-edits.mjs';
import { renameAll } from './sample-rename.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const SAMPLE = path.join(ROOT, 'tests/fixtures/sample/input');
const CHAIN = ['declared', 'written', 'reached', 'config'];

const options = { dryRun: false, only: '', keep: '' };
for (let i = 2; i < process.argv.length; i++) {
  const word = process.argv[i];
  if (word === '--dry-run') {
    options.dryRun = true;
  } else if (word === '--only') {
    options.only = process.argv[++i] ?? '';
  } else if (word === '--keep') {
    options.keep = path.resolve(process.argv[++i] ?? '.');
  } else {
    console.error('usage: sample-mutations.mjs [--dry-run] [--only WORD] [--keep DIR]');
    process.exit(2);
  }
}
const program = path.resolve(ROOT, process.env.CLUSTERLINT || 'build/clusterlint');

const LINES = fs.readFileSync(path.join(SAMPLE, WRONG), 'utf8').split('\n');

/** Lines, from 1, of an app's object in the wrong config. */
function linesOfApp(name) {
  const first = LINES.findIndex((line) => line.includes(`name: '${name}'`));
  return [first + 1, LINES.findIndex((line, i) => i > first && line === '    },') + 1];
}

function chainOfDevice(answer) {
  const errors = answer.findings.filter((finding) => finding.level === 'error');
  const [first, last] = linesOfApp('device-service');
  const full = errors.find((finding) => CHAIN.every((role) => finding.evidence.some((link) => link.role === role)));
  if (!full) {
    return [`no error with the chain ${CHAIN.join(', ')}`];
  }
  const at = (role) => full.evidence.filter((link) => link.role === role).map((link) => link.at);
  const manager = 'backend/device-service/src/port-manager/port-manager.service.ts';
  const complaints = errors
    .filter((finding) => finding.app !== 'device-service')
    .map((finding) => `error for ${finding.app}: ${finding.rule}`);
  for (const role of ['declared', 'written']) {
    if (!at(role).some((place) => liesIn(place, manager))) {
      complaints.push(`nothing is ${role} in ${manager}`);
    }
  }
  if (!at('config').some((place) => liesIn(place, WRONG) && place.line >= first && place.line <= last)) {
    complaints.push(`the config link is not in lines ${first} to ${last} of ${WRONG}`);
  }
  return complaints;
}

function verdicts(answer) {
  return [
    ...says(answer, 'api-gateway', 'cluster-safe', 'cluster', 4),
    ...says(answer, 'user-service', 'cluster-safe', 'cluster', 2),
    ...says(answer, 'device-service', 'fork-only', 'fork', 1),
    ...says(answer, 'app-service', 'fork-recommended', 'fork', 1),
    ...says(answer, 'billing-service', 'fork-only', 'fork', 1),
    ...says(answer, 'notification-service', 'fork-only', 'fork', 1),
    ...has(answer, 'app-service', ['local-file'], 'contained'),
    ...has(answer, 'billing-service', ['schedule'], 'contained'),
    ...has(answer, 'billing-service', ['race']),
    ...has(answer, 'notification-service', ['socket'], 'contained'),
  ];
}

const processes = (answer, before, after) => [
  ...same('processes before', planOf(answer).processes_before, before),
  ...same('processes after', planOf(answer).processes_after, after),
];

// the answer on the sample as it stands, which the first step gives
let base = null;

const steps = [
  {
    name: 'wrong config: device-service must not run twice',
    expect: (answer) => {
      base = answer;
      return [
        ...same('exit status', answer.status, 1),
        ...has(answer, 'device-service', ['memory-state'], 'active'),
        ...chainOfDevice(answer),
      ];
    },
  },
  {
    name: 'wrong config: verdicts and plan',
    expect: (answer) => [
      ...verdicts(answer),
      ...processes(answer, 11, 10),
      ...appsOf(answer).flatMap((app) => (app.name === 'device-service' ? [] : isQuiet(answer, app.name))),
    ],
  },
  {
    name: 'corrected config: nothing louder than a note',
    config: CORRECTED,
    expect: (answer) => [
      ...same('exit status', answer.status, 0),
      ...verdicts(answer),
      ...processes(answer, 10, 10),
      ...has(answer, 'device-service', ['memory-state'], 'contained'),
      ...answer.findings.filter((f) => louder(f, 'note')).map((f) => `${f.level} ${f.app}: ${f.message}`),
    ],
  },
  {
    name: 'removed: ports in memory',
    edits: without.portSets,
    expect: (answer) => [
      ...same('exit status', answer.status, 0),
      ...says(answer, 'device-service', 'cluster-safe', 'cluster', 2),
      ...processes(answer, 11, 11),
    ],
  },
  {
    name: 'removed: upload that is unlinked on success only',
    edits: without.uploadOnSuccess,
    expect: (answer) => [
      ...same('exit status', answer.status, 1),
      ...says(answer, 'app-service', 'cluster-safe', 'cluster', 2),
      ...lacks(answer, 'app-service', ['local-file']),
    ],
  },
  {
    name: 'removed: cron decorator, the race stays',
    edits: without.cron,
    expect: (answer) => [
      ...says(answer, 'billing-service', 'fork-recommended', 'fork', 1),
      ...lacks(answer, 'billing-service', ['schedule']),
      ...has(answer, 'billing-service', ['race']),
    ],
  },
  {
    name: 'removed: the module that starts crons',
    edits: without.scheduleModule,
    expect: (answer) => [
      ...says(answer, 'billing-service', 'fork-recommended', 'fork', 1),
      ...lacks(answer, 'billing-service', ['schedule']),
    ],
  },
  {
    name: 'removed: load, set, save of an order and its number, the cron stays',
    edits: [...without.race, ...without.orderNumber],
    expect: (answer) => [
      ...says(answer, 'billing-service', 'fork-only', 'fork', 1),
      ...has(answer, 'billing-service', ['schedule'], 'contained'),
      ...lacks(answer, 'billing-service', ['race']),
    ],
  },
  {
    name: 'removed: all of billing',
    edits: clean.billing,
    expect: (answer) => says(answer, 'billing-service', 'cluster-safe', 'cluster', 2),
  },
  {
    name: 'removed: socket map, but no adapter comes in its place',
    edits: without.socketMap,
    expect: (answer) => [
      ...says(answer, 'notification-service', 'fork-only', 'fork', 1),
      ...has(answer, 'notification-service', ['socket'], 'contained'),
    ],
  },
  {
    name: 'removed: socket map, rooms and a Redis adapter instead',
    edits: clean.notification,
    expect: (answer) => [
      ...says(answer, 'notification-service', 'cluster-safe', 'cluster', 2),
      ...lacks(answer, 'notification-service', ['socket']),
    ],
  },
  {
    name: 'removed: every hazard at once',
    edits: Object.values(clean).flat(),
    expect: (answer) => [
      ...same('exit status', answer.status, 0),
      ...appsOf(answer).flatMap((app) => says(answer, app.name, 'cluster-safe', 'cluster')),
    ],
  },
  {
    name: 'renamed: identifiers, files, folders, packages, apps',
    change: renameAll,
    expect: (answer, renaming) => {
      const old = new Map(appsOf(base).map((app) => [renaming.app(app.name), app.name]));
      return sameGist(answer, base, (name) => old.get(name) ?? name);
    },
  },
  {
    name: 'renamed: with the corrected config',
    config: CORRECTED,
    change: renameAll,
    expect: (answer) => [...same('exit status', answer.status, 0), ...processes(answer, 10, 10)],
  },
  {
    name: 'moved: services and library lie elsewhere',
    change: moveServices,
    expect: (answer) => sameGist(answer, base),
  },
  ...['ecosystem.json', 'ecosystem.config.yml'].map((name) => ({
    name: `config as ${name}`,
    config: name,
    change: (dir) => writeAs(dir, name),
    expect: (answer) => sameGist(answer, base),
  })),
  ...lookalikes.flatMap((twin) => [
    {
      name: `look-alike before: ${twin.name}`,
      edits: twin.first,
      expect: (answer) => [
        ...hazardsIn(answer, twin.app, twin.families, [twin.file]).map((h) => `${h.rule}: ${h.message}`),
        ...says(answer, twin.app, 'cluster-safe', 'cluster'),
      ],
    },
    {
      name: `look-alike after: ${twin.name}`,
      edits: [...twin.first, twin.edit],
      expect: (answer) => [
        ...says(answer, twin.app, twin.verdicts),
        ...(hazardsIn(answer, twin.app, twin.families, [twin.file, twin.also]).length === 0
          ? [`${twin.app}: no ${twin.families.join(' or ')} hazard in ${twin.file}`]
          : []),
      ],
    },
  ]),
];

function run(step, number, place) {
  const dir = path.join(place, String(number));
  fs.cpSync(SAMPLE, dir, { recursive: true });
  try {
    for (const edit of step.edits ?? []) {
      apply(dir, edit);
    }
    const changed = step.change?.(dir);
    if (!fs.existsSync(path.join(dir, step.config ?? WRONG))) {
      return [`no ${step.config ?? WRONG} after the change`];
    }
    return options.dryRun ? [] : step.expect(check(program, dir, step.config ?? WRONG), changed);
  } catch (error) {
    return [error.message];
  } finally {
    if (!options.keep) {
      fs.rmSync(dir, { recursive: true });
    }
  }
}

if (!options.dryRun && !fs.existsSync(program)) {
  console.error(`${program} is not there: make it first`);
  process.exit(2);
}
const place = options.keep || fs.mkdtempSync(path.join(os.tmpdir(), 'clusterlint-sample-'));
let passed = 0;
let failed = 0;
steps.forEach((step, number) => {
  // the first step is what later ones are compared with
  const wanted = step.name.includes(options.only);
  if (!wanted && (number !== 0 || options.dryRun)) {
    return;
  }
  const complaints = run(step, number, place);
  if (!wanted) {
    return;
  }
  console.log(`${complaints.length === 0 ? 'ok  ' : 'FAIL'} ${step.name}`);
  complaints.slice(0, 20).forEach((complaint) => console.log(`     ${complaint}`));
  passed += complaints.length === 0 ? 1 : 0;
  failed += complaints.length === 0 ? 0 : 1;
});
if (!options.keep) {
  fs.rmSync(place, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
