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
import { freshReviews } from './freshReviews';
import { checkGradients } from './gradientCheck';
import { modelCard } from './modelCard';
import { networkModel, writeModelFolder } from './modelFolder';
import { Random } from './random';
import { sample, setUp } from './setup';
import { train, type EpochReport } from './train';

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
  const { examples, dev, options, read } = await setUp(flags.out, {
    seed: Number(flags.seed),
    epochs: Number(flags.epochs),
    threads: Number(flags.threads),
  });
  const { size, padId } = options;
  const started = performance.now();
  const report = async ({ epoch, steps, loss, parameters }: EpochReport): Promise<void> => {
    const { accuracy } = await evaluate(networkModel(size, parameters), dev);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(
      `epoch ${epoch}  step ${steps}  loss ${loss.toFixed(4)}  dev accuracy ${accuracy.toFixed(3)}  ${seconds} s`,
    );
  };
  if (flags.steps !== undefined) {
    const few = examples.slice(0, 64);
    const { parameters, losses } = await train(few, {
      ...options,
      report,
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

  const { parameters } = await train(examples, { ...options, report });
  writeModelFolder(flags.out, size, parameters);
  const model = path.join(flags.out, 'model.onnx');
  const fresh = await read(freshReviews());
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
