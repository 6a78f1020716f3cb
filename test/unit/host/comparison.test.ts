import assert from 'node:assert/strict';
import fc from 'fast-check';
import { agreementOf, agreementsOf } from '../../../src/host/comparison/agreement';
import { labelsOf } from '../../../src/host/comparison/askedLabels';
import { inOrder } from '../../../src/host/comparison/methodOrder';
import type { Explanation, MethodDescription, Question, TaskKind } from '../../../src/protocol';

/** One token a number, a character each; the first one is special. */
function mapOf(scores: readonly number[], signed = true) {
  const tokens = scores.map((_, start) => ({
    ...{ field: 0 as const, text: 'a', start, end: start + 1 },
    ...{ special: start === 0, unknown: false, word: start },
  }));
  return { tokens, scores, signed };
}

describe('host: agreement of maps', () => {
  it('is the correlation of ranks of what stands in the text', () => {
    // Ranks 1 2 3 4 5 and 1 2 3 5 4: 1 - 6 (1 + 1) / (5 (25 - 1)) = 0.9; the special token would turn it.
    const one = mapOf([9, 1, 2, 3, 4, 5]);
    const other = mapOf([-9, 10, 20, 30, 50, 40]);
    assert.ok(Math.abs(agreementOf(one, other)! - 0.9) < 1e-12);
  });

  it('is that of magnitudes where one map has no sign', () => {
    const one = mapOf([0, 1, -2, 3]);
    const near = (found: number | null, expected: number) => {
      assert.ok(found !== null && Math.abs(found - expected) < 1e-12, String(found));
    };
    // Ranks 2 1 3 and 1 2 3: 1 - 6 (1 + 1) / (3 (9 - 1)).
    near(agreementOf(one, mapOf([0, 1, 2, 3])), 0.5);
    near(agreementOf(one, mapOf([0, 1, 2, 3], false)), 1);
  });

  it('is undefined for constant maps and for those of other tokens', () => {
    const map = mapOf([0, 1, 2, 3]);
    assert.equal(agreementOf(map, mapOf([0, 1, 1, 1])), null);
    assert.equal(agreementOf(map, mapOf([0, 1, 2])), null);
    const { tokens } = map;
    const shifted = tokens.map(token => ({ ...token, end: token.end + 1 }));
    assert.equal(agreementOf(map, { ...map, tokens: shifted }), null);
    const elsewhere = tokens.map(token => ({ ...token, field: 1 as const }));
    assert.equal(agreementOf(map, { ...map, tokens: elsewhere }), null);
  });

  it('of all pairs is symmetric, and 1 with itself', () => {
    const numbers = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(numbers, { maxLength: 4 }), all => {
        const found = agreementsOf([...all.map(scores => mapOf(scores)), null]);
        assert.deepEqual(
          found.at(-1),
          [...all, null].map(() => null),
        );
        all.forEach(([, ...shown], i) => {
          const isConstant = new Set(shown).size === 1;
          assert.ok(isConstant ? found[i]![i] === null : Math.abs(found[i]![i]! - 1) < 1e-12);
          all.forEach((_, j) => {
            assert.equal(found[i]![j], found[j]![i]);
          });
        });
      }),
      { numRuns: 50 },
    );
  });
});

describe('host: what is asked in a comparison of labels', () => {
  type Asked = Pick<Explanation, 'prediction' | 'questions'>;
  const asked = (
    task: TaskKind,
    change: Partial<Asked['prediction']>,
    questions: Question[] = [],
  ) => labelsOf({ prediction: { task, ...change }, questions } as unknown as Explanation);

  it('is every label, the likeliest first', () => {
    const found = asked('text-classification', {
      ...{ labels: ['a', 'b', 'c'], logits: [0, 2, 1], right: [] },
    });
    assert.deepEqual(
      found.map(({ title }) => title),
      ['b', 'c', 'a'],
    );
    assert.deepEqual(found[0]?.choice, { kind: 'label', label: 'b' });
  });

  it('is twenty of many labels, the gold one among them', () => {
    const labels = Array.from({ length: 100 }, (_, i) => `label ${i}`);
    const logits = labels.map((_, i) => -i);
    const titles = (right: number[]) =>
      asked('multi-label-classification', { labels, logits, right }).map(({ title }) => title);
    assert.deepEqual(titles([]), labels.slice(0, 20));
    assert.deepEqual(titles([99]), [...labels.slice(0, 19), 'label 99']);
    assert.deepEqual(titles([3]), labels.slice(0, 20));
  });

  it('elsewhere is what can be asked, once each', () => {
    const mask = { kind: 'mask', mask: 0, token: 'good' } as const;
    const other = { ...mask, token: 'bad' } as const;
    const questions: Question[] = [
      { choice: mask, group: 'Predicted', says: 'good', possible: true },
      { choice: { kind: 'gold' }, group: 'Gold', says: 'there is none', possible: false },
      { choice: mask, group: 'Likely', says: 'good', possible: true },
      { choice: other, group: 'Likely', says: 'bad', possible: true },
    ];
    for (const task of ['fill-mask', 'token-classification', 'question-answering'] as const) {
      assert.deepEqual(asked(task, {}, questions), [
        { title: 'Predicted: good', choice: mask },
        { title: 'Likely: bad', choice: other },
      ]);
    }
  });
});

describe('host: order of compared methods', () => {
  const methods = (
    [
      ['random', 'control'],
      ['lime', 'perturbation'],
      ['rollout', 'attention'],
      ['gradient', 'gradient'],
      ['attnlrp', 'relevance'],
      ['integrated-gradients', 'gradient'],
    ] as const
  ).map(([name, family]) => ({ name, family }) as MethodDescription);
  const names = (chosen: string) => inOrder(methods, chosen).map(({ name }) => name);

  it('is that of families, the chosen one first and controls last', () => {
    const usual = ['gradient', 'integrated-gradients', 'attnlrp', 'rollout', 'lime', 'random'];
    assert.deepEqual(names('gradient'), usual);
    assert.deepEqual(names('none of them'), usual);
    assert.deepEqual(names('lime'), ['lime', ...usual.filter(name => name !== 'lime')]);
    assert.deepEqual(names('random'), usual, 'a control is no explanation to compare with');
  });
});
