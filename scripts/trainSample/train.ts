import { Adam, learningRate } from './adam';
import { dropChances, dropoutMask, epochBatches, type Example } from './batches';
import { parameterShapes, type NetworkSize } from './network';
import { Random } from './random';
import { TrainingGraph, type Parameters } from './trainingGraph';

export interface TrainOptions {
  readonly size: NetworkSize;
  readonly padId: number;
  /** Ids that dropped words are replaced by. */
  readonly substitutes: readonly number[];
  readonly seed: number;
  readonly epochs: number;
  /** Stops after so many steps, if fewer; the learning rate is planned for them. */
  readonly maxSteps?: number;
  readonly batchSize: number;
  readonly peakRate: number;
  readonly dropout: number;
  /** See `dropChances`. */
  readonly wordDropout: { readonly times: number; readonly most: number };
  readonly smoothing: number;
  readonly weightDecay: number;
  readonly threads: number;
  /** Called after each epoch, and after the last step. */
  readonly report: (report: EpochReport) => Promise<void> | void;
}

export interface EpochReport {
  readonly epoch: number;
  readonly steps: number;
  /** Mean over the epoch. */
  readonly loss: number;
  readonly parameters: Parameters;
}

/** Everything that came out of a training. */
export interface Trained {
  readonly parameters: Parameters;
  /** One a step. */
  readonly losses: readonly number[];
}

/**
 * Ones and zeros for layer norms, zeros for biases, normal numbers for the others: matrices by their width
 * (Glorot and Bengio 2010), words 0.05, positions 0.01, so that what is said counts more at first than where.
 */
export function firstParameters(size: NetworkSize, random: Random): Parameters {
  const parameters: Parameters = new Map();
  for (const [name, dims] of parameterShapes(size)) {
    const values = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
    if (/norm\.weight$/i.test(name)) values.fill(1);
    else if (!name.endsWith('.bias')) {
      const deviation = deviationOf(name, dims);
      for (let i = 0; i < values.length; i++) values[i] = deviation * random.normal();
    }
    parameters.set(name, values);
  }
  return parameters;
}

function deviationOf(name: string, [inputs = 1, outputs = 1]: readonly number[]): number {
  // Not as small as usual: at a zero word vector the first normalisation divides by the spread of the
  // position's vector alone, and a path from there would start with a jump.
  if (name.includes('position_embeddings')) return 0.1;
  if (name.includes('word_embeddings')) return 0.05;
  return Math.sqrt(2 / (inputs + outputs));
}

/** Trains from the first parameters on; the same options and examples give the same parameters on one machine. */
export async function train(examples: readonly Example[], options: TrainOptions): Promise<Trained> {
  const random = new Random(options.seed);
  const parameters = firstParameters(options.size, random);
  const graph = await TrainingGraph.create(options.size, {
    threads: options.threads,
    dropout: options.dropout > 0,
  });
  const adam = new Adam({ weightDecay: options.weightDecay });
  const perEpoch = Math.ceil(examples.length / options.batchSize);
  const steps = Math.min(options.maxSteps ?? Infinity, options.epochs * perEpoch);
  const warmUp = Math.ceil(steps / 10);
  const wordDropout = {
    substitutes: options.substitutes,
    chances: dropChances(examples, options.wordDropout),
  };
  const losses: number[] = [];
  try {
    for (let epoch = 1; losses.length < steps; epoch++) {
      const start = losses.length;
      const batches = epochBatches(examples, random, {
        size: options.batchSize,
        labels: options.size.num_labels,
        padId: options.padId,
        smoothing: options.smoothing,
        wordDropout,
      });
      for (const batch of batches.slice(0, steps - losses.length)) {
        const count = batch.batch * batch.length * options.size.dim;
        const masks = graph.dropoutSites.map(() => dropoutMask(random, count, options.dropout));
        const { loss, gradients } = await graph.run(parameters, batch, masks);
        adam.update(
          parameters,
          gradients,
          learningRate(losses.length, steps, warmUp, options.peakRate),
        );
        losses.push(loss);
      }
      const epochLosses = losses.slice(start);
      const loss = epochLosses.reduce((sum, value) => sum + value, 0) / epochLosses.length;
      await options.report({ epoch, steps: losses.length, loss, parameters });
    }
  } finally {
    await graph.release();
  }
  return { parameters, losses };
}
