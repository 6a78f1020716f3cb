import assert from 'node:assert/strict';
import { defaultChoices, fitChoices, readChoices, withMethod } from '../../../src/host/choices';
import type { Surroundings } from '../../../src/host/choices';
import type { LabelChoice, MethodDescription } from '../../../src/protocol';

const about = {
  about: 'a',
  source: 's',
  family: 'gradient',
  costly: false,
  linear: true,
} as const;
const gradient: MethodDescription = {
  name: 'gradient',
  title: 'Gradient',
  defaults: { aggregate: 'l2' },
  aggregations: ['l2', 'l1', 'dot'],
  ...about,
};
const path: MethodDescription = {
  name: 'integrated-gradients',
  title: 'Integrated gradients',
  defaults: { aggregate: 'dot', steps: 50, baseline: 'zero' },
  aggregations: ['dot', 'sum'],
  ...about,
};
const preset: MethodDescription = {
  name: 'preset',
  title: 'Preset',
  defaults: {},
  aggregations: ['l2'],
  scalar: 'loss',
  ...about,
};
const surroundings = {
  methods: [gradient, path, preset],
  labels: ['negative', 'positive'],
  record: { gold: 'positive', words: null, pair: null },
  sameText: false,
};

describe('host: choices of the panel', () => {
  it('are left as they are where they fit', () => {
    const wanted = {
      ...defaultChoices,
      parameters: { steps: 20 },
      label: { kind: 'label', label: 'negative' },
    } as const;
    assert.deepEqual(fitChoices(wanted, surroundings), wanted);
  });

  it('lose parameters and aggregations that the method does not have', () => {
    const wanted = { ...defaultChoices, method: 'gradient', parameters: { steps: 20 } };
    assert.deepEqual(fitChoices(wanted, surroundings).parameters, {});
    const summed = { ...defaultChoices, method: 'gradient', aggregate: 'sum' } as const;
    assert.equal(fitChoices(summed, surroundings).aggregate, 'l2');
  });

  it('are those of another method where it takes the place of the chosen one', () => {
    const wanted = { ...defaultChoices, aggregate: 'dot', parameters: { steps: 20 } } as const;
    const { method, parameters, aggregate, label } = withMethod(wanted, 'gradient', surroundings);
    // By the product with the input it were another method that is there already.
    assert.deepEqual([method, parameters, aggregate, label], ['gradient', {}, 'l2', wanted.label]);
  });

  it('fall back to a method that is there, and to the scalar that a preset dictates', () => {
    const gone = { ...defaultChoices, method: 'gone' };
    assert.equal(fitChoices(gone, surroundings).method, 'integrated-gradients');
    const only = { ...surroundings, methods: [gradient] };
    assert.equal(fitChoices(gone, only).method, 'gradient');
    assert.equal(fitChoices({ ...defaultChoices, method: 'preset' }, surroundings).scalar, 'loss');
  });

  it('explain the predicted label where the wanted one is not there', () => {
    const predicted = { kind: 'predicted' };
    const withoutGold = { ...surroundings, record: { ...surroundings.record, gold: null } };
    for (const label of [{ kind: 'gold' }, { kind: 'contrast' }] as const) {
      assert.deepEqual(fitChoices({ ...defaultChoices, label }, surroundings).label, label);
      assert.deepEqual(fitChoices({ ...defaultChoices, label }, withoutGold).label, predicted);
    }
    const neutral = { ...defaultChoices, label: { kind: 'label', label: 'neutral' } } as const;
    assert.deepEqual(fitChoices(neutral, surroundings).label, predicted);
  });

  it('forget words, masks and answers of another text, and those that this text does not have', () => {
    const predicted = { kind: 'predicted' };
    const words = ['Ada', 'wrote'].map((_, i) => ({ start: 4 * i, end: 4 * i + 3 }));
    const record = { gold: null, words, pair: { field: 'context', text: 'in Turin' } };
    const here = { ...surroundings, record, sameText: true };
    const fitted = (label: LabelChoice, where: Surroundings) =>
      fitChoices({ ...defaultChoices, label }, where).label;
    const fitting: LabelChoice[] = [
      { kind: 'span', start: 0, end: 2, label: 'PER' },
      { kind: 'mask', mask: 0, token: 'a' },
      { kind: 'answer', start: 3, end: 8 },
    ];
    for (const label of fitting) {
      assert.deepEqual(fitted(label, here), label);
      assert.deepEqual(fitted(label, { ...here, sameText: false }), predicted);
    }
    const outside: LabelChoice[] = [
      { kind: 'span', start: 1, end: 3, label: 'PER' },
      { kind: 'span', start: 1, end: 1, label: 'PER' },
      { kind: 'answer', start: 3, end: 9 },
      { kind: 'not', label: 'neutral' },
    ];
    for (const label of outside) assert.deepEqual(fitted(label, here), predicted);
    assert.deepEqual(fitted({ kind: 'not', label: 'negative' }, here), {
      kind: 'not',
      label: 'negative',
    });
  });

  it('of an earlier version get what it did not know', () => {
    const { method, parameters, scalar, label, aggregate } = defaultChoices;
    const old = { method, parameters: { steps: 20 }, scalar, label, aggregate };
    assert.deepEqual(readChoices(old), { ...defaultChoices, parameters: { steps: 20 } });
    assert.deepEqual(parameters, {});
    const odd = { ...old, wordScores: 'other', answerPart: 3, task: 'cooking' };
    assert.deepEqual(readChoices(odd), readChoices(old));
    const own = { ...defaultChoices, wordScores: 'max', answerPart: 'end', task: 'regression' };
    assert.deepEqual(readChoices(own), own);
  });

  it('are read back whatever was asked, when it is whole', () => {
    const labels: LabelChoice[] = [
      { kind: 'label', label: 'a' },
      { kind: 'not', label: 'a' },
      { kind: 'span', start: 0, end: 1, label: 'PER', against: 'O' },
      { kind: 'mask', mask: 0, token: 'a' },
      { kind: 'answer', start: 0, end: 1 },
    ];
    for (const label of labels) {
      assert.deepEqual(readChoices({ ...defaultChoices, label })?.label, label);
      for (const name of Object.keys(label)) {
        if (name === 'against') continue;
        assert.equal(readChoices({ ...defaultChoices, label: { ...label, [name]: null } }), null);
      }
    }
  });

  it('are read back only when they are whole', () => {
    assert.deepEqual(readChoices(structuredClone(defaultChoices)), defaultChoices);
    for (const broken of [
      null,
      'x',
      {},
      { ...defaultChoices, scalar: 'other' },
      { ...defaultChoices, label: { kind: 'label' } },
      { ...defaultChoices, parameters: [] },
      { ...defaultChoices, aggregate: 7 },
    ]) {
      assert.equal(readChoices(broken), null);
    }
  });
});
