/** Derivatives of every model family against PyTorch's, in float64, of the same models. */
import assert from 'node:assert/strict';
import { findEmbeddingLookup } from '../../../src/autodiff/embeddingLookup';
import { cleanup, prepare } from '../../../src/autodiff/passes';
import type { Facts } from '../../../src/autodiff/shapes';
import { vjp } from '../../../src/autodiff/vjp';
import { GraphBuilder } from '../../../src/onnx/builder';
import { checkGraph } from '../../../src/onnx/checkGraph';
import type { Constant, Graph } from '../../../src/onnx/graph';
import { isFloat, numbersOf, sizeOf } from '../../../src/onnx/tensorData';
import { writeModel } from '../../../src/onnx/writeModel';
import { learnFacts } from '../../../src/runtime/probe';
import { Session, type Feeds } from '../../../src/runtime/session';
import {
  familyNames,
  loadFamily,
  loadTokenFamily,
  probeFeeds,
  tokenFamilyNames,
  type Family,
  type TokenGolden,
} from '../../support/families';
import { assertClose, flat, normals, numbers, seededRandom } from '../../support/numbers';
import { float32 } from '../../support/runGraph';

/** The models are float32, the references float64. */
const tolerance = 1e-4;

interface LossGraph {
  readonly graph: Graph;
  /** What the model gives, and the numbers of it that compete. */
  readonly output: string;
  readonly scores: string;
  /** -log softmax(scores) of the class that the input `classes` marks, one number a row. */
  readonly losses: string;
  /** With the inputs `classes` [rows, labels] (one-hot) and `weights` [rows], for seeds. */
  readonly probes: Feeds[];
  readonly facts: Facts;
}

/** How a model's output becomes the numbers that compete, `width` a row: [rows, width]. */
interface Choice {
  readonly width: number | 'tokens';
  readonly pick: (b: GraphBuilder, output: string) => string;
}

const asItIs = ({ golden }: Family): Choice => ({
  width: golden.logits[0]!.length,
  pick: (_b, output) => output,
});

async function withLosses(source: Graph, { width, pick }: Choice): Promise<LossGraph> {
  const graph = prepare(source);
  const b = new GraphBuilder(graph);
  const output = graph.outputs[0]!.name;
  const scores = pick(b, output);
  const classes = b.input('classes', 'float32', ['batch', 'labels']);
  b.input('weights', 'float32', ['batch']);
  const picked = b.op('Mul', [b.op('LogSoftmax', [scores], { axis: -1 }), classes]);
  const losses = b.op('Neg', [b.op('ReduceSum', [picked, b.ints([1])], { keepdims: 0 })]);
  const probes = probeFeeds(source).map(probe => {
    const [rows, tokens] = probe['input_ids']!.dims as [number, number];
    const some = Array<number>(rows).fill(0);
    const size = width === 'tokens' ? tokens : width;
    return { ...probe, classes: oneHot(some, size), weights: float32([rows], some) };
  });
  return { graph, output, scores, losses, probes, facts: await learnFacts(graph, probes) };
}

function oneHot(labels: readonly number[], width: number) {
  const values = labels.flatMap(label =>
    Array.from({ length: width }, (_, i) => Number(i === label)),
  );
  return float32([labels.length, width], values);
}

async function sessionOf(graph: Graph, outputs: readonly string[]): Promise<Session> {
  const clean = cleanup({ ...graph, outputs: outputs.map(name => ({ name })) });
  checkGraph(clean);
  return Session.create(writeModel(clean), { threads: 1 });
}

/** Only the entries of tokens that the mask lets through; padding carries no meaning. */
function unmasked(values: readonly number[], mask: readonly (readonly number[])[]): number[] {
  const tokens = flat(mask);
  const width = values.length / tokens.length;
  return values.filter((_, i) => tokens[Math.floor(i / width)] === 1);
}

/**
 * The trained tensors: floats with more than one element. Ties are one tensor here. Not trained are the biases
 * that the exporter gave to norms without one (Constant nodes) and the frequencies of rotary positions, [1, n, 1].
 */
