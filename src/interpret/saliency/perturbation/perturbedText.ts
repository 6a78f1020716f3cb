/** A text whose features can be taken away: the explained number of what is left, for the same decision. */
import type { Model } from '../../../model/model';
import type { RowOutput } from '../../../model/rowOutput';
import type { ScalarKind } from '../../../protocol/explanation';
import { partValue } from '../../task/decision';
import { runRows, type RunOptions } from '../../task/predictRows';
import type { TextAtHand } from '../../task/reading';
import { scalarValue } from '../job';
import type { Job, SaliencyWork } from '../method';
import { featuresOf, type Features } from './features';
import { removalOf, type Coalition, type PartAtHand, type PerturbedRow } from './removal';

/** Tokens of the rows that are made before they are run, for memory. */
const tokensTogether = 1 << 18;
/** Rows whose values are remembered at most. */
const mostKnown = 1 << 14;

export class PerturbedText {
  readonly seen: Features['seen'];
  readonly features: Features['features'];
  readonly held: number;
  readonly hand: TextAtHand;
  /** The explained number of the text itself. */
  readonly value: number;

  private readonly parts: readonly PartAtHand[];
  private readonly wholeKeys: readonly string[];
  private readonly remove: ReturnType<typeof removalOf>;
  /** By row: the value of its part, weight not counted. */
  private readonly known = new Map<string, number>();

  /** Throws GlassboxError 'bad-input' where the model has no token to take words away with. */
  static of({ model, parameters, scalar }: SaliencyWork, job: Job): PerturbedText {
    const { hand } = job.read;
    const features = featuresOf(model.about, job, parameters);
    const feature = new Map(features.features.flatMap((all, at) => all.map(token => [token, at])));
    const parts = job.asked.parts.map((part): PartAtHand => {
      const { row, tokens } = hand.windows[part.window]!;
      return { row, part, featureAt: Int32Array.from(tokens, token => feature.get(token) ?? -1) };
    });
    const remove = removalOf(model.about, parameters.removal);
    return new PerturbedText(model, scalar, job, features, parts, remove);
  }

  private constructor(
    private readonly model: Model,
    private readonly scalar: ScalarKind,
    job: Job,
    { seen, features, held }: Features,
    parts: readonly PartAtHand[],
    remove: ReturnType<typeof removalOf>,
  ) {
    this.seen = seen;
    this.features = features;
    this.held = held;
    this.hand = job.read.hand;
    this.value = scalarValue(model, job, scalar);
    this.parts = parts;
    this.wholeKeys = parts.map((whole, index) => keyOf(index, whole));
    this.remove = remove;
    this.learnWhole();
  }

  /** The windows of the whole text were read already; most windows of a long text stay whole. */
  private learnWhole(): void {
    this.parts.forEach((whole, index) => {
      this.learn(this.wholeKeys[index]!, whole, this.hand.outputs[whole.part.window]!);
    });
  }

  private learn(key: string, { part }: PerturbedRow, output: RowOutput): void {
    this.known.set(key, partValue(this.model.about.head, this.scalar, part, output));
  }

  /**
   * The explained number with only those features that stand, one for each coalition; `count`: how many there are. A coalition is read
   * before the next one is taken, so that all may be one array. Rows that are equal are asked once, the longest first. Throws
   * GlassboxError 'cancelled'.
   */
  async values(
    coalitions: Iterable<Coalition>,
    count: number,
    { signal, progress }: RunOptions,
  ): Promise<number[]> {
    const values: number[] = [];
    let waiting: string[][] = [];
    let fresh = new Map<string, PerturbedRow>();
    let tokens = 0;
    const ask = async (): Promise<void> => {
      await this.ask(fresh, {
        ...(signal && { signal }),
        progress: ({ done, total }) => {
          const so = values.length + Math.floor((waiting.length * done) / total);
          progress?.({ done: so, total: count, says: `${so} of ${count} perturbed texts` });
        },
      });
      values.push(...waiting.map(keys => this.sum(keys)));
      if (this.known.size > mostKnown) {
        this.known.clear();
        this.learnWhole();
      }
      waiting = [];
      fresh = new Map();
      tokens = 0;
    };
    for (const coalition of coalitions) {
      const keys = this.parts.map((whole, index) => {
        if (!isTouched(whole, coalition)) return this.wholeKeys[index]!;
        const row = this.remove(whole, coalition);
        const key = keyOf(index, row);
        if (this.known.has(key) || fresh.has(key)) return key;
        fresh.set(key, row);
        tokens += row.row.ids.length;
        return key;
      });
      waiting.push(keys);
      if (tokens >= tokensTogether || waiting.length >= mostKnown) await ask();
    }
    await ask();
    return values;
  }

  private async ask(fresh: ReadonlyMap<string, PerturbedRow>, options: RunOptions): Promise<void> {
    const entries = [...fresh];
    await runRows(
      this.model,
      entries.map(([, { row }]) => row),
      options,
      (at, output) => {
        const [key, row] = entries[at]!;
        this.learn(key, row, output);
      },
    );
  }

  private sum(keys: readonly string[]): number {
    return keys.reduce(
      (sum, key, at) => sum + this.parts[at]!.part.weight * this.known.get(key)!,
      0,
    );
  }

  /** A coalition of all features, or of none. */
  all(standing: 0 | 1): Coalition {
    return new Uint8Array(this.features.length).fill(standing);
  }
}

/** Whether anything goes from this window. */
function isTouched({ featureAt }: PartAtHand, standing: Coalition): boolean {
  return featureAt.some(feature => feature >= 0 && standing[feature] === 0);
}

/** Equal rows of one part that are asked the same have one key: what is left of equal words may be decided at different places. */
function keyOf(index: number, { row: { ids, typeIds }, part }: PerturbedRow): string {
  const places = part.decisions.map(({ position, cells }) =>
    [position, ...cells.map(({ choice }) => choice)].join(),
  );
  return `${index} ${places.join(';')} ${ids.join(' ')}/${typeIds.join('')}`;
}
