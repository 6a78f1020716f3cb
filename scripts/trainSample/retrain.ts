/**
 * Retrains the sample's network on random halves of its training lines: `npm run retrain-sample -- --out RUNS`.
 *
 * What influence scores predict is measured here: the losses of the dev lines after a training that saw only some
 * of the lines (Park et al. 2023, section 2). Network and options are those of the sample's model; the seed, which
 * draws first weights, order and dropout, is another in every run, as a retraining's is.
 *
 * One JSON line is appended to RUNS a run, and runs that it has already are not repeated: it can be stopped
 * and started again. `--part 2/4` does the second of four equal parts, for several processes at once. `--summary FILE` trains nothing but
 * writes what is committed of the runs, test/fixtures/retrainings/sample.jsonl.
 */
import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { evaluate } from './evaluate';
import { networkModel } from './modelFolder';
import { halfMask, hexOf, planned, readRuns, summary, type Run } from './retrainings';
import { setUp, type Setup } from './setup';
import { train } from './train';

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      out: { type: 'string' },
      masks: { type: 'string', default: '60' },
      repeats: { type: 'string', default: '2' },
      part: { type: 'string', default: '1/1' },
      summary: { type: 'string' },
    },
  });
  if (flags.out === undefined) throw new Error('Say where the runs are kept: --out FILE');
  if (flags.summary !== undefined) {
    const lines = summary(readRuns(flags.out)).map(run => `${JSON.stringify(run)}\n`);
    writeFileSync(flags.summary, lines.join(''));
    return;
  }
  const counts = { masks: Number(flags.masks), repeats: Number(flags.repeats), part: flags.part };
  const setup = await setUp(mkdtempSync(path.join(tmpdir(), 'retrain-')));
  for (const { mask, repeat } of planned(readRuns(flags.out), counts)) {
    const started = performance.now();
    const run = await retrain(setup, mask, repeat);
    appendFileSync(flags.out, `${JSON.stringify(run)}\n`);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(`mask ${mask}, repeat ${repeat}: accuracy ${run.accuracy}, ${seconds} s`);
  }
}

async function retrain(
  { examples, dev, options }: Setup,
  mask: number,
  repeat: number,
): Promise<Run> {
  const chosen = halfMask(mask, examples.length);
  const seed = 1000 * (repeat + 1) + mask;
  const half = examples.filter((_, line) => chosen[line]);
  const { parameters } = await train(half, { ...options, seed, report: () => undefined });
  const said = await evaluate(networkModel(options.size, parameters), dev, { threads: 1 });
  const losses = dev.map(({ label }, row) => -Math.log(said.probabilities[row]![label]!));
  return {
    ...{ mask, repeat, runs: 1, lines: hexOf(chosen) },
    accuracy: dev.filter(({ label }, row) => label === said.predicted[row]).length / dev.length,
    losses: losses.map(loss => Number(loss.toPrecision(5))),
  };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
