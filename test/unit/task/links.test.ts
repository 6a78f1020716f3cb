/** One logit, several labels at once, and numbers, on linear models whose derivatives are known. */
import assert from 'node:assert/strict';
import { explainIds, type IdsRequest } from '../../../src/interpret/saliency/explainIds';
import { loadModel } from '../../../src/model/loadModel';
import type { Explanation } from '../../../src/protocol/explanation';
import type { Gold } from '../../../src/protocol/task';
import { Folders, rowOf, wordModel } from '../../support/models';
import { assertClose } from '../../support/numbers';

const vectors = [
  [0, 0],
  [0.5, -0.25],
  [-0.25, 1],
  [0.75, 0.5],
];
/** By label. */
const weights = [
  [1, -2],
  [0.5, 1.5],
  [-1, 0.25],
];
const ids = [1, 2, 3, 1];
const dot = (x: readonly number[], y: readonly number[]): number =>
  x.reduce((sum, value, i) => sum + value * y[i]!, 0);
const logitOf = (label: number): number =>
  ids.reduce((sum, id) => sum + dot(vectors[id]!, weights[label]!), 0);
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

describe('links', () => {
  let folders: Folders;
  before(() => (folders = new Folders()));
  after(() => {
    folders.remove();
  });

  /** A bag of words with so many labels, and what config.json says about it. */
  function folder(labels: number, config: object): string {
    const onnx = wordModel(vectors, (b, words) =>
      b.op('MatMul', [
        b.op('ReduceSum', [words, b.ints([1])], { keepdims: 0 }),
        b.constant(
          'float32',
          [2, labels],
          [0, 1].flatMap(d => weights.slice(0, labels).map(w => w[d]!)),
        ),
      ]),
    );
    return folders.with({ 'model.onnx': onnx, 'config.json': JSON.stringify(config) });
  }

  async function run(
    dir: string,
    more: Partial<IdsRequest> = {},
    gold?: Gold,
  ): Promise<Explanation> {
    const model = await loadModel(dir, 'cpu', {
      tokenizer: 'optional',
      task: more.task,
    });
    try {
      const [found] = await explainIds(model, [rowOf(...ids)], {
        method: 'input-x-gradient',
        parameters: {},
        scalar: 'logit',
        label: { kind: 'predicted' },
        ...(gold ? { gold: [gold] } : {}),
        ...more,
      });
      return found!;
    } finally {
      await model.release();
    }
  }

  /** Input x gradient where the scalar has the slope `factor` by the logit of `label`. */
  const slope = (label: number, factor: number): number[] =>
    ids.map(id => factor * dot(vectors[id]!, weights[label]!));
  const close = (found: Explanation, expected: number[], what: string): void => {
    assertClose([...found.attributions], expected, 1e-5, what);
  };

  describe('several labels, each by itself', () => {
    const names = { 0: 'toxic', 1: 'insult', 2: 'threat' };
    const multi = (): string =>
      folder(3, { problem_type: 'multi_label_classification', id2label: names });

    it('decides every label by its own sigmoid', async () => {
      const found = await run(multi());
      assert.equal(found.prediction.task, 'multi-label-classification');
      assertClose(
        [...found.prediction.probabilities],
        [0, 1, 2].map(i => sigmoid(logitOf(i))),
        1e-6,
        'p',
      );
      const decided = [0, 1, 2].filter(i => logitOf(i) >= 0);
      assert.deepEqual([...found.prediction.decided], decided);
      assert.ok(decided.length > 0 && decided.length < 3, 'the test needs both kinds');
    });

    it('differentiates logit, probability p (1 - p), loss p - 1, and their opposites', async () => {
      const dir = multi();
      for (const [label, name] of ['toxic', 'insult', 'threat'].entries()) {
        const p = sigmoid(logitOf(label));
        const yes = { label: { kind: 'label', label: name } } as const;
        const no = { label: { kind: 'not', label: name } } as const;
        close(await run(dir, yes), slope(label, 1), 'logit');
        close(
          await run(dir, { ...yes, scalar: 'probability' }),
          slope(label, p * (1 - p)),
          'probability',
        );
        close(await run(dir, { ...yes, scalar: 'loss' }), slope(label, p - 1), 'loss');
        close(await run(dir, no), slope(label, -1), 'no: logit');
        close(
          await run(dir, { ...no, scalar: 'probability' }),
          slope(label, -p * (1 - p)),
          'no: probability',
        );
        const loss = await run(dir, { ...no, scalar: 'loss' });
        close(loss, slope(label, p), 'no: loss');
        assertClose([loss.explained.value], [-Math.log(1 - p)], 1e-5, 'loss of the absence');
        assert.equal(loss.explained.label, `not ${name}`);
      }
    });

    it('completes paths of the probability of an absence, whose derivative has no constant', async () => {
      const found = await run(multi(), {
        method: 'integrated-gradients',
        scalar: 'probability',
        label: { kind: 'not', label: 'threat' },
      });
      const check = found.health.find(entry => entry.check === 'completeness')!;
      assert.ok(check.ok && check.value! < 1e-4, check.says);
      const rise = found.explained.value - 0.5;
      assertClose([found.attributions.reduce((a, b) => a + b, 0)], [rise], 1e-4, 'rise');
    });

    it('reads gold lists, and a cell with several names; compares as sets', async () => {
      const dir = multi();
      const decided = ['toxic', 'insult', 'threat'].filter((_, i) => logitOf(i) >= 0);
      const list = await run(dir, {}, { kind: 'labels', labels: [...decided].reverse() });
      assert.equal(list.correct, true);
      const cell = await run(dir, {}, { kind: 'label', label: 'toxic, threat' });
      assert.deepEqual([cell.gold, [...cell.prediction.right]], ['toxic, threat', [0, 2]]);
      const unknown = await run(dir, {}, { kind: 'labels', labels: ['toxic', 'spam'] });
      assert.match(unknown.health.find(h => h.check === 'gold-label')!.says, /"spam"/);
    });
  });

  describe('one logit', () => {
    it('speaks for the second label, and against the first', async () => {
      const dir = folder(1, { id2label: { 0: 'no', 1: 'yes' } });
      const p = sigmoid(logitOf(0));
      for (const [label, sign] of [
        ['yes', 1],
        ['no', -1],
      ] as const) {
        const choice = { label: { kind: 'label', label } } as const;
        close(await run(dir, choice), slope(0, sign), label);
        const found = await run(dir, { ...choice, scalar: 'probability' });
        close(found, slope(0, sign * p * (1 - p)), `${label}, probability`);
        assertClose([found.explained.value], [label === 'yes' ? p : 1 - p], 1e-6, 'value');
        assert.equal(found.prediction.label, logitOf(0) >= 0 ? 'yes' : 'no');
      }
      const wrong = logitOf(0) >= 0 ? 'no' : 'yes';
      const contrast = await run(
        dir,
        { label: { kind: 'contrast' } },
        { kind: 'label', label: wrong },
      );
      close(contrast, slope(0, logitOf(0) >= 0 ? 2 : -2), 'contrast');
      assert.equal(contrast.correct, false);
    });

    it('has a named label of its own, or is a number unless the task is named', async () => {
      const named = await run(folder(1, { id2label: { 0: 'toxic' } }));
      assert.deepEqual([...named.prediction.labels], ['not toxic', 'toxic']);
      const plain = folder(1, { id2label: { 0: 'LABEL_0' } });
      assert.equal((await run(plain)).prediction.task, 'regression');
      const asked = await run(plain, { task: 'binary-classification' });
      assert.equal(asked.prediction.task, 'binary-classification');
    });
  });

  describe('a number', () => {
    it('is explained as it is, whatever scalar was chosen before', async () => {
      const dir = folder(1, { problem_type: 'regression' });
      const found = await run(dir, { scalar: 'probability' }, { kind: 'label', label: '1.5' });
      close(found, slope(0, 1), 'value');
      assert.deepEqual(
        [found.explained.scalar, found.explained.label, found.gold, found.correct],
        ['logit', 'value', '1.5', null],
      );
      assertClose([found.explained.value], [logitOf(0)], 1e-6, 'value');
      assert.deepEqual([...found.prediction.probabilities], []);
    });

    it('refuses what only labels have', async () => {
      const dir = folder(1, { problem_type: 'regression' });
      await assert.rejects(
        run(dir, { method: 'allennlp-simple-gradient' }),
        /a regression has no labels/,
      );
      await assert.rejects(run(dir, { label: { kind: 'contrast' } }), /gives numbers, not labels/);
      const odd = await run(dir, {}, { kind: 'label', label: 'good' });
      assert.match(odd.health.find(h => h.check === 'gold-label')!.says, /not a number/);
    });
  });

  it('refuses a task that does not fit the outputs', async () => {
    await assert.rejects(
      run(folder(3, { num_labels: 3 }), { task: 'token-classification' }),
      /3 numbers for a text, which does not fit the task "token-classification"/,
    );
  });
});
