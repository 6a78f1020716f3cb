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
import { familyNames, loadFamily, probeFeeds, type Family } from '../../support/families';
import { assertClose, flat, normals, numbers, seededRandom } from '../../support/numbers';
import { float32 } from '../../support/runGraph';

/** The models are float32, the references float64. */
const tolerance = 1e-4;

interface LossGraph {
  readonly graph: Graph;
  readonly logits: string;
  /** -log softmax(logits) of the class that the input `classes` marks, one number a row. */
  readonly losses: string;
  /** With the inputs `classes` [rows, labels] (one-hot) and `weights` [rows], for seeds. */
  readonly probes: Feeds[];
  readonly facts: Facts;
}

async function withLosses(family: Family): Promise<LossGraph> {
  const graph = prepare(family.graph);
  const b = new GraphBuilder(graph);
  const logits = graph.outputs[0]!.name;
  const classes = b.input('classes', 'float32', ['batch', 'labels']);
  b.input('weights', 'float32', ['batch']);
  const picked = b.op('Mul', [b.op('LogSoftmax', [logits], { axis: -1 }), classes]);
  const losses = b.op('Neg', [b.op('ReduceSum', [picked, b.ints([1])], { keepdims: 0 })]);
  const labels = family.golden.logits[0]!.length;
  const probes = probeFeeds(family.graph).map(probe => {
    const rows = probe['input_ids']!.dims[0]!;
    const some = Array<number>(rows).fill(0);
    return { ...probe, classes: oneHot(some, labels), weights: float32([rows], some) };
  });
  return { graph, logits, losses, probes, facts: await learnFacts(graph, probes) };
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

/** The trained tensors: floats with more than one element. Ties are one tensor here. */
function parameters(graph: Graph): string[] {
  return [...graph.constants]
    .filter(([, constant]) => isFloat(constant.dtype) && sizeOf(constant.dims) > 1)
    .map(([name]) => name);
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
      const { graph, logits, losses, facts } = await withLosses(family);
      const { output } = findEmbeddingLookup(graph);
      const ofLogit = vjp({ graph, seeds: new Map([[logits, 'classes']]), wrt: [output], facts });
      const ofLoss = vjp({ graph, seeds: new Map([[losses, 'weights']]), wrt: [output], facts });
      const names = [logits, losses, ofLogit.get(output)!, ofLoss.get(output)!];
      const session = await sessionOf(graph, names);
      const results = await session.run({
        ...family.feeds,
        classes: oneHot(golden.target, width),
        weights: float32([rows], Array<number>(rows).fill(1)),
      });
      const [z, loss, byLogit, byLoss] = names.map(value => numbers(results[value]));
      const expect = (values: readonly number[]): number[] =>
        unmasked(values, golden.attention_mask);
      assertClose(z!, flat(golden.logits), tolerance, 'logits');
      assertClose(loss!, golden.loss, tolerance, 'loss');
      assertClose(expect(byLogit!), expect(flat(golden.grad_logit)), tolerance, 'grad_logit');
      assertClose(expect(byLoss!), expect(flat(golden.grad_loss)), tolerance, 'grad_loss');
      await session.release();
    });

    it('gives first and second derivatives of the loss by all parameters', async function () {
      if (!golden.grad_inner_all_params) {
        console.log(`      (no reference for the parameters of ${name}; see below)`);
        this.skip();
      }
      const { graph, losses, probes, facts } = await withLosses(family);
      const wrt = parameters(graph);
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

describe('autodiff of parameters that layers share', () => {
  it('has references for all families but ALBERT', () => {
    const without = familyNames.filter(name => !loadFamily(name).golden.grad_inner_all_params);
    assert.deepEqual(without, ['albert']);
  });

  it('agrees with finite differences of the loss of ALBERT along random directions', async () => {
    const family = loadFamily('albert');
    const { graph, losses, facts } = await withLosses(family);
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
