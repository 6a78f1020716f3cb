/** The questions about some texts through the saliency program, in one batch. */
import type { Model } from '../../model/model';
import { logitsAt } from '../../model/rowOutput';
import type {
  BaselineKind,
  Explanation,
  MethodParameters,
  ScalarKind,
} from '../../protocol/explanation';
import { GlassboxError } from '../../protocol/messages';
import type { LabelChoice, ReadingOptions } from '../../protocol/task';
import { constantOf, partValue, type Part } from '../task/decision';
import type { Asked, Reading } from '../task/reading';
import { readers } from '../task/readers';
import { unseenRanges, type ReadText } from '../task/readText';
import type { RunOptions } from '../task/predictRows';
import { readResult, type Means } from './answer';
import { combine } from './gradients/combine';
import type { Method } from './method';
import { methodNamed } from './methods';
import { parametersOf, resolveParameters } from './parameters';
import { largestDifference, SaliencyProgram } from './gradients/program';
import { runPoints, silentPoint, type RowResult } from './gradients/runPoints';

/** What is asked, the same for all texts. */
export interface SaliencyRequest extends ReadingOptions {
  readonly method: string;
  readonly parameters: MethodParameters;
  readonly scalar: ScalarKind;
  readonly label: LabelChoice;
}

/** Tokens whose sums of gradients are held at once, for memory. */
const tokensTogether = 8192;

interface Job {
  readonly read: ReadText;
  readonly reading: Reading;
  readonly asked: Asked;
}

/** One run of the program: a part of a text's question. */
interface Run {
  readonly job: Job;
  readonly part: Part;
}

/** Throws GlassboxError as explain. `started`: from performance.now(). */
export async function explainTexts(
  model: Model,
  texts: readonly ReadText[],
  request: SaliencyRequest,
  options: RunOptions,
  started: number,
): Promise<Explanation[]> {
  const method = methodNamed(request.method);
  const parameters = resolveParameters(method, request.parameters);
  const plan = method.plan(parameters);
  const program = await SaliencyProgram.of(model);
  const means: Means = { model, program, method, plan, parameters };
  const scalar = scalarOf(model, method, request.scalar);
  const jobs = texts.map((read): Job => {
    const reading = readers[model.about.head.task](read.hand);
    return { read, reading, asked: reading.ask(request.label, request.answerPart ?? 'both') };
  });
  const runs = jobs.flatMap(job => job.asked.parts.map((part): Run => ({ job, part })));
  const results = await runAll(means, runs, scalar, options);
  const milliseconds = (performance.now() - started) / texts.length;
  let next = 0;
  return jobs.map(job => {
    const own = results.slice(next, (next += job.asked.parts.length));
    return finish(means, job, own, { request, scalar, milliseconds });
  });
}

/** A regression has one number only, so a choice that was remembered from another model has no meaning. */
function scalarOf(model: Model, { description }: Method, asked: ScalarKind): ScalarKind {
  if (model.about.head.link !== 'identity') return description.scalar ?? asked;
  if (description.scalar === undefined || description.scalar === 'logit') return 'logit';
  throw new GlassboxError(
    'bad-input',
    `${description.title} explains the ${description.scalar} of a label, and a regression has no labels; choose another method.`,
  );
}

async function runAll(
  { program, model, plan, parameters }: Means,
  runs: readonly Run[],
  scalar: ScalarKind,
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

interface Frame {
  readonly request: SaliencyRequest;
  readonly scalar: ScalarKind;
  readonly milliseconds: number;
}

function finish(
  means: Means,
  job: Job,
  results: readonly RowResult[],
  { request, scalar, milliseconds }: Frame,
): Explanation {
  const { model, method, plan, parameters, program } = means;
  const { head, hash, name } = model.about;
  const { asked, read, reading } = job;
  const { windows, outputs, tokens } = read.hand;
  const combined = combine(windows, asked.parts, results);
  const valueOf = (offset: (part: Part) => number): number =>
    asked.parts.reduce(
      (sum, part) =>
        sum + part.weight * (partValue(head, scalar, part, outputs[part.window]!) - offset(part)),
      0,
    );
  const unseen = unseenRanges(read, new Set(combined.seen));
  const seen = combined.seen.map(index => tokens[index]!);
  const kind = request.wordScores ?? (head.task === 'token-classification' ? 'sum' : 'pieces');
  const { attributions, scores, signed, words, health } = readResult(means, {
    asked,
    scalar,
    // Where the weights were converted, the rise must be that of the function that was differentiated.
    value: model.about.exact
      ? valueOf(part => constantOf(scalar, part))
      : combined.scalars[plan.points.length]!,
    tokens: seen,
    combined,
    wordScores: kind,
    windows: read.windows,
    unseen,
    notes: reading.notes,
    disagreement: disagreementOf(means, job, results),
  });
  const { label, against, why, choice, what } = asked;
  return {
    tokens: seen,
    prediction: asked.prediction,
    gold: reading.gold,
    correct: reading.correct,
    explained: {
      label,
      against,
      why,
      scalar,
      value: valueOf(() => 0),
      choice,
      says: `${head.link === 'identity' ? 'value' : scalar} of ${what}`,
    },
    questions: reading.questions,
    windows: read.windows,
    unseen,
    wordScores: kind,
    words,
    method: {
      name: method.description.name,
      title: method.description.title,
      ...parametersOf(method, parameters),
    },
    signed,
    attributions,
    scores,
    normalisation: plan.normalisation,
    health,
    device: program.device,
    milliseconds,
    modelHash: hash,
    modelName: name,
  };
}

/** How far the explained function is from the file's, at this text where they differ at all. */
function disagreementOf(
  { model, program, plan }: Means,
  { asked, read }: Job,
  results: readonly RowResult[],
): number {
  const { head, exact } = model.about;
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
