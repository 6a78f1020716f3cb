/** A method with the model that it explains with: the one that is measured, or one with shuffled weights. */
import type { Model } from '../../model/model';
import type { Explanation, MethodDescription, MethodParameters } from '../../protocol/explanation';
import type { MeasuredChoice, MeasureRequest } from '../../protocol/measures';
import { explanationOf, workOf } from '../saliency/explainTexts';
import type { Attribution, Job, Method, SaliencyWork } from '../saliency/method';
import { methodNamed } from '../saliency/methods';
import { predictRows, type RunOptions } from '../task/predictRows';
import type { ReadText } from '../task/readText';
import { meanParts } from '../task/wholeText';
import type { Scores } from './ranking';

/** A map of a text, at the tokens that can be taken away. */
export interface MeasuredMap {
  /** Raw numbers of the method. */
  readonly attributions: readonly number[];
  readonly spread: readonly number[] | null;
  readonly scores: Scores;
}

export class Explainer {
  private readonly method: Method;

  /**
   * @param model that explains.
   * @param same false: its weights were shuffled, so it has to read every text itself.
   * @throws GlassboxError 'bad-input' for a method that there is not.
   */
  constructor(
    readonly choice: MeasuredChoice,
    private readonly request: MeasureRequest,
    private readonly model: Model,
    private readonly same: boolean,
  ) {
    this.method = methodNamed(choice.method);
  }

  get description(): MethodDescription {
    return this.method.description;
  }

  get drawsNothing(): boolean {
    return !('seed' in this.description.defaults);
  }

  /** The whole explanation of a text, as it is shown. Throws GlassboxError as Method.attribute. */
  async explain(
    job: Job,
    tokens: readonly number[],
    options: RunOptions,
  ): Promise<{ readonly explanation: Explanation; readonly map: MeasuredMap }> {
    const started = performance.now();
    const { work, found } = await this.attribute([job], {}, options);
    const milliseconds = performance.now() - started;
    const explanation = explanationOf(this.method, work, work.jobs[0]!, found[0]!, milliseconds);
    return { explanation, map: mapOf(work, found[0]!, tokens) };
  }

  /** Maps of some texts, each at its own tokens; null stands for a token that is not there. Throws as `explain`. */
  async maps(
    texts: readonly { readonly job: Job; readonly tokens: readonly (number | null)[] }[],
    options: RunOptions,
    parameters: MethodParameters = {},
  ): Promise<MeasuredMap[]> {
    if (texts.length === 0) return [];
    const jobs = texts.map(({ job }) => job);
    const { work, found } = await this.attribute(jobs, parameters, options);
    return found.map((one, index) => mapOf(work, one, texts[index]!.tokens));
  }

  private async attribute(
    jobs: readonly Job[],
    parameters: MethodParameters,
    options: RunOptions,
  ): Promise<{ readonly work: SaliencyWork; readonly found: readonly Attribution[] }> {
    const own = this.same ? jobs : await readBy(this.model, jobs, options);
    const asked = { ...this.request, parameters: { ...this.choice.parameters, ...parameters } };
    const work = workOf(this.model, this.method, own, asked);
    return { work, found: await this.method.attribute(work, options) };
  }
}

function mapOf(
  { scalar }: SaliencyWork,
  { seen, attributions, signed, spread }: Attribution,
  tokens: readonly (number | null)[],
): MeasuredMap {
  const place = new Map(seen.map((token, at) => [token, at]));
  const at = (numbers: readonly number[]): number[] =>
    tokens.map(token => (token === null ? 0 : (numbers[place.get(token) ?? -1] ?? 0)));
  const raw = at(attributions);
  // A loss falls as its label becomes likelier; and -0 would rank below 0.
  const towards = signed && scalar === 'loss' ? -1 : 1;
  const values = raw.map(value => (value === 0 ? 0 : towards * value));
  return { attributions: raw, spread: spread && at(spread), scores: { values, signed } };
}

/** The same questions about the same texts, as another model reads them. */
async function readBy(model: Model, jobs: readonly Job[], options: RunOptions): Promise<Job[]> {
  const rows = jobs.flatMap(({ read }) => read.hand.windows.map(({ row }) => row));
  const { outputs } = await predictRows(model, rows, options);
  let next = 0;
  return jobs.map(job => {
    const { hand } = job.read;
    const own = outputs.slice(next, (next += hand.windows.length));
    return { ...job, read: { ...job.read, hand: { ...hand, outputs: own } } };
  });
}

/** The question of `job` about a changed text; of a decision about a whole text in all of its windows. */
export function sameQuestion({ about }: Model, { asked, reading }: Job, read: ReadText): Job {
  if (about.head.decides !== 'text') return { read, reading, asked };
  const { cells } = asked.parts[0]!.decisions[0]!;
  return { read, reading, asked: { ...asked, parts: meanParts(read.hand, cells) } };
}
