/**
 * `npm test`: sets up what is missing, runs every stage even when one before it failed, and ends with
 * a table and one line of totals. `npm test -- unit host` runs some stages; `--grep TEXT` some tests.
 *
 * | stage       | what                                                                        |
 * | ----------- | --------------------------------------------------------------------------- |
 * | check       | types, lint, format                                                         |
 * | unit        | everything that runs without VS Code: test/unit                             |
 * | webview     | the panel in Chromium, without VS Code: test/webview                        |
 * | host        | inside the extension host of a real VS Code: test/host                      |
 * | e2e         | what a person does, in a real VS Code in Chromium: test/e2e                 |
 * | screenshots | only when asked: the stories again, pictures into media/docs               |
 *
 * A file in which a test failed is run once more: what fails twice has failed; what passes the second
 * time is counted as passed and named as unsteady, in the summary and in its last line.
 *
 * The host stage uses a VS Code server; with GLASSBOX_DESKTOP=1, and where there is a desktop and no
 * GLASSBOX_DESKTOP=0, the desktop VS Code that @vscode/test-electron downloads.
 */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { ensureChromium, ensureVulkanLoader } from './tools/chromium.mjs';
import { run, runToEnd } from './tools/command.mjs';
import { ensureDependencies } from './tools/dependencies.mjs';
import { ensureVscodeServer } from './tools/installServer.mjs';
import { repository } from './tools/places.mjs';
import { bold, green, PlainError, red, runScript, step } from './tools/print.mjs';

/**
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {readonly string[]} failures
 * @property {readonly string[]} skipped
 * @property {readonly string[]} [failedFiles]
 * @property {Readonly<Record<string, number>>} [passedByFile]
 * @property {readonly string[]} [unsteady] what failed at first and passed when its file was run again
 */

const script = (/** @type {string[]} */ ...names) => path.join(repository, ...names);
const bin = (/** @type {string} */ name) => script('node_modules', ...name.split('/'));

/** A stage that takes longer hangs; nothing in it waits that long on purpose. */
const stageLimitSeconds = 1800;

/** @type {Record<string, (resultsFile: string, grep: string) => Promise<Outcome>>} */
const stages = {
  check: () => runChecks(),
  unit: (results, grep) => runMocha('unit', results, grep, ofFolder('unit')),
  webview: (results, grep) => runMocha('webview', results, grep, ofFolder('webview')),
  host: (results, grep) => {
    const launcher = isDesktop() ? 'runDesktop.ts' : 'runServer.ts';
    const args = ['--import', 'tsx', script('test', 'host', launcher)];
    const env = grep ? { GLASSBOX_GREP: grep } : {};
    return runTwiceIfNeeded(() => runCounted('host', results, args, env));
  },
  e2e: (results, grep) => runMocha('e2e', results, grep, ofFolder('e2e')),
  screenshots: results =>
    runMocha('screenshots', results, 'Screenshots', ofFolder('e2e'), {
      GLASSBOX_DOCS: script('media', 'docs'),
    }),
};
const usual = ['check', 'unit', 'webview', 'host', 'e2e'];

function isDesktop() {
  const asked = process.env['GLASSBOX_DESKTOP'];
  return asked === undefined ? process.platform !== 'linux' : asked === '1';
}

/**
 * Mocha's options and the files of a stage.
 * @param {string} folder
 */
function ofFolder(folder) {
  const options = [
    '--no-config',
    '--node-option=import=tsx',
    '--forbid-only',
    `--timeout=${folder === 'unit' ? 60_000 : 120_000}`,
    ...(folder === 'e2e' ? ['--require', script('test', 'e2e', 'support', 'hooks.ts')] : []),
  ];
  return { options, files: [`test/${folder}/**/*.test.ts`] };
}

