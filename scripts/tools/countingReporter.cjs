/**
 * Mocha's usual report, and in the file named by $GLASSBOX_RESULTS the counts, the failures and the files
 * that hold them, for the summary of `npm test`. CommonJS, because mocha loads reporters with require.
 */
const { mkdirSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { reporters } = require('mocha');

module.exports = class CountingReporter extends reporters.Spec {
  /** @param {import('mocha').Runner} runner @param {import('mocha').MochaOptions} options */
  constructor(runner, options) {
    super(runner, options);
    /** @type {string[]} */
    const failures = [];
    /** @type {string[]} */
    const skipped = [];
    /** @type {Set<string>} */
    const failedFiles = new Set();
    /** @type {Record<string, number>} */
    const passedByFile = {};
    runner.on('pass', ({ file = '' }) => (passedByFile[file] = (passedByFile[file] ?? 0) + 1));
    runner.on('fail', test => {
      failures.push(test.fullTitle());
      if (test.file) failedFiles.add(test.file);
    });
    runner.on('pending', test => skipped.push(test.fullTitle()));
    runner.once('end', () => {
      const file = process.env['GLASSBOX_RESULTS'];
      if (!file) return;
      mkdirSync(path.dirname(file), { recursive: true });
      // A hook that fails is no test, but it is a failure.
      const results = {
        passed: runner.stats?.passes ?? 0,
        passedByFile,
        failures,
        skipped,
        failedFiles: [...failedFiles],
      };
      writeFileSync(file, JSON.stringify(results, null, 2));
    });
  }
};
