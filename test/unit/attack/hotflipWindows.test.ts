/** The gradient step over a text that is read in windows. */
import assert from 'node:assert/strict';
import { FlipProgram } from '../../../src/interpret/attack/flip/flipProgram';
import type { FlipQuestion } from '../../../src/interpret/attack/flip/flipQuestion';
import { gradientStep, type Gradients } from '../../../src/interpret/attack/hotflip/gradientStep';
import type { Trial } from '../../../src/interpret/attack/tester';
import { unitsOf } from '../../../src/interpret/attack/units';
import { resolveAttackOptions } from '../../../src/interpret/attack/options';
import type { Model } from '../../../src/model/model';
import { windowsOf } from '../../../src/model/windows';
import { bagModel, sumOfNumbers } from '../../support/bags';
import { flip } from '../../support/flip';
import { Folders } from '../../support/models';

const worth = { one: [1], two: [2], three: [3], four: [4], five: [5], six: [6], low: [-3] };

describe('the gradient step in windows', () => {
  let folders: Folders;
  let model: Model;
  before(async () => {
    folders = new Folders();
    model = await bagModel(folders, worth, sumOfNumbers);
  });
  after(async () => {
    await model.release();
    folders.remove();
  });

  it('asks each window by its weight, and takes a unit from the one with most text around it', async () => {
    const { start, tester } = await flip(model, 'one two three four five six', { maxFlips: 1 });
    const { hand } = start.read;
    const typeIds = hand.ids.map(() => 0);
    // [CLS] one .. four [SEP] and [CLS] three .. six [SEP].
    const windows = windowsOf(
      { ids: hand.ids, typeIds, tokens: hand.tokens },
      { mode: 'windows', overlap: 2, maxTokens: 6, slides: null },
    );
    assert.equal(windows.length, 2);
    const outputs = [hand.outputs[0]!, hand.outputs[0]!];
    const trial: Trial = { ...start, read: { ...start.read, hand: { ...hand, windows, outputs } } };
    const options = resolveAttackOptions('hotflip', {});
    const units = unitsOf(trial, tester.goal, options).map(unit => ({ ...unit, filter: 0 }));
    const program = await FlipProgram.of(model);
    const asked: FlipQuestion[] = [];
    const gradients: Gradients = {
      run: (questions, frame) => {
        asked.push(...questions);
        return program.run(questions, frame);
      },
    };
    const low = model.about.tokenizer!.idOf('low')!;
    const filter = Uint8Array.from({ length: model.about.embedding.vocabulary }, (_, id) =>
      id === low ? 1 : 0,
    );
    const frame = { filters: [filter], best: 1, minCosine: null };
    const [before, runs] = [tester.queries, tester.runs];
    const [found] = await gradientStep(tester, gradients, [{ trial, units, blank: null }], frame);
    assert.deepEqual(
      asked.map(({ row }) => row),
      windows.map(({ row }) => row),
    );
    assert.deepEqual(
      found!.slopes.map(({ unit, window }) => [unit.text, window]),
      [
        ['one', 0],
        ['two', 0],
        ['three', 0],
        ['four', 1],
        ['five', 1],
        ['six', 1],
      ],
    );
    // The text's logit is the mean of the windows': half of what a word is worth, away from 'yes'.
    found!.slopes.forEach(({ norm, dot, replacements }, index) => {
      assert.ok(Math.abs(norm - 0.5) < 1e-6);
      assert.ok(Math.abs(dot + (index + 1) / 2) < 1e-6);
      assert.deepEqual(
        replacements.map(({ id }) => id),
        [low],
      );
      assert.ok(Math.abs(replacements[0]!.gain - (index + 1 + 3) / 2) < 1e-6);
    });
    assert.ok(Math.abs(found!.windows[0]!.value + (1 + 2 + 3 + 4) / 2) < 1e-6);
    assert.equal(tester.queries - before, 1);
    assert.ok(tester.runs > runs);
  });

  it('blanks every piece of the units that are asked about', async () => {
    const { start, tester } = await flip(model, 'one two three', { maxFlips: 1 });
    const options = resolveAttackOptions('hotflip', { ignore: ['two'] });
    const units = unitsOf(start, tester.goal, options).map(unit => ({ ...unit, filter: null }));
    const asked: FlipQuestion[] = [];
    const program = await FlipProgram.of(model);
    const gradients: Gradients = {
      run: (questions, frame) => {
        asked.push(...questions);
        return program.run(questions, frame);
      },
    };
    const blank = model.about.maskId!;
    await gradientStep(tester, gradients, [{ trial: start, units, blank }], {
      filters: [],
      best: 1,
      minCosine: null,
    });
    const [, , two] = start.read.hand.ids as readonly [number, number, number];
    const [first, last] = [start.read.hand.ids[0]!, start.read.hand.ids.at(-1)!];
    assert.deepEqual(asked[0]!.row.ids, [first, blank, two, blank, last]);
  });
});