function parameters(graph: Graph): string[] {
  return [...graph.constants]
    .filter(([name, { dtype, dims }]) => {
      const frequencies = dims.length === 3 && dims[0] === 1 && dims[2] === 1;
      return (
        isFloat(dtype) && sizeOf(dims) > 1 && !frequencies && !name.endsWith('/Constant_output_0')
      );
    })
    .map(([name]) => name);
}

/** Checks the gradients of the chosen score, and of its cross-entropy, by the word vectors. */
async function checkGradients<G extends Omit<TokenGolden, 'logits'>>(
  family: Family<G>,
  choice: Choice,
  expected: readonly number[],
): Promise<void> {
  const { golden } = family;
  const rows = golden.input_ids.length;
  const width = choice.width === 'tokens' ? golden.input_ids[0]!.length : choice.width;
  const { graph, output, scores, losses, facts } = await withLosses(family.graph, choice);
  const words = findEmbeddingLookup(graph).output;
  const ofScore = vjp({ graph, seeds: new Map([[scores, 'classes']]), wrt: [words], facts });
  const ofLoss = vjp({ graph, seeds: new Map([[losses, 'weights']]), wrt: [words], facts });
  const names = [output, losses, ofScore.get(words)!, ofLoss.get(words)!];
  const session = await sessionOf(graph, names);
  const results = await session.run({
    ...family.feeds,
    classes: oneHot(golden.target, width),
    weights: float32([rows], Array<number>(rows).fill(1)),
  });
  await session.release();
  const [z, loss, byScore, byLoss] = names.map(value => numbers(results[value]));
  const real = (values: readonly number[]): number[] => unmasked(values, golden.attention_mask);
  assertClose(z!, expected, tolerance, 'logits');
  assertClose(loss!, golden.loss, tolerance, 'loss');
  assertClose(real(byScore!), real(flat(golden.grad_logit)), tolerance, 'grad_logit');
  assertClose(real(byLoss!), real(flat(golden.grad_loss)), tolerance, 'grad_loss');
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}

for (const name of familyNames) {
  describe(`autodiff of ${name}`, () => {
    const family = loadFamily(name);
    const { golden } = family;
    const rows = golden.input_ids.length;
    const width = golden.logits[0]!.length;

    it('gives the gradients of logit and loss by the word embedding', async () => {
      await checkGradients(family, asItIs(family), flat(golden.logits));
    });

    it('gives first and second derivatives of the loss by all parameters', async function () {
      if (!golden.grad_inner_all_params) {
        console.log(`      (no reference for the parameters of ${name}; see below)`);
        this.skip();
      }
      const { graph, losses, probes, facts } = await withLosses(family.graph, asItIs(family));
      const wrt = parameters(graph);
      const sizes = wrt.map(value => sizeOf(graph.constants.get(value)!.dims));
      assert.equal(
        sizes.reduce((sum, size) => sum + size),
        golden.n_params,
      );
      const found = vjp({ graph, seeds: new Map([[losses, 'weights']]), wrt, facts });
      const reached = [...found.keys()];
      const first = cleanup({
        ...graph,
        outputs: [...found.values()].map(value => ({ name: value })),
      });
      const gradients = first.outputs.map(output => output.name);

      // H v: the gradient of <gradient, v>, with v as the seeds.
      const session = await sessionOf(first, gradients);
      const feeds = (weights: number[]): Feeds => ({
        ...family.feeds,
        classes: oneHot(golden.labels!, width),
        weights: float32([rows], weights),
      });
      const ofRow = (row: number): Promise<Feeds> =>
        session.run(feeds(golden.labels!.map((_, i) => Number(i === row))));
      const byRow: Feeds[] = [];
      for (let row = 0; row < rows; row++) byRow.push(await ofRow(row));
      const g = byRow.map(results => gradients.flatMap(value => numbers(results[value])));
      await session.release();
      const inner = g.map(a => g.map(c => dot(a, c)));
      assertClose(flat(inner), flat(golden.grad_inner_all_params), tolerance, 'inner products');

      const facts2 = await learnFacts(first, probes);
      const b = new GraphBuilder(first);
      const seeds = new Map(
        gradients.map((value, i) => {
          const { dims } = first.constants.get(reached[i]!)!;
          return [value, b.input(`v${i}`, 'float32', dims)];
        }),
      );
      const second = vjp({ graph: first, seeds, wrt: reached, facts: facts2, prefix: 'second/' });
      const products = [...second.values()];
      const hessian = await sessionOf(first, products);
      const direction = gradients.map((value, i): [string, Feeds[string]] => [
        `v${i}`,
        byRow[0]![value]!,
      ]);
      const results = await hessian.run({
        ...feeds(Array<number>(rows).fill(1 / rows)),
        ...Object.fromEntries(direction),
      });
      await hessian.release();
      const hg = reached.flatMap(value => {
        const product = second.get(value);
        const size = sizeOf(first.constants.get(value)!.dims);
        return product ? numbers(results[product]) : Array<number>(size).fill(0);
      });
      assertClose(
        g.map(gj => dot(hg, gj)),
        golden.g0_H_gj_all_params!,
        10 * tolerance,
        'g0 H gj',
      );
    });
  });
}

