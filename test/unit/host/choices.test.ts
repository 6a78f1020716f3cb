import assert from 'node:assert/strict';
import { defaultChoices, fitChoices, readChoices } from '../../../src/host/choices';
import type { MethodDescription } from '../../../src/protocol';

const about = { about: 'a', source: 's' };
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
  hasGold: true,
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

  it('fall back to a method that is there, and to the scalar that a preset dictates', () => {
    const gone = { ...defaultChoices, method: 'gone' };
    assert.equal(fitChoices(gone, surroundings).method, 'integrated-gradients');
    const only = { ...surroundings, methods: [gradient] };
    assert.equal(fitChoices(gone, only).method, 'gradient');
    assert.equal(fitChoices({ ...defaultChoices, method: 'preset' }, surroundings).scalar, 'loss');
  });

  it('explain the predicted label where the wanted one is not there', () => {
    const predicted = { kind: 'predicted' };
    const withoutGold = { ...surroundings, hasGold: false };
    for (const label of [{ kind: 'gold' }, { kind: 'contrast' }] as const) {
      assert.deepEqual(fitChoices({ ...defaultChoices, label }, surroundings).label, label);
      assert.deepEqual(fitChoices({ ...defaultChoices, label }, withoutGold).label, predicted);
    }
    const neutral = { ...defaultChoices, label: { kind: 'label', label: 'neutral' } } as const;
    assert.deepEqual(fitChoices(neutral, surroundings).label, predicted);
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
