/** Every rule, and the derivative of what it emits, against finite differences. */
import assert from 'node:assert/strict';
import { flat } from '../../../src/autodiff/rule';
import { rules } from '../../../src/autodiff/rules';
import { checkDerivatives } from '../../support/finiteDifferences';
import { ruleCases } from './ruleCases';

/** Rules with test files of their own. */
const provenElsewhere = ['Scan'];

describe('autodiff rules agree with finite differences, once and twice', () => {
  const seen = new Set<string>();
  for (const [group, cases] of Object.entries(ruleCases)) {
    describe(group, () => {
      for (const test of cases) {
        it(test.name, async () => {
          for (const op of await checkDerivatives(test)) seen.add(op);
        });
      }
    });
  }

  // A suite of its own, because mocha runs the tests of a suite before its nested suites.
  describe('as a whole', () => {
    it('emit only ops that have rules themselves', function () {
      if (seen.size === 0) this.skip();
      assert.deepEqual(
        [...seen].filter(op => !rules[op]),
        [],
      );
    });

    it('have each been among the cases', function () {
      if (seen.size === 0) this.skip();
      const proven = new Set([...seen, ...provenElsewhere]);
      const untested = Object.keys(rules).filter(op => rules[op] !== flat && !proven.has(op));
      assert.deepEqual(untested, []);
    });
  });
});
