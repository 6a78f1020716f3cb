/** Gradients of every model family against PyTorch's, in float64, of the same models. */
import assert from 'node:assert/strict';
import { findEmbeddingLookup } from '../../../src/autodiff/embeddingLookup';
import { cleanup, prepare } from '../../../src/autodiff/passes';
import { vjp } from '../../../src/autodiff/vjp';
import { GraphBuilder } from '../../../src/onnx/builder';
import { checkGraph } from '../../../src/onnx/checkGraph';
import type { Graph } from '../../../src/onnx/graph';
import { sizeOf, isFloat } from '../../../src/onnx/tensorData';
import { writeModel } from '../../../src/onnx/writeModel';
import { learnFacts } from '../../../src/runtime/probe';
import { Session, type Feeds, type TensorValue } from '../../../src/runtime/session';
import { familyNames, loadFamily, probeFeeds, type Family } from '../../support/families';
import { assertClose, flat, numbers } from '../../support/numbers';

const tolerance = 1e-4;

/** The prepared model with the logits and the row losses -log softmax(logits)[class] for one-hot classes. */
function withLosses(model: Graph): { graph: Graph; logits: string; losses: string } {
  const graph = prepare(model);
  const b = new GraphBuilder(graph);
  const logits = graph.outputs[0]!.name;
  const classes = b.input('classes', 'float32', ['batch', 'labels']);
  const picked = b.op('Mul', [b.op('LogSoftmax', [logits], { axis: -1 }), classes]);
  const losses = b.op('Neg', [b.op('ReduceSum', [picked, b.ints([1])], { keepdims: 0 })]);
  return { graph, logits, losses };
}

function oneHot(golden: Family['golden'], labels: readonly number[]): TensorValue {
  const width = golden.logits[0]!.length;
  const data = new Float32Array(labels.length * width);
  labels.forEach((label, row) => (data[row * width + label] = 1));
  return { dtype: 'float32', dims: [labels.length, width], data };
}

function probesWithClasses(model: Graph, labels: number): Feeds[] {
  return probeFeeds(model).map(probe => {
    const rows = probe['input_ids']!.dims[0]!;
    const data = new Float32Array(rows * labels);
    return { ...probe, classes: { dtype: 'float32', dims: [rows, labels], data } };
  });
}

/** Only the entries of tokens that the mask lets through; padding carries no meaning. */
function unmasked(values: readonly number[], mask: readonly (readonly number[])[]): number[] {
  const tokens = flat(mask);
  const width = values.length / tokens.length;
  return values.filter((_, i) => tokens[Math.floor(i / width)] === 1);
}

async function gradientsByEmbedding(family: Family) {
  const { golden, feeds } = family;
  const { graph, logits, losses } = withLosses(family.graph);
  const { output } = findEmbeddingLookup(graph);
  const facts = await learnFacts(graph, probesWithClasses(family.graph, golden.logits[0]!.length));
  const b = new GraphBuilder(graph);
  const one = b.op('Add', [b.op('Mul', [losses, b.scalar(0)]), b.scalar(1)]);
  const ofLogit = vjp({ graph, seeds: new Map([[logits, 'classes']]), wrt: [output], facts });
  const ofLoss = vjp({ graph, seeds: new Map([[losses, one]]), wrt: [output], facts });
  const names = [logits, ofLogit.get(output)!, ofLoss.get(output)!, losses];
  graph.outputs = names.map(name => ({ name }));
  const clean = cleanup(graph);
  checkGraph(clean);
  const session = await Session.create(writeModel(clean));
  const results = await session.run({ ...feeds, classes: oneHot(golden, golden.target) });
  await session.release();
  return names.map(name => numbers(results[name]));
}

/** The trained tensors: floats with more than one element that the gradient of the loss reaches. */
function parameters(graph: Graph): string[] {
  return [...graph.constants]
    .filter(([, constant]) => isFloat(constant.dtype) && sizeOf(constant.dims) > 1)
    .map(([name]) => name);
}

async function parameterGradients(family: Family, row: number): Promise<number[]> {
  const { golden } = family;
  const { graph, losses } = withLosses(family.graph);
  const facts = await learnFacts(graph, probesWithClasses(family.graph, golden.logits[0]!.length));
  const b = new GraphBuilder(graph);
  const one = b.op('Add', [b.op('Mul', [losses, b.scalar(0)]), b.scalar(1)]);
  const wrt = parameters(graph);
  const found = vjp({ graph, seeds: new Map([[losses, one]]), wrt, facts });
  graph.outputs = [...found.values()].map(name => ({ name }));
  const session = await Session.create(writeModel(cleanup(graph)));
  const feeds: Feeds = {};
  for (const [name, value] of Object.entries(family.feeds)) {
    const [, length] = value.dims as [number, number];
    const data = (value.data as BigInt64Array).slice(row * length, (row + 1) * length);
    feeds[name] = { dtype: 'int64', dims: [1, length], data };
  }
  const results = await session.run({ ...feeds, classes: oneHot(golden, [golden.labels![row]!]) });
  await session.release();
  return [...found.values()].flatMap(name => numbers(results[name]));
}

for (const name of familyNames) {
  describe(`autodiff of ${name}`, () => {
    const family = loadFamily(name);
    const { golden } = family;

    it('gives the gradients of logit and loss by the word embedding', async () => {
      const [logits, ofLogit, ofLoss, losses] = await gradientsByEmbedding(family);
      const mask = golden.attention_mask;
      assertClose(logits!, flat(golden.logits), tolerance, 'logits');
      assertClose(losses!, golden.loss, tolerance, 'loss');
      const expect = (values: readonly number[]): number[] => unmasked(values, mask);
      assertClose(expect(ofLogit!), expect(flat(golden.grad_logit)), tolerance, 'grad_logit');
      assertClose(expect(ofLoss!), expect(flat(golden.grad_loss)), tolerance, 'grad_loss');
    });

    it('gives the gradients of the loss by all parameters', async function () {
      if (!golden.grad_inner_all_params) {
        console.log(`      (no reference for the parameters of ${name})`);
        this.skip();
      }
      const rows = await Promise.all(
        golden.labels!.map((_, row) => parameterGradients(family, row)),
      );
      const inner = rows.map(a => rows.map(c => a.reduce((sum, x, i) => sum + x * c[i]!, 0)));
      assertClose(flat(inner), flat(golden.grad_inner_all_params), tolerance, 'inner products');
    });
  });
}

describe('the references', () => {
  it('cover parameter gradients of all families but ALBERT', () => {
    const without = familyNames.filter(name => !loadFamily(name).golden.grad_inner_all_params);
    assert.deepEqual(without, ['albert']);
  });
});
