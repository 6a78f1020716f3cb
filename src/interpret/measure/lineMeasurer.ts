/** The measures of one text: what the model says of its perturbations is asked for once, whatever the number of methods. */
import type { Model } from '../../model/model';
import type {
  LineMeasures,
  MeasureName,
  MeasureRequest,
  ResolvedMeasureOptions,
} from '../../protocol/measures';
import type { Job } from '../saliency/method';
import type { RunOptions } from '../task/predictRows';
import { meanLogits } from '../task/wholeText';
import { aopcSets, comprehensiveness, sufficiency } from './aopc';
import { editedTexts, swappedTexts, type EditedText, type SwappedText } from './changedTexts';
import { curveOf, curveSets } from './curve';
import type { Explainer, MeasuredMap } from './explainer';
import { infidelity, infidelitySets } from './infidelity';
import { ofThisMethod } from './ofThisMethod';
import { plausibility } from './plausibility';
import { strongestFirst } from './ranking';
import { seeds, toldVariance, varianceOverSeeds } from './seedVariance';
import { sensitivityMax } from './sensitivity';
import { editDistance } from './stability';
import { StrippedText, type TokenSet } from './strippedText';
import { leaveOneOutEffects, leaveOneOutSets, tauLoo } from './tauLoo';

/** A number, or why there is none. */
type Outcome<T> = { readonly value: T } | { readonly says: string };

export class LineMeasurer {
  private readonly text: StrippedText;
  private drawn: readonly TokenSet[] = [];
  private swaps: readonly SwappedText[] = [];
  private edits: readonly EditedText[] = [];

  /** Throws GlassboxError 'bad-input' where tokens cannot be taken away as it was asked. */
  constructor(
    private readonly model: Model,
    private readonly request: MeasureRequest,
    readonly job: Job,
    private readonly options: ResolvedMeasureOptions,
  ) {
    const regression = model.about.head.link === 'identity';
    const scalar = regression ? 'logit' : request.scalar;
    this.text = new StrippedText(model, job, options.removal, scalar);
  }

  /** The tokens that are measured: all that can be taken away. */
  get tokens(): readonly number[] {
    return this.text.tokens;
  }

  /** Asks the model about everything that does not need another explanation. Throws GlassboxError 'cancelled'. */
  async prepare(maps: readonly MeasuredMap[], run: RunOptions): Promise<void> {
    const { shares, samples, seed } = this.options;
    this.drawn = this.asks('infidelity') ? infidelitySets(this.text, samples, seed) : [];
    const sets: TokenSet[] = [[], ...this.drawn];
    if (this.asks('tau-loo')) sets.push(...leaveOneOutSets(this.text.count));
    for (const { scores } of maps) {
      const order = strongestFirst(scores);
      if (this.asks('auc-tp')) sets.push(...curveSets(order));
      if (this.asks('comprehensiveness', 'sufficiency')) sets.push(...aopcSets(order, shares));
    }
    await this.text.ask(sets, run);
    if (this.asks('sensitivity-max')) {
      this.swaps = await swappedTexts(this.model, this.job, this.tokens, this.options, run);
    }
    if (this.asks('stability') && this.decidesText) {
      const { model, job, tokens, request, options } = this;
      this.edits = await editedTexts(model, job, tokens, request, options, run);
    }
  }

  /** Measures one map; `prepare` knew it. Throws GlassboxError for what does not concern this method alone. */
  async measure(explainer: Explainer, map: MeasuredMap, run: RunOptions): Promise<LineMeasures> {
    const { text, options } = this;
    const order = strongestFirst(map.scores);
    const undefinedSays: Partial<Record<MeasureName, string>> = {};
    const trouble = this.troubleWith(map);
    const of = async <T>(
      name: MeasureName,
      measure: () => Outcome<T> | Promise<Outcome<T>>,
    ): Promise<T | null> => {
      if (!this.asks(name)) return null;
      const found = trouble === null ? await measure() : { says: trouble };
      if ('value' in found) return found.value;
      undefinedSays[name] = found.says;
      return null;
    };
    return {
      curve: await of('auc-tp', () => ({ value: curveOf(text, order) })),
      comprehensiveness: await of('comprehensiveness', () => ({
        value: comprehensiveness(text, order, options.shares),
      })),
      sufficiency: await of('sufficiency', () => ({
        value: sufficiency(text, order, options.shares),
      })),
      tauLoo: await of('tau-loo', () =>
        orSays(
          tauLoo(map.scores, leaveOneOutEffects(text)),
          'There is no order to compare: all scores, or all effects of leaving a token out, are equal.',
        ),
      ),
      infidelity: await of('infidelity', () =>
        orSays(this.infidelityOf(map), 'Nothing was drawn.'),
      ),
      sensitivityMax: await of('sensitivity-max', () => this.sensitivityOf(explainer, map, run)),
      edits: await of('stability', () => this.stabilityOf(explainer, map, run)),
      seedVariance: await of('seed-variance', () => this.seedVarianceOf(explainer, map, run)),
      plausibility: await of('plausibility', () => this.plausibilityOf(map)),
      undefinedSays,
    };
  }

