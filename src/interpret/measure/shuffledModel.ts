/** A model that knows nothing: the same weights in another order. */
import { setImmediate } from 'node:timers/promises';
import { feedsOf } from '../../model/inputs';
import { Model, type ModelFacts } from '../../model/model';
import type { Constant, Graph } from '../../onnx/graph';
import { writeMapped } from '../../onnx/mappedModel';
import { constantOf, elementsOf, sizeOf } from '../../onnx/tensorData';
import { GlassboxError } from '../../protocol/messages';
import { openSession } from '../../runtime/devices';
import type { Feeds } from '../../runtime/session';
import { Seeded } from '../random';

/** Larger numbers are no weights: they stand in masks, where exporters wrote minus infinity. */
const mostWeight = 1e30;
/** One ONNX model in memory can have so many bytes. */
const mostBytes = 2 ** 31 - 2 ** 20;

/**
 * The model with the numbers of each weight matrix (embedding tables among them, biases not) in a seeded random order: an explanation
 * that looks the same for it does not depend on what the model has learned (Adebayo et al. 2018, arXiv:1810.03292: model parameter
 * randomisation; the random model of the ALPS lab). Tokenizer, shapes and labels are those of `model`, nothing is probed again; its
 * session is its own, and its weights are in memory. Release it like any model.
 * Throws GlassboxError 'unsupported' where the weights are too large to be held in memory as one graph.
 */
export async function shuffledModel(model: Model, seed = 0): Promise<Model> {
  const { about } = model;
  const read = async (): Promise<Graph> => await shuffleWeights(await model.graph(), seed);
  const graph = await read();
  const { device, head, file } = about;
  const bytes = [...graph.constants.values()].reduce(
    (sum, { dtype, dims }) => sum + (isMatrix(dtype, dims) ? 4 * sizeOf(dims) : 0),
    0,
  );
  if (bytes > mostBytes) {
    throw new GlassboxError(
      'unsupported',
      `${file} is too large for its weights to be shuffled in memory (${Math.round(bytes / 2 ** 20)} MiB); measure without shuffled weights.`,
    );
  }
  const { session } = await openSession(device, {
    model: writeMapped(graph),
    feeds: trialOf(about),
    output: head.outputs[0]!,
  });
  const shuffled = {
    ...about,
    name: `${about.name}, shuffled weights`,
    // The graph that is differentiated gives logits, whatever the file gives.
    head: { ...head, squashed: null },
    exact: true,
    notes: [
      ...about.notes,
      {
        check: 'shuffled',
        ok: false,
        value: null,
        says: 'The weights of the model were shuffled: this map is here as what every map has to differ from.',
      },
    ],
  };
  return new Model(shuffled, session, read, graph);
}

/** A row of a usual length, for a device to be tried with. */
function trialOf({ inputs, maxTokens }: ModelFacts): Feeds {
  const ids = new Array<number>(inputs.length ?? Math.min(32, maxTokens)).fill(inputs.padId);
  return feedsOf(inputs, [{ ids, mask: ids.map(() => 1), typeIds: ids.map(() => 0) }]);
}

/** The graph with the entries of each float32 matrix in another order, which seed and name decide. */
export async function shuffleWeights(graph: Graph, seed: number): Promise<Graph> {
  const constants = new Map(graph.constants);
  for (const [name, constant] of graph.constants) {
    const { dtype, dims } = constant;
    if (!isMatrix(dtype, dims)) continue;
    const numbers = Float32Array.from(elementsOf(constant) as Float32Array);
    if (numbers.some(value => Math.abs(value) > mostWeight)) continue;
    shuffle(numbers, seed, name);
    constants.set(name, constantOf('float32', dims, numbers));
    await setImmediate();
  }
  return { ...graph, constants };
}

function isMatrix(dtype: Constant['dtype'], dims: readonly number[]): boolean {
  return dtype === 'float32' && dims.filter(size => size > 1).length >= 2;
}

/** Fisher and Yates, in place. */
function shuffle(numbers: Float32Array, seed: number, name: string): void {
  const random = new Seeded(seed, name);
  for (let i = numbers.length - 1; i > 0; i--) {
    const other = random.below(i + 1);
    const kept = numbers[i]!;
    numbers[i] = numbers[other]!;
    numbers[other] = kept;
  }
}