/** @returns {Promise<Outcome>} */
async function runChecks() {
  /** @type {Record<string, string[]>} */
  const checks = {
    'types of src, test and scripts': [bin('typescript/bin/tsc'), '-p', 'tsconfig.json'],
    'types of webview': [bin('typescript/bin/tsc'), '-p', 'webview/tsconfig.json'],
    'types of test/webview': [bin('typescript/bin/tsc'), '-p', 'test/webview/tsconfig.json'],
    'types of test/e2e': [bin('typescript/bin/tsc'), '-p', 'test/e2e/tsconfig.json'],
    'eslint finds nothing': [bin('eslint/bin/eslint.js'), '.'],
    'prettier would change nothing': [
      bin('prettier/bin/prettier.cjs'),
      '--check',
      '--log-level=warn',
      '.',
    ],
  };
  const failures = [];
  for (const [name, args] of Object.entries(checks)) {
    const { code } = await runToEnd(process.execPath, args, { limitSeconds: stageLimitSeconds });
    console.log(code === 0 ? `  ${green('ok')} ${name}` : `  ${red('failed')} ${name}`);
    if (code !== 0) failures.push(`check ${name}`);
  }
  return { passed: Object.keys(checks).length - failures.length, failures, skipped: [] };
}

/**
 * @param {string} stage @param {string} results @param {string} grep
 * @param {ReturnType<typeof ofFolder>} what @param {NodeJS.ProcessEnv} [env]
 */
function runMocha(stage, results, grep, { options, files }, env) {
  const mocha = [
    bin('mocha/bin/mocha.js'),
    '--reporter',
    script('scripts', 'tools', 'countingReporter.cjs'),
    ...options,
    ...(grep ? ['--grep', grep] : []),
  ];
  return runTwiceIfNeeded(again =>
    runCounted(stage, results, [...mocha, ...(again ?? files)], env),
  );
}

/** More files than these with failures: that is no unsteady test. */
const mostFilesAgain = 5;

/**
 * Runs a stage, and once more the files in which a test failed. What failed once only is unsteady.
 * @param {(again: readonly string[] | null) => Promise<Outcome>} runStage the second time with the files
 * @returns {Promise<Outcome>}
 */
async function runTwiceIfNeeded(runStage) {
  const first = await runStage(null);
  const { failedFiles = [], passedByFile = {} } = first;
  if (failedFiles.length === 0 || failedFiles.length > mostFilesAgain) return first;
  step(`Once more, because a test failed: ${failedFiles.length} of the files of this stage`);
  const second = await runStage(failedFiles);
  const repeated = Object.keys(second.passedByFile ?? {});
  const steady = Object.entries(passedByFile).filter(([file]) => !repeated.includes(file));
  return {
    passed: second.passed + steady.reduce((sum, [, count]) => sum + count, 0),
    failures: second.failures,
    skipped: [...new Set([...first.skipped, ...second.skipped])],
    unsteady: first.failures.filter(name => !second.failures.includes(name)),
  };
}

/**
 * Runs something that writes its counts to $GLASSBOX_RESULTS, and reads them. What ended badly
 * without a failed test, or ran no test at all, is a failure of its own.
 * @param {string} stage @param {string} results @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env] @returns {Promise<Outcome>}
 */
async function runCounted(stage, results, args, env = {}) {
  await rm(results, { force: true });
  const { code } = await runToEnd(process.execPath, args, {
    env: { ...env, GLASSBOX_RESULTS: results },
    limitSeconds: stageLimitSeconds,
  });
  /** @type {Outcome} */
  const outcome = await readFile(results, 'utf8').then(JSON.parse, () => ({
    passed: 0,
    failures: [`${stage}: it ended (exit code ${code}) before it could say what passed`],
    skipped: [],
  }));
  const failures = [...outcome.failures];
  if (code !== 0 && failures.length === 0)
    failures.push(`${stage}: it ended with exit code ${code}`);
  if (outcome.passed === 0 && failures.length === 0) failures.push(`${stage}: it ran no test`);
  return { ...outcome, failures };
}

