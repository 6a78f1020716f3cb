/** The questions about some texts through the saliency program, in one batch. */
import type { Model } from '../../../model/model';
import { logitsAt } from '../../../model/rowOutput';
import type { BaselineKind, HealthCheck } from '../../../protocol/explanation';
import { GlassboxError } from '../../../protocol/messages';
import type { Part } from '../../task/decision';
import type { RunOptions } from '../../task/predictRows';
import * as health from '../health';
import { scalarConstant, scalarValue } from '../job';
import { plain, type Attribution, type Job, type SaliencyWork } from '../method';
import { combine, type Combined } from './combine';
import { isSigned, type Plan } from './plan';
import { largestDifference, SaliencyProgram } from './program';
import { runPoints, silentPoint, type Reductions, type RowResult } from './runPoints';

/** Tokens whose sums of gradients are held at once, for memory. */
const tokensTogether = 8192;

/** One run of the program: a part of a text's question. */
interface Run {
  readonly job: Job;
  readonly part: Part;
}

/** Throws GlassboxError as Method.attribute. */
export async function runPlan(
  plan: Plan,
  work: SaliencyWork,
  options: RunOptions,
): Promise<Attribution[]> {
  const program = await SaliencyProgram.of(work.model);
  const runs = work.jobs.flatMap(job => job.asked.parts.map((part): Run => ({ job, part })));
  const results = await runAll(program, plan, work, runs, options);
  let next = 0;
  return work.jobs.map((job): Attribution => {
    const own = results.slice(next, (next += job.asked.parts.length));
    const combined = combine(job.read.hand.windows, job.asked.parts, own);
    const sums = pick(plan, combined.reductions);
    return {
      ...plain,
      seen: combined.seen,
      attributions: plan.absolute ? sums.map(Math.abs) : [...sums],
      signed: isSigned(plan),
      normalisation: plan.normalisation,
      health: check(program, plan, work, job, combined),
      disagreement: disagreementOf(program, plan, job, own),
      device: program.device,
    };
  });
}

async function runAll(
  program: SaliencyProgram,
  plan: Plan,
  { model, parameters, scalar }: SaliencyWork,
  runs: readonly Run[],
  options: RunOptions,
): Promise<RowResult[]> {
  // Points that count for nothing: the baseline, for completeness, and the text, to compare predictions.
  const { exact } = model.about;
  const points = [
    ...plan.points,
    ...(exact ? [] : [silentPoint(1)]),
    ...(plan.complete ? [silentPoint(0)] : []),
  ];
  const length = Math.max(...runs.map(({ job, part }) => rowOf(job, part).ids.length));
  const together = Math.max(1, Math.floor(tokensTogether / length));
  const results: RowResult[] = [];
  while (results.length < runs.length) {
    const some = runs.slice(results.length, results.length + together);
    const { rows } = await runPoints(
      program,
      {
        rows: some.map(({ job, part }) => rowOf(job, part)),
        decisions: some.map(({ part }) => part.decisions),
        scalar,
        baseline: {
          ids: some.map(({ job, part }) => baselineOf(model, job, part, parameters.baseline)),
          scale: parameters.baseline === 'zero' ? 0 : 1,
        },
        points,
        moment: plan.moment,
        seed: parameters.seed,
        wantsLogits: !exact,
      },
      options,
    );
    results.push(...rows);
  }
  return results;
}

function rowOf({ read }: Job, { window }: Part) {
  return read.hand.windows[window]!.row;
}

function pick({ product, reduce }: Plan, reductions: Reductions): readonly number[] {
  switch (reduce) {
    case 'sum':
      return product ? reductions.productSum : reductions.rawSum;
    case 'l1':
      return product ? reductions.productL1 : reductions.rawL1;
    case 'l2':
      return product ? reductions.productL2 : reductions.rawL2;
  }
}

function check(
  program: SaliencyProgram,
  plan: Plan,
  { model, scalar, parameters }: SaliencyWork,
  job: Job,
  { reductions, scalars }: Combined,
): HealthCheck[] {
  const checks: (HealthCheck | null)[] = [program.note];
  if (plan.complete) {
    const sum = reductions.productSum.reduce((a, b) => a + b, 0);
    const magnitude = reductions.productSum.reduce((a, b) => a + Math.abs(b), 0);
    // Where the weights were converted, the rise must be that of the function that was differentiated.
    const value = model.about.exact
      ? scalarValue(model, job, scalar) - scalarConstant(job, scalar)
      : scalars[plan.points.length]!;
    const rise = value - scalars.at(-1)!;
    checks.push(health.completeness({ sum, magnitude, rise, scalar, ...parameters }));
  }
  const oneMean = plan.moment === 'mean' && plan.reduce === 'sum';
  if (oneMean && !plan.product) checks.push(health.layerNormSum(reductions));
  // Averaged gradients belong to many places, of which the text is none: there the rule does not hold.
  if (oneMean && plan.product && plan.points.length === 1) {
    checks.push(health.layerNormDot(reductions));
  }
  return checks.filter(entry => entry !== null);
}

/** How far the explained function is from the file's, at this text where they differ at all. */
function disagreementOf(
  program: SaliencyProgram,
  plan: Plan,
  { asked, read }: Job,
  results: readonly RowResult[],
): number {
  const { head, exact } = program.model.about;
  if (exact) return program.disagreement;
  const differences = asked.parts.map(({ window, decisions }, part) => {
    const output = read.hand.outputs[window]!;
    const positions = head.decides === 'ends' ? [0, 1] : decisions.map(({ position }) => position);
    const expected = positions.flatMap(at => Array.from(logitsAt(head, output, at)));
    // The silent point at the text follows those of the method.
    return largestDifference(expected, results[part]!.logits[plan.points.length]!);
  });
  return Math.max(...differences);
}

/**
 * Ids of the baseline: the special tokens and the padding stay, all others become [PAD] or [MASK]. Without
 * a tokenizer nothing tells which tokens are special, and only the padding stays.
 */
function baselineOf({ about }: Model, job: Job, part: Part, kind: BaselineKind): number[] {
  const { row, tokens } = job.read.hand.windows[part.window]!;
  if (kind === 'zero') return row.ids.map(() => 0);
  const filling = kind === 'pad' ? about.padId : about.maskId;
  if (filling === null) {
    const [token, where] =
      kind === 'pad'
        ? ['padding', 'neither tokenizer.json nor config.json names one']
        : ['mask', 'tokenizer.json names none, or is missing'];
    throw new GlassboxError(
      'bad-input',
      `This model has no ${token} token that is known here (${where}), so it cannot be the baseline; choose another one.`,
    );
  }
  return row.ids.map((id, index) =>
    job.read.hand.tokens[tokens[index]!]!.special || row.mask[index] === 0 ? id : filling,
  );
}
