/** Taggers, masked models and answers against the numbers of PyTorch in float64. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { explainIds, type IdsRequest } from '../../../src/interpret/saliency/explainIds';
import { lastProduct } from '../../../src/interpret/saliency/gradients/lastProduct';
import { loadModel } from '../../../src/model/loadModel';
import type { Model } from '../../../src/model/model';
import type { Explanation } from '../../../src/protocol/explanation';
import { familyDir, type Golden } from '../../support/families';
import { goldenRows } from '../../support/models';
import { assertClose } from '../../support/numbers';

type TokenGolden = Omit<Golden, 'logits'> & {
  readonly logits: number[][][];
  readonly allennlp_simple_gradient: number[][];
  readonly allennlp_integrated_gradient: number[][];
  readonly ig_gausslegendre50_logit: number[][];
};

const cases = [
  { name: 'bert-ner', task: 'token-classification' },
  { name: 'bert-mlm', task: 'fill-mask' },
  { name: 'bert-qa', task: 'question-answering' },
] as const;

for (const { name, task } of cases) {
  describe(`${task} of ${name}`, () => {
    let model: Model;
    const golden = JSON.parse(
      readFileSync(path.join(familyDir(name), 'golden.json'), 'utf8'),
    ) as TokenGolden;
    const rows = goldenRows(golden as unknown as Golden);
    before(
      async () => (model = await loadModel(familyDir(name), 'cpu', { tokenizer: 'optional' })),
    );
    after(() => model.release());

    /** Row by row: the reference asks for the start of another answer in each. */
    const run = async (more: Partial<IdsRequest>): Promise<Explanation[]> => {
      const found: Explanation[] = [];
      for (const [row, target] of golden.target.entries()) {
        const answer = { kind: 'answer', start: target, end: target + 1 } as const;
        // Both say the same; every other row says it by its place.
        const named = task === 'question-answering' && row % 2 === 0;
        const label = named ? answer : ({ kind: 'predicted' } as const);
        const request: IdsRequest = {
          method: 'gradient',
          parameters: {},
          scalar: 'loss',
          label,
          answerPart: 'start',
          ...(task === 'question-answering' ? {} : { position: 1 }),
          ...more,
        };
        found.push(...(await explainIds(model, [rows[row]!], request)));
      }
      return found;
    };
    const real = (numbers: readonly (readonly number[])[]): number[] =>
      numbers.flatMap((list, row) => list.filter((_, i) => rows[row]!.mask[i] === 1));
    const matches = (found: readonly Explanation[], expected: number[][], what: string): void => {
      assertClose(real(found.map(({ attributions }) => attributions)), real(expected), 1e-4, what);
    };

    it('finds its task and predicts as the reference', async () => {
      assert.equal(model.about.head.task, task);
      const found = await run({});
      found.forEach(({ explained, prediction }, row) => {
        assertClose([explained.value], [golden.loss[row]!], 1e-5, 'loss');
        if (task === 'token-classification') {
          assertClose([...prediction.logits], golden.logits[row]![1]!, 1e-5, 'logits');
        }
        if (task === 'fill-mask') assert.equal(prediction.labels[0], String(golden.target[row]));
      });
    });

    it('multiplies with the output matrix at the asked positions only', async () => {
      if (task === 'question-answering') return;
      const found = lastProduct(
        await model.graph(),
        model.about.head.outputs[0]!,
        model.about.facts,
      );
      assert.equal(found?.width, 32);
    });

    it('gives dot, l1 and l2 of the gradient of the loss', async () => {
      matches(await run({ parameters: { aggregate: 'dot' } }), golden.dot, 'dot');
      const product = { method: 'input-x-gradient', parameters: { aggregate: 'l1' } } as const;
      matches(await run(product), golden.l1, 'l1');
      matches(await run({ parameters: { aggregate: 'l2' } }), golden.l2, 'l2');
    });

    it("gives AllenNLP's simple and integrated gradients, and 50 points of the logit", async () => {
      const simple = await run({ method: 'allennlp-simple-gradient' });
      matches(
        simple.map(found => ({ ...found, attributions: found.scores })),
        golden.allennlp_simple_gradient,
        'simple',
      );
      const integrated = await run({ method: 'allennlp-integrated-gradient' });
      matches(
        integrated.map(found => ({ ...found, attributions: found.scores })),
        golden.allennlp_integrated_gradient,
        'integrated',
      );
      const path50 = await run({ method: 'integrated-gradients', scalar: 'logit' });
      matches(path50, golden.ig_gausslegendre50_logit, 'integrated gradients');
    });

    it('gives the same for all rows at once as row by row', async () => {
      if (task === 'question-answering') return;
      const alone = await run({ method: 'integrated-gradients', scalar: 'logit' });
      const together = await explainIds(model, rows, {
        method: 'integrated-gradients',
        parameters: {},
        scalar: 'logit',
        label: { kind: 'predicted' },
        position: 1,
      });
      alone.forEach(({ attributions }, row) => {
        assertClose([...together[row]!.attributions], [...attributions], 1e-5, 'batch');
      });
    });
  });
}

describe('question answering of bert-qa, both ends', () => {
  it('is the sum of the start and of the end, and completes', async () => {
    const model = await loadModel(familyDir('bert-qa'), 'cpu', { tokenizer: 'optional' });
    const golden = JSON.parse(
      readFileSync(path.join(familyDir('bert-qa'), 'golden.json'), 'utf8'),
    ) as Golden;
    const row = goldenRows(golden)[0]!;
    const part = async (answerPart: 'both' | 'start' | 'end', method: string) =>
      (
        await explainIds(model, [row], {
          method,
          parameters: {},
          scalar: 'logit',
          label: { kind: 'answer', start: 2, end: 4 },
          answerPart,
        })
      )[0]!;
    for (const method of ['input-x-gradient', 'integrated-gradients']) {
      const [both, start, end] = [
        await part('both', method),
        await part('start', method),
        await part('end', method),
      ];
      assertClose(
        [...both.attributions],
        start.attributions.map((value, i) => value + end.attributions[i]!),
        1e-5,
        method,
      );
      assertClose(
        [both.explained.value],
        [start.explained.value + end.explained.value],
        1e-6,
        'value',
      );
    }
    const [best] = (await part('both', 'integrated-gradients')).health.filter(
      ({ check }) => check === 'completeness',
    );
    assert.ok(best!.value! < 0.02, best!.says);
    await model.release();
  });
});
