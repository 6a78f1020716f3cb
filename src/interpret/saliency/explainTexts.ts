/** Explains texts that were read: asks, lets the method attribute, and tells what it came to. */
import type { Model } from '../../model/model';
import type { Explanation, MethodParameters, ScalarKind } from '../../protocol/explanation';
import { GlassboxError } from '../../protocol/messages';
import type { LabelChoice, ReadingOptions, WordScores } from '../../protocol/task';
import type { RunOptions } from '../task/predictRows';
import { unseenRanges, type ReadText } from '../task/readText';
import { readResult } from './answer';
import { jobOf, scalarValue } from './job';
import type { Attribution, Job, Method, SaliencyWork } from './method';
import { methodNamed } from './methods';
import { parametersOf, resolveParameters } from './parameters';

/** What is asked, the same for all texts. */
export interface SaliencyRequest extends ReadingOptions {
  readonly method: string;
  readonly parameters: MethodParameters;
  readonly scalar: ScalarKind;
  readonly label: LabelChoice;
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
  const jobs = texts.map(read => jobOf(model, read, request.label, request.answerPart));
  const work = workOf(model, method, jobs, request);
  const found = await method.attribute(work, options);
  const milliseconds = (performance.now() - started) / texts.length;
  return work.jobs.map((job, index) =>
    explanationOf(method, work, job, found[index]!, milliseconds),
  );
}

/** What the method is asked about these texts. Throws GlassboxError 'bad-input' for parameters that make no sense. */
export function workOf(
  model: Model,
  method: Method,
  jobs: readonly Job[],
  request: Pick<SaliencyRequest, 'scalar' | 'parameters' | 'wordScores'>,
): SaliencyWork {
  return {
    model,
    jobs,
    scalar: scalarOf(model, method, request.scalar),
    parameters: resolveParameters(method, request.parameters, model.about),
    wordScores: request.wordScores ?? usualWordScores(model),
  };
}

function usualWordScores({ about }: Model): WordScores {
  return about.head.task === 'token-classification' ? 'sum' : 'pieces';
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

/** What the method found about one of the texts, with everything that is needed to read it. */
export function explanationOf(
  method: Method,
  work: SaliencyWork,
  job: Job,
  found: Attribution,
  milliseconds: number,
): Explanation {
  const { model, scalar, parameters } = work;
  const { head, hash, name } = model.about;
  const { asked, read, reading } = job;
  const seen = new Set(found.seen);
  const unseen = unseenRanges(read, seen);
  const tokens = found.seen.map(index => read.hand.tokens[index]!);
  const { label, against, why, choice, what } = asked;
  return {
    tokens,
    prediction: asked.prediction,
    gold: reading.gold,
    correct: reading.correct,
    explained: {
      label,
      against,
      why,
      scalar,
      value: scalarValue(model, job, scalar),
      choice,
      says: `${head.link === 'identity' ? 'value' : scalar} of ${what}`,
    },
    questions: reading.questions,
    windows: read.windows,
    unseen,
    wordScores: work.wordScores,
    ...readResult(work, job, { found, family: method.description.family, tokens, unseen }),
    method: {
      name: method.description.name,
      title: method.description.title,
      ...parametersOf(method, parameters),
    },
    signed: found.signed,
    attributions: found.attributions,
    normalisation: found.normalisation,
    spread: found.spread,
    maps: found.maps,
    shares: found.shares,
    device: found.device,
    milliseconds,
    modelHash: hash,
    modelName: name,
  };
}
