import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import {
  InfluenceMemory,
  readInfluenceSettings,
  readSuspicionSettings,
} from '../../../src/host/influence/influenceMemory';
import { influenceDefaults } from '../../../src/interpret/influence/options';
import { suspicionDefaults } from '../../../src/protocol/influence';

function memento(): vscode.Memento {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: (key: string, otherwise?: unknown) => (values.has(key) ? values.get(key) : otherwise),
    update(key: string, value: unknown) {
      values.set(key, JSON.parse(JSON.stringify(value)));
      return Promise.resolve();
    },
  };
}

describe('host: settings of traces', () => {
  it('are remembered, those of rankings apart', async () => {
    const memory = new InfluenceMemory(memento());
    assert.deepEqual(memory.trace, { method: 'head', options: {} });
    assert.deepEqual(memory.suspicion, { method: 'head', options: {} });
    const trace = { method: 'lissa', options: { scale: 'auto', damping: 0.01, k: 3 } } as const;
    const suspicion = { method: 'loss', options: { k: 0, damping: null } } as const;
    await memory.setTrace(trace);
    await memory.setSuspicion(suspicion);
    assert.deepEqual([memory.trace, memory.suspicion], [trace, suspicion]);
  });

  it('know every option, also those that are set by themselves at first', () => {
    for (const options of [
      influenceDefaults,
      { ...influenceDefaults, damping: 0.5, params: 'a|b', candidates: 7, scale: 10 },
      { ...influenceDefaults, curvature: 'hessian', distance: 'euclidean', unit: 'entity' },
      { ...influenceDefaults, params_to_freeze: ['a'], checkpoints: ['x', 'y'] },
    ]) {
      assert.deepEqual(readInfluenceSettings({ method: 'cg', options }), { method: 'cg', options });
    }
    const ranking = { method: 'ekfac', options: suspicionDefaults };
    assert.deepEqual(readSuspicionSettings(ranking), ranking);
  });

  it('of another version lose what is not known or would not be taken, and nothing else', () => {
    const options = {
      ...{ k: 0, seed: 'x', damping: -1, params: '(', curvature: 'fisher', scale: 'large' },
      ...{ checkpoints: [1], older: true, maxSteps: 5, distance: 'cosine' },
    };
    assert.deepEqual(readInfluenceSettings({ method: 'older', options }), {
      method: 'head',
      options: { maxSteps: 5, distance: 'cosine' },
    });
    assert.deepEqual(readSuspicionSettings({ method: 'loss', options: { ...options, seed: 3 } }), {
      method: 'loss',
      options: { k: 0, seed: 3 },
    });
    for (const stored of [null, 'x', [], { options: [] }, undefined]) {
      assert.deepEqual(readInfluenceSettings(stored), { method: 'head', options: {} });
    }
  });
});
