/** HotFlip on the sample model against every allowed single substitution. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { apply, firstDraft, type Draft } from '../../../src/interpret/attack/draft';
import { filtersFor } from '../../../src/interpret/attack/flip/filters';
import { Vocabulary } from '../../../src/interpret/attack/flip/vocabulary';
import { goalFor } from '../../../src/interpret/attack/goals';
import { resolveAttackOptions } from '../../../src/interpret/attack/options';
import { Tester, type Trial } from '../../../src/interpret/attack/tester';
import { unitsOf } from '../../../src/interpret/attack/units';
import { attack } from '../../../src/interpret/attack/attack';
import { readText } from '../../../src/interpret/task/readText';
import type { Model } from '../../../src/model/model';
import { openModel, request } from '../../support/attackStudy';

const texts = ['The lamp is dull and weak.', 'I love this quiet phone.', 'A slow but honest film.'];

/** Margins of all texts in which one word is replaced by an allowed one; the largest first. */
async function allSubstitutions(model: Model, text: string): Promise<number[]> {
  const { tokenizer, embedding, head } = model.about;
  const options = resolveAttackOptions('hotflip', {});
  const read = await readText(model, { text }, {}, {});
  const question = { read, label: { kind: 'predicted' }, target: null, by: 1 } as const;
  const tester = new Tester(model, goalFor[head.task](question), {});
  const draft = firstDraft({ text }, null);
  const vocabulary = await Vocabulary.of(tokenizer!, embedding.vocabulary);
  const units = unitsOf({ draft, read }, tester.goal, options);
  const targets = units.map(({ text, tokens }) => ({
    id: read.hand.ids[tokens[0]!]!,
    text,
    startsWord: true,
  }));
  const { filters, filterOf } = filtersFor(vocabulary, options, targets);
  const drafts = units.flatMap(({ place, text }, index) => {
    const filter = filters[filterOf[index] ?? -1] ?? new Uint8Array();
    return [...filter.keys()].flatMap((id): Draft[] => {
      const to = filter[id] === 1 ? vocabulary.surfaceOf(id, text) : null;
      return to === null || to === text ? [] : [apply(draft, [{ ...place, edit: 'replace', to }])];
    });
  });
  const margins: number[] = [];
  for (let at = 0; at < drafts.length; at += 256) {
    const trials = await tester.ask(drafts.slice(at, at + 256));
    margins.push(...trials.map((trial: Trial | null) => trial!.margin));
  }
  return margins.sort((a, b) => b - a);
}

describe('hotflip on the sample model', function () {
  this.timeout(120_000);

  it('is among the best of all single substitutions', async () => {
    const model = await openModel(path.resolve('media', 'sample', 'model'));
    const ranks: Record<string, number[]> = { 1: [], 64: [] };
    let all = 0;
    for (const text of texts) {
      const margins = await allSubstitutions(model, text);
      all += margins.length;
      for (const candidates of [1, 64]) {
        const options = { candidates, maxFlips: 1, evenIfWrong: true };
        const { steps, original } = await attack(model, request({ text }, options));
        const { margin } = steps[0] ?? original;
        ranks[candidates]!.push(1 + margins.filter(other => other > margin + 1e-4).length);
        assert.ok(margin <= margins[0]! + 1e-4, 'nothing is better than the best there is');
      }
    }
    const count = Math.round(all / texts.length);
    console.log(
      `      rank among some ${count} substitutions: ${ranks[64]!.join(', ')} with 64 candidates verified, ${ranks[1]!.join(', ')} with one`,
    );
    // In the best hundredth, where chance would need a hundred tries for one.
    for (const rank of ranks[64]!) assert.ok(rank <= count / 100, `rank ${rank}`);
    await model.release();
  });
});