/** The numbers that compete in models with an answer at each token. */
const tokenChoices: Record<(typeof tokenFamilyNames)[number], Choice> = {
  // The labels, or words, of position 1.
  'bert-ner': { width: 5, pick: (b, logits) => b.op('Gather', [logits, b.int(1)], { axis: 1 }) },
  'bert-mlm': { width: 120, pick: (b, logits) => b.op('Gather', [logits, b.int(1)], { axis: 1 }) },
  // The positions at which the answer may start.
  'bert-qa': {
    width: 'tokens',
    pick: (b, logits) => {
      const present = b.op('Cast', ['attention_mask'], { to: 'bool' });
      const starts = b.op('Gather', [logits, b.int(0)], { axis: 2 });
      return b.op('Where', [present, starts, b.scalar(-1e9)]);
    },
  },
};

for (const name of tokenFamilyNames) {
  describe(`autodiff of ${name}`, () => {
    it('gives the gradients of the chosen logit and its loss by the word embedding', async () => {
      const family = loadTokenFamily(name);
      const { logits } = family.golden;
      await checkGradients(family, tokenChoices[name], flat(logits));
    });
  });
}

describe('autodiff of parameters that layers share', () => {
  it('has references for all families but ALBERT', () => {
    const without = familyNames.filter(name => !loadFamily(name).golden.grad_inner_all_params);
    assert.deepEqual(without, ['albert']);
  });

  it('agrees with finite differences of the loss of ALBERT along random directions', async () => {
    const family = loadFamily('albert');
    const { graph, losses, facts } = await withLosses(family.graph, asItIs(family));
    const wrt = parameters(graph);
    const rows = family.golden.input_ids.length;
    const feeds: Feeds = {
      ...family.feeds,
      classes: oneHot(family.golden.target, family.golden.logits[0]!.length),
      weights: float32([rows], Array<number>(rows).fill(1)),
    };
    const total = async (constants: Map<string, Constant>): Promise<number> => {
      const session = await sessionOf({ ...graph, constants }, [losses]);
      const values = numbers((await session.run(feeds))[losses]);
      await session.release();
      return values.reduce((sum, value) => sum + value, 0);
    };
    const found = vjp({ graph, seeds: new Map([[losses, 'weights']]), wrt, facts });
    const session = await sessionOf(graph, [...found.values()]);
    const gradients = await session.run(feeds);
    await session.release();

    const step = 2e-4;
    for (const seed of [1, 2, 3]) {
      const random = seededRandom(seed);
      const sides = [new Map(graph.constants), new Map(graph.constants)];
      let expected = 0;
      for (const [parameter, adjoint] of found) {
        const constant = graph.constants.get(parameter)!;
        const direction = normals(random, sizeOf(constant.dims));
        expected += dot(numbers(gradients[adjoint]), direction);
        sides.forEach((side, i) => {
          const sign = i === 0 ? step : -step;
          const moved = numbersOf(constant).map((value, k) => value + sign * direction[k]!);
          side.set(parameter, {
            ...constant,
            bytes: new Uint8Array(Float32Array.from(moved).buffer),
          });
        });
      }
      const [plus, minus] = [await total(sides[0]!), await total(sides[1]!)];
      assertClose([(plus - minus) / (2 * step)], [expected], 1e-2, `direction ${seed}`);
    }
  });
});
