/** The summary of many attacks, against counts made by hand and by brute force. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { summarise, type CountedRow } from '../../../src/batch/summary';
import type { AttackTableRow } from '../../../src/protocol/attackTable';

function rowWith(given: Partial<AttackTableRow>, correct: boolean | null = null): CountedRow {
  const row: AttackTableRow = {
    line: 1,
    original: '',
    attacked: '',
    outcome: 'failed',
    says: '',
    success: false,
    before: 'positive',
    after: 'positive',
    gold: correct === null ? null : correct ? 'positive' : 'negative',
    wordsChanged: 0,
    words: 10,
    queries: 0,
    ...given,
  };
  return { row, correct, verified: true };
}

const flipped = (wordsChanged: number, words: number, queries: number) => ({
  ...({ outcome: 'flipped', success: true, after: 'negative' } as const),
  ...{ wordsChanged, words, queries },
});

describe('batch: summary', () => {
  it('of nothing yet', () => {
    assert.deepEqual(summarise([], 5), {
      total: 5,
      done: 0,
      succeeded: 0,
      failed: 0,
      skipped: 0,
      errors: 0,
      successRate: null,
      meanShareChanged: null,
      meanWordsChanged: null,
      meanQueries: null,
      accuracyBefore: null,
      accuracyAfter: null,
    });
  });

  it('counts by hand', () => {
    const rows = [
      rowWith(flipped(1, 4, 10), true),
      rowWith(flipped(3, 6, 20), true),
      rowWith({ queries: 60, wordsChanged: 5 }, true),
      rowWith({ outcome: 'skipped', queries: 1 }, false),
      rowWith({ outcome: 'error', before: '', after: '' }),
      // Wrong before; changed into what is gold.
      rowWith(flipped(1, 2, 30), false),
      // Right and wrong cannot be said, of a regression.
      rowWith(flipped(1, 4, 30), null),
    ];
    assert.deepEqual(summarise(rows, 9), {
      total: 9,
      done: 7,
      succeeded: 4,
      failed: 1,
      skipped: 1,
      errors: 1,
      successRate: 4 / 5,
      meanShareChanged: (1 / 4 + 1 / 2 + 1 / 2 + 1 / 4) / 4,
      meanWordsChanged: 6 / 4,
      meanQueries: 150 / 5,
      accuracyBefore: 3 / 5,
      accuracyAfter: 2 / 5,
    });
  });

  it('by brute force, for any rows', () => {
    const label = fc.constantFrom('a', 'b', 'c');
    const outcome = fc.constantFrom('flipped', 'reduced', 'failed', 'skipped', 'error' as const);
    const counts = { wordsChanged: fc.nat(5), words: fc.nat(9), queries: fc.nat(99) };
    const part = fc.record({ outcome, before: label, after: label, gold: label, ...counts });
    fc.assert(
      fc.property(fc.array(part), parts => {
        const rows = parts.map(given => {
          const success = given.outcome === 'flipped' || given.outcome === 'reduced';
          return rowWith({ ...given, success }, given.before === given.gold);
        });
        const all = rows.map(({ row }) => row);
        const mean = (values: number[]) =>
          values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;
        const tried = all.filter(({ outcome }) => outcome !== 'skipped' && outcome !== 'error');
        const won = tried.filter(({ success }) => success);
        const told = all.filter(({ outcome }) => outcome !== 'error');
        const told1 = summarise(rows, all.length);
        assert.deepEqual(
          [told1.successRate, told1.meanQueries, told1.meanWordsChanged],
          [
            mean(tried.map(({ success }) => Number(success))),
            mean(tried.map(({ queries }) => queries)),
            mean(won.map(({ wordsChanged }) => wordsChanged)),
          ],
        );
        assert.deepEqual(
          [told1.accuracyBefore, told1.accuracyAfter],
          [
            mean(told.map(({ before, gold }) => Number(before === gold))),
            mean(told.map(({ after, gold }) => Number(after === gold))),
          ],
        );
        const { succeeded, failed, skipped, errors, done } = told1;
        assert.equal(succeeded + failed + skipped + errors, done);
      }),
    );
  });
});
