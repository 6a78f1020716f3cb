import assert from 'node:assert/strict';
import { outcomeOf, type Ending } from '../../../src/interpret/attack/outcome';
import { resolveAttackOptions } from '../../../src/interpret/attack/options';
import { GlassboxError } from '../../../src/protocol/messages';

const flip: Ending = {
  attack: 'hotflip',
  options: resolveAttackOptions('hotflip', {}),
  target: null,
  from: 'positive',
  to: 'negative',
  reached: true,
  verified: true,
  wordsChanged: 2,
  left: 14,
  words: 14,
  runs: 31,
  cancelled: false,
  nothingToTry: null,
};

describe('an attack ends', () => {
  it('in words: a flip, none, and one that does not survive', () => {
    assert.deepEqual(outcomeOf(flip), {
      outcome: 'flipped',
      success: true,
      says: 'flipped positive to negative with 2 of 14 words changed, 31 runs',
    });
    const failed = outcomeOf({ ...flip, reached: false, to: 'positive' });
    assert.deepEqual(failed, {
      outcome: 'failed',
      success: false,
      says: 'no flip within 5 changes, 31 runs',
    });
    const unverified = outcomeOf({ ...flip, verified: false });
    assert.equal(unverified.success, false);
    assert.equal(unverified.outcome, 'failed');
    assert.match(unverified.says, /still positive/);
  });

  it('with the smaller of both limits, the target, and singular words', () => {
    const options = resolveAttackOptions('hotflip', { maxShare: 0.1 });
    const targeted = { ...flip, options, reached: false, target: 'neutral', runs: 1 };
    assert.equal(outcomeOf(targeted).says, 'no flip to neutral within 1 change, 1 run');
    const tokens = resolveAttackOptions('hotflip', { unit: 'tokens' });
    assert.match(
      outcomeOf({ ...flip, options: tokens, wordsChanged: 1, words: 1 }).says,
      /with 1 of 1 token changed/,
    );
  });

  it('reduced only where words went, the prediction stayed and the text alone says so', () => {
    const options = resolveAttackOptions('input-reduction', {});
    const reduction: Ending = {
      ...flip,
      attack: 'input-reduction',
      options,
      reached: false,
      to: 'positive',
      wordsChanged: 11,
      left: 3,
    };
    assert.deepEqual(outcomeOf(reduction), {
      outcome: 'reduced',
      success: true,
      says: 'reduced from 14 to 3 words and still positive, 31 runs',
    });
    assert.equal(outcomeOf({ ...reduction, wordsChanged: 0 }).outcome, 'failed');
    for (const lost of [{ reached: true }, { verified: false }]) {
      assert.deepEqual(outcomeOf({ ...reduction, ...lost }), {
        outcome: 'failed',
        success: false,
        says: 'no reduction that survives: alone and tokenised anew, the text is no longer positive',
      });
    }
  });

  it('stopped or untried, and says so', () => {
    const stopped = outcomeOf({ ...flip, reached: false, cancelled: true });
    assert.equal(stopped.says, 'stopped: no flip after 2 changes, 31 runs');
    const untried = outcomeOf({ ...flip, nothingToTry: 'no word may be changed' });
    assert.deepEqual(untried, {
      outcome: 'skipped',
      success: false,
      says: 'not tried: no word may be changed',
    });
  });
});

describe('options of attacks', () => {
  it('keep what is asked, fill in the rest, and obey a preset', () => {
    const asked = resolveAttackOptions('hotflip', { beam: 7, search: 'beam' });
    assert.equal(asked.beam, 7);
    assert.equal(asked.maxFlips, 5);
    const allenNlp = resolveAttackOptions('hotflip', { preset: 'allennlp', candidates: 9 });
    assert.equal(allenNlp.candidates, 1);
    assert.equal(allenNlp.unit, 'tokens');
    assert.ok(allenNlp.ignore.includes('[CLS]'));
  });

  it('that make no sense are refused by name', () => {
    const wrong: [Parameters<typeof resolveAttackOptions>[1], RegExp][] = [
      [{ beam: 0 }, /width of the beam is 0/],
      [{ maxFlips: 1.5 }, /number of flips is 1.5/],
      [{ candidates: -1 }, /candidates/],
      [{ maxShare: 0 }, /share of words is 0/],
      [{ minCosine: 2 }, /cosine is 2/],
      [{ by: NaN }, /NaN/],
      [{ seed: -1 }, /seed is -1/],
      [{ edits: [] }, /list of edits is empty/],
      [{ search: 'depth' as 'beam' }, /search is depth; give one of greedy, beam, minimal/],
      [{ edits: ['shout' as 'delete'] }, /edit is shout/],
    ];
    for (const [options, says] of wrong) {
      assert.throws(
        () => resolveAttackOptions('hotflip', options),
        (error: unknown) =>
          error instanceof GlassboxError && error.code === 'bad-input' && says.test(error.message),
      );
    }
  });
});
