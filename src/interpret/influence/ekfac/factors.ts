/**
 * EK-FAC (George et al. 2018): of each layer's block of the Gauss-Newton matrix C the eigenvectors of a Kronecker product, Q_A (x) Q_G
 * of A = E[x x^T] and G = E[dy dy^T], and in their basis the diagonal of C itself, E[(Q_G^T g Q_A)^2]. Blocks between layers count
 * as zero. Expectations are means over lines and sums over the directions of outputDirections.ts; the
 * scale of A and G does not matter to eigenvectors.
 */
import type { Progress } from '../../../protocol/messages';
import { chunksOf } from '../curvature/chunks';
import type { RunOptions } from '../../task/predictRows';
import { signalOf } from '../../pause';
import type { TrainingSet } from '../trainingSet';
import type { Bases, GhostProducts } from './ghostProducts';
import type { GhostOptions } from './ghostRuns';
import type { KeptFactors } from './keptFactors';
import type { LayerMatrices, LinearLayer } from './linearLayers';
import { symmetricEigen } from './symmetricEigen';

/** Of one layer; row by row, eigenvectors as columns. */
export interface LayerFactors extends Bases {
  /** [outputs, columns], the mean over lines. */
  readonly eigenvalues: Float64Array;
}

export interface FactorOptions extends RunOptions {
  /** Numbers of the lines whose mean curvature it is, ascending. */
  readonly numbers: readonly number[];
  /** For what is drawn at random, if anything is. */
  readonly seed: number;
  /** What is there is not computed again; what is computed is there afterwards. */
  readonly kept: KeptFactors;
  readonly tokens?: number;
}

/** Two passes over the lines and two eigenproblems a layer. Throws GlassboxError 'cancelled'; what was finished by then stays. */
export async function prepareFactors(
  ghosts: GhostProducts,
  train: TrainingSet,
  options: FactorOptions,
): Promise<LayerFactors[]> {
  const bases = await basesOf(ghosts, train, options);
  const eigenvalues = await eigenvaluesOf(ghosts, train, bases, options);
  return bases.map((basis, at) => ({ ...basis, eigenvalues: eigenvalues[at]! }));
}

const names = {
  inputs: (at: number): string => `${at}.inputs`,
  outputs: (at: number): string => `${at}.outputs`,
  eigenvalues: (at: number): string => `${at}.eigenvalues`,
};

async function basesOf(
  ghosts: GhostProducts,
  train: TrainingSet,
  options: FactorOptions,
): Promise<Bases[]> {
  const { kept, signal } = options;
  const found: (Bases | null)[] = [];
  for (const [at, { columns, outputs }] of ghosts.layers.entries()) {
    const inputs = await kept.read(names.inputs(at), columns ** 2);
    const others = inputs && (await kept.read(names.outputs(at), outputs ** 2));
    found.push(others && { inputs, outputs: others });
  }
  if (!found.includes(null)) return found as Bases[];
  const sums = {
    inputs: ghosts.zeros(({ columns }) => columns ** 2),
    outputs: ghosts.zeros(({ outputs }) => outputs ** 2),
  };
  for await (const chunk of curvatureChunks(train, options, 'Covariances')) {
    await ghosts.addCovariances(chunk.examples, sums, chunk.options);
  }
  await ghosts.drop('factors');
  const bases: Bases[] = [];
  for (const [at, layer] of ghosts.layers.entries()) {
    const { columns, outputs, name } = layer;
    const total = ghosts.layers.length;
    const says = `Eigenvectors of ${name} (${columns} and ${outputs}), layer ${at + 1} of ${total}`;
    options.progress?.({ done: at, total, says });
    const basis = found[at] ?? (await basisOf(sums, at, layer, signal));
    if (!found[at]) {
      await kept.write(names.inputs(at), basis.inputs);
      await kept.write(names.outputs(at), basis.outputs);
    }
    bases.push(basis);
  }
  return bases;
}

/** Both eigenproblems of a layer at once, in two threads where they are large. */
async function basisOf(
  sums: { readonly inputs: LayerMatrices; readonly outputs: LayerMatrices },
  at: number,
  { columns, outputs }: LinearLayer,
  signal: AbortSignal | undefined,
): Promise<Bases> {
  const [inputs, others] = await Promise.all([
    symmetricEigen({ data: sums.inputs[at]!, size: columns }, signal),
    symmetricEigen({ data: sums.outputs[at]!, size: outputs }, signal),
  ]);
  return { inputs, outputs: others };
}

async function eigenvaluesOf(
  ghosts: GhostProducts,
  train: TrainingSet,
  bases: readonly Bases[],
  options: FactorOptions,
): Promise<Float64Array[]> {
  const { kept } = options;
  const found: Float64Array[] = [];
  for (const [at, { columns, outputs }] of ghosts.layers.entries()) {
    const values = await kept.read(names.eigenvalues(at), columns * outputs);
    if (values) found.push(values);
  }
  if (found.length === ghosts.layers.length) return found;
  const sums = ghosts.zeros(({ columns, outputs }) => columns * outputs);
  const given = ghosts.basisFeeds(bases);
  for await (const chunk of curvatureChunks(train, options, 'Eigenvalues')) {
    await ghosts.addEigenvalues(chunk.examples, given, sums, chunk.options);
  }
  await ghosts.drop('eigenvalues');
  for (const [at, sum] of sums.entries()) {
    for (let i = 0; i < sum.length; i++) sum[i]! /= options.numbers.length;
    await kept.write(names.eigenvalues(at), sum);
  }
  return sums;
}

interface CurvatureChunk {
  readonly examples: Parameters<GhostProducts['gradient']>[0];
  readonly options: GhostOptions;
}

/** The lines of the curvature, with what a pass over them needs. `what`: for progress. */
async function* curvatureChunks(
  train: TrainingSet,
  options: FactorOptions,
  what: string,
): AsyncGenerator<CurvatureChunk> {
  const { numbers, seed, tokens, progress } = options;
  const total = numbers.length;
  for await (const { first, examples } of chunksOf(train, { ...signalOf(options), numbers })) {
    const tell = ({ done }: Progress): void => {
      const now = first + done;
      progress?.({ done: now, total, says: `${what}: ${now} of ${total} lines` });
    };
    yield {
      examples,
      options: {
        ...signalOf(options),
        ...(tokens === undefined ? {} : { tokens }),
        numbers: numbers.slice(first, first + examples.length),
        seed,
        progress: tell,
      },
    };
  }
}
