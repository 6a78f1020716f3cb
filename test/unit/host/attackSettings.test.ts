import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import {
  AttackMemory,
  defaultSettings,
  fitSettings,
  readSettings,
} from '../../../src/host/attack/attackMemory';
import { decisionShown, targetsOf } from '../../../src/host/attack/targets';
import type { AttackSettings, LabelChoice, TaskKind } from '../../../src/protocol';
import { taskKinds } from '../../../src/protocol';

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

const hotflip: AttackSettings = {
  attack: 'hotflip',
  options: { search: 'beam', beam: 5, maxFlips: 3, ignore: ['film'], sameCase: false },
  target: 'negative',
};

describe('host: settings of attacks', () => {
  it('are remembered for each attack', async () => {
    const memory = new AttackMemory(memento());
    assert.deepEqual(memory.get('hotflip'), defaultSettings('hotflip'));
    await memory.set(hotflip);
    const reduction: AttackSettings = {
      attack: 'input-reduction',
      options: { importance: 'leave-one-out' },
      target: null,
    };
    await memory.set(reduction);
    assert.deepEqual(memory.get('hotflip'), hotflip);
    assert.deepEqual(memory.get('input-reduction'), reduction);
  });

  it('of another version lose what is not known or would not be taken, and nothing else', () => {
    const odd = {
      ...hotflip,
      options: { ...hotflip.options, beam: 0, maxFlips: 'three', ignore: [1], older: true, by: 1 },
      target: 7,
    };
    const { search, sameCase } = hotflip.options;
    assert.deepEqual(readSettings('hotflip', odd), {
      attack: 'hotflip',
      options: { search, sameCase, by: 1 },
      target: null,
    });
    assert.deepEqual(readSettings('hotflip', hotflip), hotflip);
    for (const broken of [undefined, null, 'x', [], { options: [] }, { options: null }]) {
      assert.deepEqual(readSettings('hotflip', broken), defaultSettings('hotflip'));
    }
  });

  it('keep a target that the model has, and no other', () => {
    assert.equal(fitSettings(hotflip, ['negative', 'positive']), hotflip);
    assert.deepEqual(fitSettings(hotflip, ['up', 'down']), { ...hotflip, target: null });
    assert.deepEqual(fitSettings(hotflip, []), { ...hotflip, target: null });
  });

  it('offer as targets what the task decides between', () => {
    const of = (task: TaskKind, labels: string[] = []) => targetsOf({ task, labels });
    assert.deepEqual(of('text-classification', ['a', 'b']), ['a', 'b']);
    assert.deepEqual(of('multi-label-classification', ['x', 'y']), ['x', 'y']);
    const tags = ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC'];
    assert.deepEqual(of('token-classification', tags), ['PER', 'LOC', 'O']);
    assert.deepEqual(of('token-classification', ['S-LOC', 'U-PER', 'O']), ['LOC', 'PER', 'O']);
    assert.deepEqual(of('regression', ['score']), ['up', 'down']);
    for (const task of ['fill-mask', 'question-answering'] as const) assert.deepEqual(of(task), []);
  });

  it('are used on the decision that is explained, where several could be meant', () => {
    const span: LabelChoice = { kind: 'span', start: 2, end: 4, label: 'PER' };
    const shown = (choice: LabelChoice, word?: number) =>
      decisionShown('token-classification', choice, word);
    assert.equal(shown(span), span);
    assert.equal(shown(span, 3), span);
    assert.equal(shown(span, 4), null);
    assert.equal(shown(span, 1), null);
    const mask: LabelChoice = { kind: 'mask', mask: 1, token: 'a' };
    assert.equal(decisionShown('fill-mask', mask, undefined), mask);
    const label: LabelChoice = { kind: 'label', label: 'toxic' };
    for (const task of taskKinds) {
      const expected: LabelChoice | null = task === 'multi-label-classification' ? label : null;
      assert.equal(decisionShown(task, label, undefined), expected, task);
      assert.equal(decisionShown(task, { kind: 'contrast' }, undefined), null);
    }
  });
});