  private asks(...names: MeasureName[]): boolean {
    return names.some(name => this.options.measures.includes(name));
  }

  private get decidesText(): boolean {
    return this.model.about.head.decides === 'text';
  }

  private troubleWith({ attributions }: MeasuredMap): string | null {
    if (attributions.length === 0) return 'The text has no token that can be taken away.';
    return attributions.every(Number.isFinite)
      ? null
      : 'The map holds numbers that are not finite, so it has no order.';
  }

  private infidelityOf({ scores }: MeasuredMap): number | null {
    const whole = this.text.scalarWithout([]);
    const falls = this.drawn.map(set => whole - this.text.scalarWithout(set));
    return infidelity(scores, this.drawn, falls);
  }

  private async sensitivityOf(
    explainer: Explainer,
    { attributions }: MeasuredMap,
    run: RunOptions,
  ): Promise<Outcome<number>> {
    if (this.swaps.length === 0)
      return { says: 'No token of the text has a neighbour to swap it for.' };
    return await attempt(async () => {
      const maps = await explainer.maps(this.swaps, run);
      const changed = maps.map(map => map.attributions);
      return orSays(
        sensitivityMax(attributions, changed),
        'The map is zero everywhere, or not finite after a change.',
      );
    });
  }

  private async stabilityOf(
    explainer: Explainer,
    { attributions }: MeasuredMap,
    run: RunOptions,
  ): Promise<Outcome<NonNullable<LineMeasures['edits']>>> {
    if (!this.decidesText) {
      return { says: 'Stability is measured of decisions about whole texts only.' };
    }
    if (this.edits.length === 0)
      return { says: 'No edit changes what the model reads of this text.' };
    return await attempt(async () => {
      const maps = await explainer.maps(this.edits, run);
      const logits = meanLogits(this.job.read.hand);
      const distances = this.edits.flatMap((edited, index) => {
        const before = edited.places.map(place => attributions[place]!);
        const pair = [before, maps[index]!.attributions] as const;
        return editDistance(edited.edit, pair, [logits, edited.logits]) ?? [];
      });
      return orSays(
        distances.length > 0 ? distances : null,
        'The maps are zero everywhere, so they have no distance.',
      );
    });
  }

  private async seedVarianceOf(
    explainer: Explainer,
    { attributions, spread }: MeasuredMap,
    run: RunOptions,
  ): Promise<Outcome<number>> {
    const zero = 'The map is zero everywhere, or its spread is not known.';
    if (spread) return orSays(toldVariance(spread, attributions), zero);
    if (explainer.drawsNothing) return { says: 'The method draws nothing.' };
    return await attempt(async () => {
      const { job, tokens } = this;
      const maps: number[][] = [];
      for (let i = 1; i <= seeds; i++) {
        const seed = (this.options.seed + i) % 2 ** 32;
        const [map] = await explainer.maps([{ job, tokens }], run, { seed });
        maps.push([...map!.attributions]);
      }
      return orSays(varianceOverSeeds(maps), zero);
    });
  }

  private plausibilityOf({
    scores,
  }: MeasuredMap): Outcome<NonNullable<LineMeasures['plausibility']>> {
    const { rationale = [] } = this.request;
    if (rationale.length === 0)
      return { says: 'The dataset does not say what people marked in this text.' };
    const { reading, asked, read } = this.job;
    if (reading.gold !== null && reading.gold !== asked.label) {
      return {
        says: `People marked the reason for "${reading.gold}", and "${asked.label}" is explained.`,
      };
    }
    const places = [...this.tokens.keys()].filter(
      at => read.hand.tokens[this.tokens[at]!]!.field === 0,
    );
    const marked = places.map(at => {
      const token = read.hand.tokens[this.tokens[at]!]!;
      return rationale.some(({ start, end }) => token.start < end && start < token.end);
    });
    const values = places.map(at => scores.values[at]!);
    return orSays(
      plausibility({ ...scores, values }, marked),
      'What people marked is no token of the text that the model reads.',
    );
  }
}

function orSays<T>(value: T | null, says: string): Outcome<T> {
  return value === null ? { says } : { value };
}

/** A changed text may be one that the method cannot explain. */
async function attempt<T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await work();
  } catch (error) {
    return { says: ofThisMethod(error) };
  }
}
