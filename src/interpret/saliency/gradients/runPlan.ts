/** The questions about some texts through the saliency program, in batches. */
import type { Row } from '../../../model/inputs';
import type { Model } from '../../../model/model';
import type { BaselineKind, HealthCheck } from '../../../protocol/explanation';
import { GlassboxError } from '../../../protocol/messages';
import type { Part } from '../../task/decision';
import { groupsOf, type RunOptions } from '../../task/predictRows';
import { disagreementWith } from '../disagreement';
import * as health from '../health';
import { scalarConstant, scalarValue } from '../job';
import { plain, type Attribution, type Job, type SaliencyWork } from '../method';
import { combine, type Combined } from './combine';
import { isSigned, type Plan } from './plan';
import { SaliencyProgram } from './program';
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
      // The silent point at the text follows those of the method.
      disagreement: work.model.about.exact
        ? program.disagreement
        : disagreementWith(
            work.model,
            job,
            own.map(({ logits }) => logits[plan.points.length]!),
          ),
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
  const rows = runs.map(rowOf);
  const results = new Array<RowResult>(runs.length);
  const total = runs.length * points.length;
  let done = 0;
  const tell = (found: number): void => {
    if (found < total) {
      options.progress?.({ done: found, total, says: `${found} of ${total} points` });
    }
  };
  // Without a mask the padding of a shorter row would be read as if it were text.
  for (const group of groupsOf(model, rows)) {
    const length = Math.max(...group.map(at => rows[at]!.ids.length));
    const together = Math.max(1, Math.floor(tokensTogether / length));
    for (let first = 0; first < group.length; first += together) {
      const some = group.slice(first, first + together);
      const found = await runPoints(
        program,
        {
          rows: some.map(at => rows[at]!),
          decisions: some.map(at => runs[at]!.part.decisions),
          scalar,
          baseline: {
            ids: some.map(at => baselineOf(model, runs[at]!, parameters.baseline)),
            scale: parameters.baseline === 'zero' ? 0 : 1,
          },
          points,
          moment: plan.moment,
          seed: parameters.seed,
          wantsLogits: !exact,
        },
        {
          ...options,
          progress: ({ done: within }) => {
            tell(done + within);
          },
        },
      );
      some.forEach((at, index) => {
        results[at] = found.rows[index]!;
      });
      done += some.length * points.length;
      tell(done);
    }
  }
  return results;
}

function rowOf({ job, part }: Run): Row {
  return job.read.hand.windows[part.window]!.row;
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

/**
 * Ids of the baseline: the special tokens and the padding stay, all others become [PAD] or [MASK]. Without
 * a tokenizer nothing tells which tokens are special, and only the padding stays.
 */
function baselineOf({ about }: Model, { job, part }: Run, kind: BaselineKind): number[] {
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