/**
 * Installs and builds what the stages need. What cannot be had is said by the stage that misses it.
 * @param {readonly string[]} wanted
 */
async function setUp(wanted) {
  await ensureDependencies();
  step('Building Glassbox and the tests');
  await run(process.execPath, [script('scripts', 'build.mjs')]);
  const needs = (/** @type {string[]} */ ...names) => names.some(name => wanted.includes(name));
  if (needs('webview', 'host', 'e2e', 'screenshots')) await tryTo(ensureChromium);
  if (needs('unit')) await tryTo(ensureVulkanLoader);
  if (needs('e2e', 'screenshots') || (needs('host') && !isDesktop())) {
    await tryTo(ensureVscodeServer);
  }
}

/** @param {() => Promise<unknown>} action */
async function tryTo(action) {
  await action().catch(error => {
    if (!(error instanceof PlainError)) throw error;
    console.error(red(error.message));
  });
}

async function main() {
  const started = Date.now();
  const { wanted, grep } = readArguments(process.argv.slice(2));
  await setUp(wanted);
  console.log(`  set-up took ${seconds(started)} s`);

  /** @type {{ stage: string, outcome: Outcome, took: string }[]} */
  const rows = [];
  for (const stage of wanted) {
    step(bold(stage));
    const begun = Date.now();
    const results = script('out', 'results', `${stage}.json`);
    const outcome = await stages[stage]?.(results, grep);
    if (outcome) rows.push({ stage, outcome, took: seconds(begun) });
  }
  return summarise(rows, started);
}

/** @param {readonly string[]} args */
function readArguments(args) {
  const at = args.indexOf('--grep');
  const grep = at < 0 ? '' : (args[at + 1] ?? '');
  const named = at < 0 ? args : [...args.slice(0, at), ...args.slice(at + 2)];
  const unknown = named.filter(name => !(name in stages));
  if (unknown.length > 0) {
    const known = Object.keys(stages).join(', ');
    throw new PlainError(`There is no stage "${unknown.join('", "')}". The stages are: ${known}.`);
  }
  return { wanted: named.length > 0 ? named : usual, grep };
}

/** @param {number} since */
const seconds = since => ((Date.now() - since) / 1000).toFixed(0);

/**
 * Prints the table, what failed, what was skipped, and the totals as the very last line.
 * @param {readonly { stage: string, outcome: Outcome, took: string }[]} rows @param {number} started
 */
function summarise(rows, started) {
  const line = (/** @type {string} */ stage, /** @type {(string | number)[]} */ ...numbers) =>
    `  ${stage.padEnd(12)}${numbers.map(number => String(number).padStart(9)).join('')}`;
  console.log(`\n${line('stage', 'passed', 'failed', 'skipped', 'seconds')}`);
  for (const { stage, outcome, took } of rows) {
    const { passed, failures, skipped } = outcome;
    console.log(line(stage, passed, failures.length, skipped.length, took));
  }
  console.log(`${line('all', '', '', '', seconds(started))}\n`);

  const failures = rows.flatMap(({ outcome }) => outcome.failures);
  const skipped = rows.flatMap(({ outcome }) => outcome.skipped);
  for (const name of skipped) console.log(`  skipped: ${name}`);
  for (const name of failures) console.log(red(`  failed: ${name}`));
  const unsteady = rows.flatMap(({ outcome }) => outcome.unsteady ?? []);
  for (const name of unsteady) console.log(red(`  unsteady (failed, then passed): ${name}`));
  const passed = rows.reduce((sum, { outcome }) => sum + outcome.passed, 0);
  const unsteadily = unsteady.length > 0 ? `, ${unsteady.length} unsteady` : '';
  console.log(
    `${passed} passed, ${failures.length} failed, ${skipped.length} skipped${unsteadily}`,
  );
  return failures.length > 0 ? 1 : 0;
}

await runScript(main);
