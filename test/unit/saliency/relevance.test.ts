/** Relevance propagation against numbers of PyTorch in float64, and against its own laws. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { explainIds } from '../../../src/interpret/saliency/explainIds';
import { loadModel } from '../../../src/model/loadModel';
import type { Model } from '../../../src/model/model';
import { writeModel } from '../../../src/onnx/writeModel';
import type { Explanation, MethodParameters } from '../../../src/protocol/explanation';
import {
  familyDir,
  familyNames,
  loadFamily,
  readGolden,
  tokenFamilyNames,
  type Golden,
} from '../../support/families';
import { Folders, goldenRows, loadBare } from '../../support/models';

/** [rows][tokens], padding zero. */
type Map = number[][];

interface Reference {
  readonly logit: number[];
  readonly relevance: { readonly word: Map; readonly position?: Map; readonly type?: Map };
  readonly bias_share: number[];
  readonly sum_of_relevance: number[];
}

type Lrp = Record<'plain' | 'cplrp' | 'attnlrp', Reference>;

async function explainGolden(
  model: Model,
  golden: Golden,
  method: string,
  parameters: MethodParameters = {},
): Promise<Explanation[]> {
  return await explainIds(model, goldenRows(golden), {
    method,
    parameters,
    scalar: 'logit',
    label: { kind: 'predicted' },
    // Of taggers and masked models, the token that the golden numbers are of.
    position: 1,
  });
}

async function withFamily(name: string, work: (model: Model) => Promise<void>): Promise<void> {
  const model = await loadModel(familyDir(name), 'cpu', { tokenizer: 'optional' });
  try {
    await work(model);
  } finally {
    await model.release();
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

function mapOf(explanation: Explanation, name: string): readonly number[] {
  if (name === 'word') return explanation.attributions;
  return explanation.maps.find(map => map.name === name)!.attributions;
}

function shareOf({ shares }: Explanation, name: string): number {
  return shares.find(share => share.name === name)!.value;
}

/** Differences relative to the largest magnitude of the reference. */
function assertNear(found: readonly number[], expected: readonly number[], what: string): void {
  const scale = Math.max(...expected.map(Math.abs));
  found.forEach((value, i) => {
    const off = Math.abs(value - expected[i]!) / scale;
    assert.ok(off <= 1e-4, `${what} ${i}: ${value} is not ${expected[i]}`);
  });
}

for (const name of ['bert', 'roberta', 'distilbert', 'electra']) {
  describe(`relevance of ${name}`, () => {
    const golden = readGolden(familyDir(name));
    const lrp = JSON.parse(readFileSync(path.join(familyDir(name), 'lrp.json'), 'utf8')) as Lrp;
    let model: Model;
    before(
      async () => (model = await loadModel(familyDir(name), 'cpu', { tokenizer: 'optional' })),
    );
    after(() => model.release());

    for (const [method, rules] of [
      ['lrp', 'attnlrp'],
      ['lrp-cp', 'cplrp'],
    ] as const) {
      it(`is that of the reference by ${method}, of each embedding and of the biases`, async () => {
        const found = await explainGolden(model, golden, method);
        const { relevance, bias_share, logit } = lrp[rules];
        found.forEach((explanation, row) => {
          assertNear([explanation.explained.value], [logit[row]!], 'logit');
          const kinds = Object.keys(relevance) as (keyof typeof relevance)[];
          assert.deepEqual(
            explanation.maps.map(map => map.name),
            [...['position', 'type'].filter(kind => kind in relevance), 'combined'],
          );
          for (const kind of kinds) {
            assertNear(mapOf(explanation, kind), relevance[kind]![row]!, `${kind} of row ${row}`);
            assertNear([shareOf(explanation, kind)], [sum(relevance[kind]![row]!)], kind);
          }
          const combined = relevance.word[row]!.map((_, i) =>
            sum(kinds.map(kind => relevance[kind]![row]![i]!)),
          );
          assertNear(mapOf(explanation, 'combined'), combined, 'combined');
          assertNear([shareOf(explanation, 'bias')], [bias_share[row]!], 'biases');
          if (method === 'lrp') {
            const lost = logit[row]! - lrp[rules].sum_of_relevance[row]! - bias_share[row]!;
            assertNear([shareOf(explanation, 'lost')], [lost], 'lost');
          }
        });
      });
    }
  });
}

describe('conservation of CP-LRP', () => {
  for (const name of [...familyNames, ...tokenFamilyNames]) {
    it(`holds for ${name}`, async () => {
      const golden = readGolden(familyDir(name));
      await withFamily(name, async model => {
        for (const explanation of await explainGolden(model, golden, 'lrp-cp')) {
          const { value } = explanation.explained;
          const shares = explanation.shares.map(share => share.value);
          // Rounding is that of the terms: a logit near zero is what they leave of each other.
          const scale = Math.max(Math.abs(value), ...shares.map(Math.abs));
          assert.ok(
            Math.abs(sum(shares) - value) <= 1e-4 * scale,
            `${sum(shares)} is not ${value}`,
          );
          const check = explanation.health.find(entry => entry.check === 'conservation')!;
          assert.ok(check.ok, check.says);
        }
      });
    });
  }
});

describe('relevance of one model', () => {
  const golden = readGolden(familyDir('bert'));
  const methods = ['lrp', 'lrp-cp', 'lrp-epsilon'] as const;
  const found: Record<string, Explanation[]> = {};
  before(() =>
    withFamily('bert', async model => {
      for (const method of methods) found[method] = await explainGolden(model, golden, method);
    }),
  );

  function assertSame(explanations: readonly Explanation[], method: string): void {
    explanations.forEach((explanation, row) => {
      const expected = found[method]![row]!;
      for (const name of ['word', 'position', 'type']) {
        assertNear(mapOf(explanation, name), mapOf(expected, name), `${method}, ${name}`);
      }
      assertNear([shareOf(explanation, 'bias')], [shareOf(expected, 'bias')], `${method}, bias`);
    });
  }

  for (const name of ['bert-opset11', 'bert-sdpa', 'bert-dynamo']) {
    it(`is the same however it was exported (${name})`, async () => {
      await withFamily(name, async model => {
        for (const method of methods)
          assertSame(await explainGolden(model, golden, method), method);
      });
    });
  }

  it('is the same where the export has fixed the number of texts, which then run one by one', async () => {
    const folders = new Folders();
    const { graph } = loadFamily('bert');
    const fixed = graph.inputs.map(input => ({ ...input, dims: [3, input.dims![1]!] }));
    const model = await loadBare(folders, writeModel({ ...graph, inputs: fixed }));
    try {
      assert.equal(model.about.inputs.batch, 3);
      for (const method of methods) assertSame(await explainGolden(model, golden, method), method);
    } finally {
      await model.release();
      folders.remove();
    }
  });
});
