/** Two models on one file: the same one twice, one with its labels flipped, one with other words. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { mapChange, predictionChange } from '../../../src/batch/modelChanges/distance';
import {
  defaultMaps,
  modelChangesRun,
  type ModelChanges,
  type ModelChangesRun,
  type ModelChangesWatch,
} from '../../../src/batch/modelChanges/modelChangesRun';
import { formatOf, openFileLines } from '../../../src/dataset';
import type { GraphBuilder } from '../../../src/onnx/builder';
import type { Explanation, Prediction, Token } from '../../../src/protocol/explanation';
import type { Entity } from '../../../src/protocol/task';
import { bagModel, type Words } from '../../support/bags';
import { LocalEngine } from '../../support/localEngine';
import { Folders } from '../../support/models';
import { tokensOf } from '../../support/readings';

const words: Words = {
  ...{ good: [1], bad: [-1], film: [0.3], the: [0.1], plot: [-0.2], soup: [0.2], was: [-0.1] },
};

/** Logits [s, -s] of the sum s of the words' numbers. */
const opposite = (b: GraphBuilder, vectors: string): string =>
  b.op('MatMul', [
    b.op('ReduceSum', [vectors, b.ints([1])], { keepdims: 0 }),
    b.constant('float32', [1, 2], [1, -1]),
  ]);

const near = (found: number | null, expected: number, within = 1e-5): void => {
  assert.ok(found !== null && Math.abs(found - expected) <= within, `${found}, not ${expected}`);
};

