/** What attacks want of models that were trained, before and after an edit by hand. */
import assert from 'node:assert/strict';
import { apply, firstDraft, type Draft } from '../../../src/interpret/attack/draft';
import type { Goal, GoalQuestion } from '../../../src/interpret/attack/goal';
import { goalFor } from '../../../src/interpret/attack/goals';
import { readText, type ReadText } from '../../../src/interpret/task/readText';
import { loadModel } from '../../../src/model/loadModel';
import type { Model } from '../../../src/model/model';
import type { AttackEdit } from '../../../src/protocol/attack';
import type { FieldIndex, TextInput } from '../../../src/protocol/task';
import { withKitModel } from '../../support/models';
import { valueOf } from '../../support/readings';
import { makeTextModel } from '../../support/textModel';

interface Attacked {
  readonly goal: Goal;
  readonly read: ReadText;
  readonly draft: Draft;
}

async function attacked(
  model: Model,
  input: TextInput,
  more: Partial<GoalQuestion> = {},
): Promise<Attacked> {
  const read = await readText(model, input, {}, {});
  const label = { kind: 'predicted' } as const;
  const goal = goalFor[read.hand.head.task]({ read, label, target: null, by: 1, ...more });
  return { goal, read, draft: firstDraft(input, goal.anchor) };
}

/** The same with a word replaced, inserted (before `from`) or deleted. */
async function edited(
  model: Model,
  { goal, draft }: Attacked,
  edit: AttackEdit,
  from: string,
  to: string,
  field: FieldIndex = 0,
): Promise<Attacked> {
  const start = ((field === 0 ? draft.input.text : draft.input.pair) ?? '').indexOf(from);
  assert.ok(start >= 0, from);
  const end = edit === 'insert' ? start : start + from.length;
  const next = apply(draft, [{ field, start, end, edit, to }]);
  return { goal, draft: next, read: await readText(model, next.input, {}, {}) };
}

function told({ goal, read, draft }: Attacked): { reached: boolean; label: string } {
  const { reached, margin } = goal.judge(read, draft);
  const { label, prediction } = goal.describe(read, draft);
  assert.ok(Math.abs(valueOf(read, goal.parts(read, draft)) - margin) < 1e-4);
  if (margin !== 0) assert.equal(reached, margin > 0);
  assert.equal(prediction.labels.length, prediction.logits.length);
  return { reached, label };
}

describe('goals of real models', () => {
  it('find an entity again, or something else in its place', async function () {
    await withKitModel(this, 'models/ner-bert', async model => {
      const start = await attacked(model, { text: 'new book from London with his wife' });
      assert.deepEqual(told(start), { reached: false, label: 'LOC: London' });
      const moved = await edited(model, start, 'insert', 'new', 'my');
      assert.deepEqual(told(moved), { reached: false, label: 'LOC: London' });
      assert.deepEqual(moved.draft.anchor, { field: 0, start: 17, end: 23 });
      // A book is by a person.
      const written = await edited(model, start, 'replace', 'from', 'by');
      assert.deepEqual(told(written), { reached: true, label: 'PER: London' });
      const wanted = await attacked(model, start.draft.input, { target: 'PER' });
      assert.equal(told(wanted).reached, false);
      const made = await edited(model, wanted, 'replace', 'from', 'by');
      assert.deepEqual(told(made), { reached: true, label: 'PER: London' });
      const gone = await edited(model, start, 'delete', 'London', '');
      assert.equal(gone.goal.describe(gone.read, gone.draft).label, 'no entity');
    });
  });

  it('see what stands at a mask', async function () {
    await withKitModel(this, 'models/mlm-bert', async model => {
      const start = await attacked(model, { text: 'a dog is in the [MASK] .' });
      assert.deepEqual(told(start), { reached: false, label: 'film' });
      const other = await edited(model, start, 'replace', 'in', 'on');
      assert.deepEqual(told(other), { reached: true, label: 'movie' });
      const wanted = await attacked(model, start.draft.input, { target: 'movie' });
      assert.equal(told(wanted).reached, false);
      assert.equal(told(await edited(model, wanted, 'replace', 'in', 'on')).reached, true);
      const moved = await edited(model, start, 'delete', 'a', '');
      assert.equal(
        moved.read.hand.text!.slice(moved.draft.anchor!.start, moved.draft.anchor!.end),
        '[MASK]',
      );
      assert.equal(told(moved).reached, told(moved).label !== 'film');
    });
  });

  it('judge pairs by edits of either text', async function () {
    await withKitModel(this, 'models/nli-bert', async model => {
      const input = { text: 'A man is playing a guitar .', pair: 'A man is making music .' };
      const start = await attacked(model, input);
      assert.deepEqual(told(start), { reached: false, label: 'entailment' });
      const cat = await edited(model, start, 'replace', 'man', 'cat', 1);
      assert.deepEqual(told(cat), { reached: true, label: 'contradiction' });
      const wanted = await attacked(model, input, { target: 'contradiction' });
      assert.equal(told(await edited(model, wanted, 'replace', 'man', 'cat', 1)).reached, true);
      const same = await edited(model, start, 'replace', 'playing', 'holding');
      assert.equal(told(same).reached, told(same).label !== 'entailment');
    });
  });

  it('find answers from the text', async () => {
    const { dir, remove } = await makeTextModel('bert-qa');
    const model = await loadModel(dir, 'cpu');
    try {
      const start = await attacked(model, { text: 'a good film', pair: 'the film was good' });
      assert.deepEqual(told(start), { reached: false, label: 'was' });
      assert.deepEqual(start.draft.anchor, { field: 1, start: 9, end: 12 });
      for (const [from, to] of [
        ['film', 'a'],
        ['was', 'is'],
        ['good', 'the'],
        ['the', 'very'],
      ] as const) {
        const next = await edited(model, start, 'replace', from, to, 1);
        const { reached, label } = told(next);
        assert.equal(reached, from === 'was' ? label !== 'is' : label !== 'was');
      }
      const target = await attacked(model, start.draft.input, { target: 'film was' });
      assert.equal(told(target).reached, false);
    } finally {
      await model.release();
      await remove();
    }
  });
});
