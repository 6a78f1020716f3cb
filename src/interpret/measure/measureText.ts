/** How good the maps are that some methods make of a text. */
import { setImmediate } from 'node:timers/promises';
import type { Model } from '../../model/model';
import type {
  MeasuredChoice,
  MeasuredMethod,
  MeasuredText,
  MeasureRequest,
} from '../../protocol/measures';
import { GlassboxError } from '../../protocol/messages';
import { jobOf } from '../saliency/job';
import { methodNamed } from '../saliency/methods';
import type { RunOptions } from '../task/predictRows';
import { readText } from '../task/readText';
import { Explainer, type MeasuredMap } from './explainer';
import { LineMeasurer } from './lineMeasurer';
import { ofThisMethod } from './ofThisMethod';
import { resolveMeasureOptions } from './options';
import { agreement } from './ranking';

export interface MeasureCalls extends RunOptions {
  /** The model with shuffled weights, for choices that explain with it; opened when the first one does. */
  readonly shuffled?: () => Promise<Model>;
}

interface Found {
  readonly explainer: Explainer;
  readonly explained: Awaited<ReturnType<Explainer['explain']>> | null;
  readonly failed: string | null;
}

/**
 * Explains the text by each choice and measures what comes out on `model`. What the model says of perturbed texts is asked once for all
 * methods. A method that cannot explain this text, or this model, says so in its row.
 * Throws GlassboxError: 'bad-input' for a text or a request that makes no sense, 'cancelled', 'bad-model'.
 */
export async function measureText(
  model: Model,
  request: MeasureRequest,
  calls: MeasureCalls = {},
): Promise<MeasuredText> {
  const started = performance.now();
  const options = resolveMeasureOptions(model.about, request.options);
  const { choices } = request;
  const quiet: RunOptions = calls.signal ? { signal: calls.signal } : {};
  const read = await readText(model, request, request, quiet);
  const job = jobOf(model, read, request.label, request.answerPart);
  const measurer = new LineMeasurer(model, request, job, options);
  const found: Found[] = [];
  const steps = 2 * choices.length;
  const tell = (done: number, says: string): void => calls.progress?.({ done, total: steps, says });
  for (const choice of choices) {
    await breathe(calls);
    const explainer = await explainerOf(model, request, choice, calls);
    tell(found.length, `${titleOf(choice)}: explaining`);
    found.push(await explainOne(explainer, measurer, quiet));
  }
  const maps = found.flatMap(({ explained }) => (explained ? [explained.map] : []));
  await measurer.prepare(maps, quiet);
  const methods: MeasuredMethod[] = [];
  for (const { explainer, explained, failed } of found) {
    await breathe(calls);
    tell(choices.length + methods.length, `${titleOf(explainer.choice)}: measuring`);
    methods.push({
      choice: explainer.choice,
      title: titleOf(explainer.choice),
      family: explainer.description.family,
      explanation: explained?.explanation ?? null,
      measures: explained && (await measurer.measure(explainer, explained.map, quiet)),
      failed,
    });
  }
  return {
    methods,
    options,
    agreement: agreements(found.map(({ explained }) => explained?.map ?? null)),
    milliseconds: performance.now() - started,
  };
}

/** 'Integrated gradients', 'Integrated gradients, shuffled weights' */
export function titleOf({ method, weights }: MeasuredChoice): string {
  const { title } = methodNamed(method).description;
  return weights === 'shuffled' ? `${title}, shuffled weights` : title;
}

async function explainerOf(
  model: Model,
  request: MeasureRequest,
  choice: MeasuredChoice,
  { shuffled }: MeasureCalls,
): Promise<Explainer> {
  if (choice.weights === 'real') return new Explainer(choice, request, model, true);
  if (!shuffled) throw new Error('Nobody can shuffle the weights of this model.');
  return new Explainer(choice, request, await shuffled(), false);
}

async function explainOne(
  explainer: Explainer,
  { job, tokens }: LineMeasurer,
  options: RunOptions,
): Promise<Found> {
  try {
    const explained = await explainer.explain(job, tokens, options);
    return { explainer, explained, failed: null };
  } catch (error) {
    return { explainer, explained: null, failed: ofThisMethod(error) };
  }
}

function agreements(maps: readonly (MeasuredMap | null)[]): (number | null)[][] {
  return maps.map(one => maps.map(other => one && other && agreement(one.scores, other.scores)));
}

async function breathe({ signal }: MeasureCalls): Promise<void> {
  await setImmediate();
  if (signal?.aborted) throw new GlassboxError('cancelled', 'The measuring was cancelled.');
}
