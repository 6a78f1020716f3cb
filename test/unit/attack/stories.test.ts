import assert from 'node:assert/strict';
import { attack } from '../../../src/interpret/attack/attack';
import { readers } from '../../../src/interpret/task/readers';
import { readText } from '../../../src/interpret/task/readText';
import type { Model } from '../../../src/model/model';
import type { AttackRequest } from '../../../src/protocol/attack';
import type { TextInput, TextRange } from '../../../src/protocol/task';
import { openModel } from '../../support/attackStudy';
import { kitPath } from '../../support/models';

function wordsOf(text: string): TextRange[] {
  return [...text.matchAll(/\S+/g)].map(({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }));
}

const base = {
  modelDir: '',
  device: 'cpu',
  attack: 'hotflip',
  options: {},
  target: null,
  label: { kind: 'predicted' },
} as const;

async function entitiesOf(model: Model, input: TextInput): Promise<string[]> {
  const read = await readText(model, input, {}, {});
  const { entities } = readers['token-classification'](read.hand).ask(
    { kind: 'predicted' },
    'both',
  ).prediction;
  return entities.map(({ type, range }) => `${type}: ${input.text.slice(range.start, range.end)}`);
}

describe('stories of attacks', function () {
  this.timeout(60_000);

  it('an entity is made to vanish by a word beside it', async function () {
    const model = await openModel(kitPath(this, 'models', 'ner-bert'));
    const text = 'I saw Taylor Swift in London yesterday !';
    const words = wordsOf(text);
    assert.ok((await entitiesOf(model, { text, words })).includes('LOC: London'));
    const request: AttackRequest = { ...base, text, words };
    const result = await attack(model, request);
    assert.equal(result.original.label, 'LOC: London');
    assert.equal(result.outcome, 'flipped', result.says);
    const { final } = result;
    assert.match(final.text, /London/, "the entity's own word is protected");
    const left = await entitiesOf(model, { text: final.text, words: final.words! });
    assert.ok(!left.includes('LOC: London'), left.join('; '));
    assert.equal(final.words!.length, words.length);

    const kept = await attack(model, { ...request, attack: 'input-reduction' });
    assert.equal(kept.outcome, 'reduced');
    for (const step of kept.steps) {
      const found = await entitiesOf(model, { text: step.text, words: step.words! });
      assert.ok(found.includes('LOC: London'), step.text);
    }
    await model.release();
  });

  it('an entity becomes another, and a sentence without one is skipped', async function () {
    const model = await openModel(kitPath(this, 'models', 'ner-bert'));
    const text = 'Barack Obama visited Paris last week .';
    const words = wordsOf(text);
    const label = { kind: 'span', start: 3, end: 4, label: 'LOC' } as const;
    const result = await attack(model, { ...base, text, words, label, target: 'PER' });
    assert.equal(result.outcome, 'flipped', result.says);
    const { final } = result;
    const found = await entitiesOf(model, { text: final.text, words: final.words! });
    assert.ok(found.includes('PER: Paris'), found.join('; '));

    const plain = 'this is not what we had hoped for .';
    const none = await attack(model, { ...base, text: plain, words: wordsOf(plain) });
    assert.equal(none.outcome, 'skipped');
    assert.equal(none.final.text, plain);
    await model.release();
  });

  it('the prediction of a mask is steered to a chosen word', async function () {
    const model = await openModel(kitPath(this, 'models', 'mlm-bert'));
    const text = 'a [MASK] film with a great cast .';
    const result = await attack(model, { ...base, text, target: 'bad' });
    assert.equal(result.outcome, 'flipped', result.says);
    assert.notEqual(result.original.label, 'bad');
    assert.match(result.final.text, /\[MASK\]/);
    const read = await readText(model, { text: result.final.text }, {}, {});
    const asked = readers['fill-mask'](read.hand).ask({ kind: 'predicted' }, 'both');
    assert.equal(asked.prediction.label, 'bad');
    await model.release();
  });
});
