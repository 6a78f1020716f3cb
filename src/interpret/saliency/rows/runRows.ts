/** The questions about some texts through a program that looks at each once, in batches. */
import { columnsOf, type Row } from '../../../model/inputs';
import type { ScalarKind } from '../../../protocol/explanation';
import { GlassboxError } from '../../../protocol/messages';
import type { Feeds } from '../../../runtime/session';
import type { Part } from '../../task/decision';
import { groupsOf, type RunOptions } from '../../task/predictRows';
import { disagreementWith } from '../disagreement';
import { programOutputs } from '../gradients/programValues';
import { seenTokens } from '../job';
import type { Job } from '../method';
import { feedsOfRows } from './rowFeeds';
import type { RowProgram } from './rowProgram';

/** What was found about a text, summed up over the parts of its question. */
export interface Found {
  /** Indices of the tokens that were seen, in the order of the text. */
  readonly seen: readonly number[];
  /** By output: a number for each of `seen`. */
  readonly tokens: Readonly<Record<string, readonly number[]>>;
  /** By output, and `programOutputs.scalar`. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Between the logits of the program and those of the file, relative to the largest. */
  readonly disagreement: number;
}

interface RowResult {
  readonly tokens: Record<string, Float32Array>;
  readonly numbers: Record<string, number>;
  readonly logits: Float32Array;
}

/** A part of a text's question. */
interface Run {
  readonly job: Job;
  readonly part: Part;
}

/**
 * One answer a job. A token's vectors in different windows are different inputs, so their numbers add up, with the weights of
 * the parts. Throws GlassboxError 'cancelled' between two runs.
 */
export async function runRows(
  program: RowProgram,
  jobs: readonly Job[],
  scalar: ScalarKind,
  extra: Feeds,
  options: RunOptions,
): Promise<Found[]> {
  const runs = jobs.flatMap(job => job.asked.parts.map((part): Run => ({ job, part })));
  const results = await runAll(program, runs, scalar, extra, options);
  let next = 0;
  return jobs.map(job => {
    const own = results.slice(next, (next += job.asked.parts.length));
    return combine(program, job, own);
  });
}

function rowOf({ job, part }: Run): Row {
  return job.read.hand.windows[part.window]!.row;
}

async function runAll(
  program: RowProgram,
  runs: readonly Run[],
  scalar: ScalarKind,
  extra: Feeds,
  { signal, progress }: RunOptions,
): Promise<RowResult[]> {
  const { model, outputs, pace } = program;
  const { inputs } = model.about;
  const names = [...outputs.tokens, ...outputs.numbers, programOutputs.scalar];
  const results = new Array<RowResult>(runs.length);
  let done = 0;
  // Without a mask the padding of a shorter row would be read as if it were text.
  for (const group of groupsOf(model, runs.map(rowOf))) {
    for (let next = 0; next < group.length;) {
      if (signal?.aborted) throw new GlassboxError('cancelled', 'The explanation was cancelled.');
      const longest = Math.max(...group.slice(next).map(at => rowOf(runs[at]!).ids.length));
      const together = outputs.together ? (inputs.batch ?? pace.pointsOf(longest)) : 1;
      const some = group.slice(next, next + together);
      const rows = some.map(at => rowOf(runs[at]!));
      const columns = columnsOf(inputs, rows);
      const decisions = some.map(at => runs[at]!.part.decisions);
      const feeds = feedsOfRows(model.about, rows, decisions, scalar, columns);
      const started = performance.now();
      const fetched = await program.run({ ...feeds, ...extra }, [...names, programOutputs.logits]);
      pace.learn(rows.length * columns, performance.now() - started);
      some.forEach((at, row) => {
        results[at] = resultOf(program, fetched, row, rows[row]!.ids.length);
      });
      next += some.length;
      done += some.length;
      if (done < runs.length) {
        progress?.({ done, total: runs.length, says: `${done} of ${runs.length} texts` });
      }
    }
  }
  return results;
}

function resultOf({ outputs }: RowProgram, fetched: Feeds, row: number, length: number): RowResult {
  const ofRow = (name: string): Float32Array => {
    const { dims, data } = fetched[name]!;
    const size = data.length / dims[0]!;
    return (data as Float32Array).slice(row * size, (row + 1) * size);
  };
  const numbers = [...outputs.numbers, programOutputs.scalar];
  return {
    tokens: Object.fromEntries(outputs.tokens.map(name => [name, ofRow(name).slice(0, length)])),
    // What is right for a row alone is one number for the whole batch.
    numbers: Object.fromEntries(
      numbers.map(name => [
        name,
        Number(fetched[name]!.data[fetched[name]!.data.length > row ? row : 0]),
      ]),
    ),
    logits: ofRow(programOutputs.logits),
  };
}

function combine(program: RowProgram, job: Job, results: readonly RowResult[]): Found {
  const { read, asked } = job;
  const { windows } = read.hand;
  const seen = seenTokens(windows, asked.parts);
  const place = new Map(seen.map((token, index) => [token, index]));
  const tokens = Object.fromEntries(
    program.outputs.tokens.map(name => {
      const sums = new Array<number>(seen.length).fill(0);
      asked.parts.forEach(({ window, weight }, part) => {
        windows[window]!.tokens.forEach((token, position) => {
          sums[place.get(token)!]! += weight * results[part]!.tokens[name]![position]!;
        });
      });
      return [name, sums];
    }),
  );
  const numbers = Object.fromEntries(
    [...program.outputs.numbers, programOutputs.scalar].map(name => [
      name,
      asked.parts.reduce(
        (sum, { weight }, part) => sum + weight * results[part]!.numbers[name]!,
        0,
      ),
    ]),
  );
  const disagreement = disagreementWith(
    program.model,
    job,
    results.map(({ logits }) => logits),
  );
  return { seen, tokens, numbers, disagreement };
}
