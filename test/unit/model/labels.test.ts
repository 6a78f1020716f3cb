import assert from 'node:assert/strict';
import type { ModelConfig } from '../../../src/model/config';
import { findLabel, labelsOf } from '../../../src/model/labels';

const config = (more: Partial<ModelConfig>): ModelConfig => ({
  file: 'config.json',
  modelType: '',
  architecture: '',
  labels: null,
  labelCount: null,
  maxTokens: null,
  padId: null,
  problem: '',
  ...more,
});
const named = (...names: string[]): Map<number, string> => new Map(names.entries());

describe('labelsOf', () => {
  it('takes the names in order of their index', () => {
    const labels = new Map([
      [1, 'positive'],
      [0, 'negative'],
    ]);
    assert.deepEqual(labelsOf(config({ labels }), 2), ['negative', 'positive']);
  });

  it('numbers them where the configuration only counts them, or where there is none', () => {
    assert.deepEqual(labelsOf(config({ labelCount: 2 }), 2), ['LABEL_0', 'LABEL_1']);
    assert.deepEqual(labelsOf(config({ file: null }), 2), ['LABEL_0', 'LABEL_1']);
  });

  it('refuses to guess, to miscount and to mix up', () => {
    const refuses = (given: Partial<ModelConfig>, message: RegExp): void => {
      assert.throws(() => labelsOf(config(given), 3), { code: 'bad-model', message });
    };
    refuses({}, /does not name the labels of the 3 logits.*"id2label"/);
    refuses({ labelCount: 2 }, /does not name/);
    refuses({ labels: named('a', 'b') }, /names 2 labels \(a, b\) but the model gives 3/);
    refuses({ labels: named('a', 'b', 'c', 'd') }, /names 4 labels/);
    refuses(
      {
        labels: new Map([
          [0, 'a'],
          [1, 'b'],
          [7, 'c'],
        ]),
      },
      /different models/,
    );
    refuses({ labels: named('a', 'b', 'a') }, /same name/);
  });
});

describe('findLabel', () => {
  const labels = ['negative', 'Positive', '5 stars'];
  for (const [name, index] of [
    ['negative', 0],
    [' POSITIVE ', 1],
    ['5 Stars', 2],
    ['0', 0],
    ['2', 2],
    ['1.0', 1],
    ['3', null],
    ['-1', null],
    ['1.5', null],
    ['neutral', null],
    ['', null],
  ] as const) {
    it(`reads "${name}" as ${index ?? 'none'}`, () => {
      assert.equal(findLabel(labels, name), index);
    });
  }

  it('prefers a name to an index, and exact capitals to others', () => {
    assert.equal(findLabel(['1', '0'], '0'), 1);
    assert.equal(findLabel(['Yes', 'yes'], 'yes'), 1);
    assert.equal(findLabel(['Yes', 'yes'], 'YES'), null);
  });
});
