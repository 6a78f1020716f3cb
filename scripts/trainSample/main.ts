/**
 * Trains the model of the sample with Glassbox's own derivatives: `npm run train-sample`.
 * `npm run train-sample -- --steps 30 --out FOLDER` is the short run of the continuous integration: it must learn
 * 64 reviews by heart, and its gradients must agree with finite differences.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { toBatch } from './batches';
import { evaluate } from './evaluate';
import { readReviews, toExamples, tokenizerFor } from './examples';
import { freshReviews } from './freshReviews';
import { checkGradients } from './gradientCheck';
import { modelCard } from './modelCard';
import { networkModel, writeModelFolder } from './modelFolder';
import type { NetworkSize } from './network';
import { Random } from './random';
import { train, type EpochReport, type TrainOptions } from './train';
import { trainWordPiece } from './wordPiece';

const sample = path.resolve(import.meta.dirname, '..', '..', 'media', 'sample');

/** Largest relative error that the gradient check accepts. */
const gradientTolerance = 0.01;

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      out: { type: 'string', default: path.join(sample, 'model') },
      steps: { type: 'string' },
      seed: { type: 'string', default: '1' },
      epochs: { type: 'string', default: '36' },
      threads: { type: 'string', default: '1' },
    },
  });
  const trainReviews = readReviews(path.join(sample, 'reviews.train.jsonl'));
  const devReviews = readReviews(path.join(sample, 'reviews.dev.jsonl'));
  const vocabulary = trainWordPiece(
    trainReviews.map(({ text }) => text),
    2000,
  );
  const size: NetworkSize = {
    vocab_size: vocabulary.length,
    max_position_embeddings: 128,
    dim: 96,
    n_layers: 2,
    n_heads: 4,
    hidden_dim: 192,
    num_labels: 2,
  };
  const tokenizer = await tokenizerFor(vocabulary, size.max_position_embeddings, flags.out);
  const examples = await toExamples(trainReviews, tokenizer, size.max_position_embeddings);
  const dev = await toExamples(devReviews, tokenizer, size.max_position_embeddings);
  const padId = vocabulary.indexOf('[PAD]');
  const started = performance.now();
  const report = async ({ epoch, steps, loss, parameters }: EpochReport): Promise<void> => {
    const { accuracy } = await evaluate(networkModel(size, parameters), dev);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(
      `epoch ${epoch}  step ${steps}  loss ${loss.toFixed(4)}  dev accuracy ${accuracy.toFixed(3)}  ${seconds} s`,
    );
  };
  const options: TrainOptions = {
    size,
    padId,
    substitutes: ['[MASK]', '[UNK]'].map(token => vocabulary.indexOf(token)),
    seed: Number(flags.seed),
    epochs: Number(flags.epochs),
    batchSize: 32,
    peakRate: 1e-3,
    dropout: 0.3,
    wordDropout: { times: 2, most: 0.3 },
    smoothing: 0.05,
    weightDecay: 0.1,
    threads: Number(flags.threads),
    report,
  };

  if (flags.steps !== undefined) {
    const few = examples.slice(0, 64);
    const { parameters, losses } = await train(few, {
      ...options,
      ...{ epochs: Infinity, maxSteps: Number(flags.steps), peakRate: 3e-3 },
      ...{ dropout: 0, wordDropout: { times: 0, most: 0 } },
    });
    writeModelFolder(flags.out, size, parameters);
    const batch = toBatch(examples.slice(64, 68), { labels: size.num_labels, padId });
    const checks = await checkGradients(size, parameters, batch, new Random(options.seed));
    const worst = checks.reduce((a, b) => (a.error > b.error ? a : b));
    const [first, last] = [losses[0]!, losses.at(-1)!];
    console.log(`loss ${first.toFixed(4)} to ${last.toFixed(4)} in ${losses.length} steps`);
    console.log(
      `gradients of ${checks.length} parameters against finite differences: largest error ${worst.error.toExponential(1)} (${worst.parameter})`,
    );
    if (last > 0.7 * first) throw new Error('The loss has not fallen by 30 %.');
    if (worst.error > gradientTolerance) throw new Error('The gradients are wrong.');
    return;
  }

  const { parameters } = await train(examples, options);
  writeModelFolder(flags.out, size, parameters);
  const model = path.join(flags.out, 'model.onnx');
  const fresh = await toExamples(freshReviews(), tokenizer, size.max_position_embeddings);
  const card = modelCard({
    size,
    options,
    parameters,
    train: (await evaluate(model, examples)).accuracy,
    dev: (await evaluate(model, dev)).accuracy,
    fresh: { count: fresh.length, accuracy: (await evaluate(model, fresh)).accuracy },
  });
  writeFileSync(path.join(flags.out, 'README.md'), card);
  console.log(`The model is in ${flags.out}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