describe('batch: what changed between two models', function () {
  this.timeout(60_000);
  const folders = new Folders();
  const engine = new LocalEngine();
  after(async () => {
    await engine.release();
    folders.remove();
  });

  async function bag(labels: readonly [string, string], of = words): Promise<string> {
    const model = await bagModel(folders, of, opposite, {
      config: { id2label: { 0: labels[0], 1: labels[1] } },
    });
    await model.release();
    return model.about.dir;
  }

  const lines = Array.from({ length: 150 }, (_, i) => {
    const names = Object.keys(words);
    const text = Array.from({ length: 3 + (i % 5) }, (_, k) => names[(i * 3 + k * k) % 7]!);
    return { text: text.join(' '), label: i % 3 === 0 ? 'yes' : 'no' };
  });
  const sumOf = (text: string, of = words): number =>
    text.split(' ').reduce((sum, word) => sum + of[word]![0]!, 0);
  const probability = (text: string, of = words): number =>
    1 / (1 + Math.exp(-2 * sumOf(text, of)));

  async function run(
    before: string,
    after: string,
    more: Partial<ModelChangesRun> = {},
    watch: ModelChangesWatch = {},
    own: readonly object[] = lines,
  ): Promise<ModelChanges> {
    const folder = folders.with({ 'data.jsonl': own.map(line => JSON.stringify(line)).join('\n') });
    const file = path.join(folder, 'data.jsonl');
    const source = await openFileLines(file);
    try {
      const dataset = { file, path: file, source, format: formatOf(file)! };
      const model = (modelDir: string) => ({ modelDir, device: 'cpu' }) as const;
      const asked = {
        dataset,
        before: model(before),
        after: model(after),
        maps: null,
        output: null,
      };
      return await modelChangesRun({ ...asked, ...more }, engine, watch);
    } finally {
      await source.close();
    }
  }

  it('is nothing where the model is the same', async () => {
    const dir = await bag(['yes', 'no']);
    const copy = folders.empty();
    cpSync(dir, copy, { recursive: true });
    const { state } = await run(dir, copy, { maps: defaultMaps });
    assert.deepEqual([state.state, state.total, state.done, state.flipped], ['done', 150, 150, 0]);
    assert.equal(state.accuracyBefore, state.accuracyAfter);
    assert.equal(state.rows.length, 150);
    for (const row of state.rows) {
      assert.deepEqual([row.change, row.flipped, row.failed], [0, false, null]);
      // Of a single word, or of equal ones, there is no order.
      if (row.mapChange !== null) near(row.mapChange, 0);
    }
    assert.ok(state.rows.filter(({ mapChange: change }) => change !== null).length > 100);
  });

  it('is everything where the labels are flipped: the largest change first, maps upside down', async () => {
    const { state } = await run(await bag(['yes', 'no']), await bag(['no', 'yes']), {
      maps: defaultMaps,
    });
    const undecided = lines.filter(({ text }) => Math.abs(sumOf(text)) < 1e-6).length;
    assert.ok(state.flipped >= 150 - undecided);
    near(state.accuracyBefore! + state.accuracyAfter!, 1, (undecided + 1e-9) / 150);
    let last = Infinity;
    for (const row of state.rows) {
      assert.ok(row.change <= last);
      last = row.change;
      const p = probability(row.text);
      near(row.change, Math.abs(2 * p - 1));
      if (row.mapChange !== null) near(row.mapChange, 2);
      near(row.before.confidence, Math.max(p, 1 - p));
    }
  });

  it('is the total variation of the probabilities where words have other numbers', async () => {
    const others = { ...words, good: [0.25], soup: [-0.8] };
    const { state } = await run(await bag(['yes', 'no']), await bag(['yes', 'no'], others));
    assert.ok(state.flipped > 0 && state.flipped < 150);
    for (const { text, change, mapChange: maps, flipped } of state.rows) {
      const [p, q] = [probability(text), probability(text, others)];
      near(change, Math.abs(p - q));
      assert.equal(maps, null);
      if (Math.min(Math.abs(p - 0.5), Math.abs(q - 0.5)) > 1e-6) {
        assert.equal(flipped, p > 0.5 !== q > 0.5);
      }
    }
  });

  it('goes on where it was stopped, in memory or from the file, and comes to the same', async () => {
    const [before, after] = [await bag(['yes', 'no']), await bag(['no', 'yes'])];
    const many = Array.from({ length: 900 }, (_, i) => lines[i % 150]!);
    const whole = await run(before, after, {}, {}, many);
    const output = path.join(folders.empty(), 'changes.jsonl');
    const stopping = (): ModelChangesWatch => {
      const stop = new AbortController();
      const onProgress = ({ done }: { done: number }): void => {
        if (done > 0) stop.abort();
      };
      return { signal: stop.signal, onProgress };
    };
    const stopped = await run(before, after, { output }, stopping(), many);
    assert.equal(stopped.state.state, 'stopped');
    assert.ok(stopped.state.done > 0 && stopped.state.done < 900);
    const inMemory = await run(before, after, { earlier: stopped.table }, {}, many);
    const expected = { ...whole.state, file: '', about: '' };
    const close = (state: ModelChanges['state']): void => {
      const found = { ...state, file: '', about: '' };
      // Rows that run together with others differ by rounding.
      const rounded = (given: object): unknown =>
        JSON.parse(
          JSON.stringify(given, (key, value: unknown) =>
            typeof value === 'number' && key !== 'line' ? Number(value.toFixed(5)) : value,
          ),
        );
      assert.deepEqual(rounded(found), rounded(expected));
    };
    close(inMemory.state);
    truncateSync(output, readFileSync(output).length - 20);
    close((await run(before, after, { output }, {}, many)).state);
    await assert.rejects(
      run(before, before, { output }, {}, many),
      /other settings \(after_model_/,
    );
    writeFileSync(output, '{"other": 1}\n');
    await assert.rejects(
      run(before, after, { output }, {}, many),
      /holds no results of a comparison/,
    );
  });

  it('says of each line why it could not be compared, at the end of the list', async () => {
    const dir = await bag(['yes', 'no']);
    const own = [{ text: 'good film', label: 'yes' }, { text: '  ' }, { text: 'bad', label: 'no' }];
    const { state } = await run(dir, dir, {}, {}, own);
    assert.deepEqual([state.done, state.accuracyBefore], [3, 1]);
    assert.deepEqual(
      state.rows.map(({ line }) => line),
      [1, 3, 2],
    );
    assert.match(state.rows[2]!.failed!, /is empty/);
  });

  it('refuses models that do different things', async () => {
    const ner = folders.textModel('bert-ner');
    const compared = run(await bag(['yes', 'no']), ner);
    await assert.rejects(
      compared,
      /do different things \(text-classification, token-classification\)/,
    );
  });

  describe('distances', () => {
    const prediction = (more: Partial<Prediction>): Prediction => ({
      ...{ task: 'text-classification', link: 'softmax', label: '', labels: [], logits: [] },
      ...{ probabilities: [], decided: [], right: [], entities: [] },
      ...more,
    });

    it('of labels are half of the sum of all differences, by name, at most 1', () => {
      const shares = fc
        .array(fc.integer({ min: 1, max: 100 }), { minLength: 3, maxLength: 3 })
        .map(parts => parts.map(part => part / parts.reduce((a, b) => a + b, 0)));
      fc.assert(
        fc.property(shares, shares, (p, q) => {
          const before = prediction({ labels: ['a', 'b', 'c'], probabilities: p });
          const reordered = [q[2]!, q[0]!, q[1]!];
          const after = prediction({ labels: ['c', 'a', 'b'], probabilities: reordered });
          const expected = p.reduce((sum, value, i) => sum + Math.abs(value - q[i]!), 0) / 2;
          near(predictionChange(before, after), expected, 1e-9);
          const others = prediction({ labels: ['x', 'y', 'z'], probabilities: q });
          near(predictionChange(before, others), 1, 1e-9);
        }),
      );
    });

    it('of several labels, of numbers and of entities are as they are defined', () => {
      const task = 'multi-label-classification';
      const labels = ['a', 'b'];
      const [one, other] = [
        [0.2, 0.9],
        [0.5, 0.8],
      ];
      near(
        predictionChange(
          prediction({ task, labels, probabilities: one }),
          prediction({ task, labels, probabilities: other }),
        ),
        0.3,
      );
      const value = (logits: number[]): Prediction =>
        prediction({ task: 'regression', labels: ['value'], logits });
      near(predictionChange(value([1.5]), value([-2])), 3.5);
      const entity = (start: number, type: string): Entity => ({
        ...{ start, end: start + 1, type, status: 'unknown', probability: 1 },
        range: { start, end: start + 3 },
      });
      const tags = (entities: Entity[]): Prediction =>
        prediction({ task: 'token-classification', entities });
      const [per, loc, org] = [entity(0, 'PER'), entity(5, 'LOC'), entity(5, 'ORG')];
      near(predictionChange(tags([per, loc]), tags([per, org])), 2 / 3);
      near(predictionChange(tags([]), tags([])), 0);
    });

    it('of maps are of words where tokens differ', () => {
      const text = 'unhappy little film';
      const map = (tokens: Token[], attributions: number[]): Explanation =>
        ({ tokens, attributions }) as unknown as Explanation;
      const plain = tokensOf(text);
      const pieces = [
        { ...plain[0]!, text: 'un', end: 2 },
        { ...plain[0]!, text: '##happy', start: 2 },
        // As byte-level tokenizers count: the blank belongs to the word after it.
        { ...plain[1]!, start: 7 },
        { ...plain[2]!, start: 14 },
      ];
      const words3 = map(plain, [3, 2, 1]);
      near(mapChange(words3, map(pieces, [5, -1, 2, 1]), { text }), 0);
      near(mapChange(words3, map(pieces, [-5, 1, 0, 1]), { text }), 2);
      near(mapChange(words3, map(plain, [1, 2, 3]), { text }), 2);
      assert.equal(mapChange(words3, map(plain, [1, 1, 1]), { text }), null);
    });
  });
});
