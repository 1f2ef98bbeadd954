// Asks clusterlint about a copy of the sample and compares its answer with what is wanted. The
// functions that compare answer a list of complaints, empty where all is well.
import { spawnSync } from 'node:child_process';

/** The JSON document of `check` in dir, with the exit status beside it. */
export function check(program, dir, config) {
  const args = ['check', '--cpus', '4', '--memory', '16G', '--format', 'json', config];
  const run = spawnSync(program, args, {
    cwd: dir,
    encoding: 'utf8',
    timeout: 60000,
    maxBuffer: 64 << 20,
    env: { ...process.env, LC_ALL: 'C', NO_COLOR: '1' },
  });
  if (run.error || run.status === null) {
    throw new Error(`${program}: ${run.error?.message ?? `killed by ${run.signal}`}`);
  }
  try {
    return { status: run.status, ...JSON.parse(run.stdout) };
  } catch {
    throw new Error(`no JSON, status ${run.status}: ${(run.stderr || run.stdout).trim().slice(0, 300)}`);
  }
}

const LEVELS = ['note', 'warning', 'error'];
export const louder = (finding, level) => LEVELS.indexOf(finding.level) > LEVELS.indexOf(level);
export const appsOf = (answer) => answer.configs[0].apps;
const appOf = (answer, name) => appsOf(answer).find((app) => app.name === name);
export const planOf = (answer) => answer.configs[0].plan;
const standing = (app) => app.hazards.filter((hazard) => !['mitigated', 'suppressed'].includes(hazard.status));
export const liesIn = (place, ...files) => files.some((file) => file && `/${place?.path}`.endsWith(`/${file}`));

/**
 * What must not change when only names, places or the format of the config do. How bad a race is may
 * be told from names of money, so severities are compared only where names stay (exact).
 */
function gist(answer, exact, nameOf = (name) => name) {
  const lines = appsOf(answer).map((app) =>
    [
      nameOf(app.name),
      app.verdict,
      `${app.current.exec_mode} x${app.current.instances} -> ${app.recommended.exec_mode} x${app.recommended.instances}`,
      `risk ${app.risk} -> ${app.risk_after}`,
      standing(app).map((hazard) => `${hazard.rule}/${exact ? `${hazard.severity}/` : ''}${hazard.status}`).sort().join(' '),
    ].join(', '),
  );
  lines.push(...answer.findings.map((f) => `${f.level} ${f.rule} ${f.app ? nameOf(f.app) : '-'}`).sort());
  lines.push(`${planOf(answer).processes_before} -> ${planOf(answer).processes_after}, status ${answer.status}`);
  return lines;
}

export function same(what, got, wanted) {
  const allowed = Array.isArray(wanted) ? wanted : [wanted];
  return allowed.includes(got) ? [] : [`${what} is ${got}, wanted ${allowed.join(' or ')}`];
}

export function says(answer, name, verdict, mode, instances) {
  const app = appOf(answer, name);
  if (!app) {
    return [`no app ${name}`];
  }
  return [
    ...same(`${name}: verdict`, app.verdict, verdict),
    ...(mode ? same(`${name}: recommended exec_mode`, app.recommended.exec_mode, mode) : []),
    ...(instances ? same(`${name}: recommended instances`, app.recommended.instances, instances) : []),
  ];
}

export function hazardsIn(answer, name, families, files = []) {
  return standing(appOf(answer, name) ?? { hazards: [] }).filter(
    (hazard) =>
      families.includes(hazard.family) &&
      (files.length === 0 ||
        liesIn(hazard.at, ...files) ||
        hazard.evidence.some((link) => liesIn(link.at, ...files))),
  );
}

export function has(answer, name, families, status) {
  const found = hazardsIn(answer, name, families);
  if (found.length === 0) {
    return [`${name}: no hazard of family ${families.join(' or ')}`];
  }
  return status && !found.some((hazard) => hazard.status === status)
    ? [`${name}: ${found[0].rule} is ${found[0].status}, wanted ${status}`]
    : [];
}

export const lacks = (answer, name, families) =>
  hazardsIn(answer, name, families).map((hazard) => `${name}: ${hazard.rule} is still there: ${hazard.message}`);

export function isQuiet(answer, name) {
  return answer.findings
    .filter((finding) => finding.app === name && louder(finding, 'note'))
    .map((finding) => `${name}: ${finding.level} ${finding.rule}: ${finding.message}`);
}

/** nameOf turns the names of renamed apps back; without it nothing was renamed. */
export function sameGist(answer, base, nameOf) {
  const got = gist(answer, !nameOf, nameOf).sort();
  const wanted = gist(base, !nameOf).sort();
  return [
    ...wanted.filter((line) => !got.includes(line)).map((line) => `lost: ${line}`),
    ...got.filter((line) => !wanted.includes(line)).map((line) => `new: ${line}`),
  ];
}
