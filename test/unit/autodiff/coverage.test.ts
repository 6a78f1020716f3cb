/** The operators of the standard, one by one, against what the autodiff knows of them. */
import assert from 'node:assert/strict';
import { coverageOf } from '../../../src/autodiff/coverage';
import { flat } from '../../../src/autodiff/rule';
import { rules } from '../../../src/autodiff/rules';
import { standardOperators } from './standardOperators';

describe('coverage of operators', () => {
  for (const [expected, ops] of Object.entries(standardOperators)) {
    it(`of the standard: ${ops.length} are ${expected}`, () => {
      const others = ops.filter(op => coverageOf(op) !== expected);
      assert.deepEqual(others, []);
    });
  }

  it('no operator is listed twice, and no rule is for an operator that is not listed', () => {
    const all = Object.values(standardOperators).flat();
    assert.equal(new Set(all).size, all.length);
    const unlisted = Object.keys(rules).filter(op => !op.includes('.') && !all.includes(op));
    assert.deepEqual(unlisted, []);
    assert.ok(standardOperators.rule.every(op => rules[op] && rules[op] !== flat));
  });

  it('of other domains', () => {
    assert.equal(coverageOf('FastGelu', 'com.microsoft'), 'lowered');
    assert.equal(coverageOf('BeamSearch', 'com.microsoft'), 'missing');
    assert.equal(coverageOf('Relu', 'com.example'), 'missing');
  });
});
