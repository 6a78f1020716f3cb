/** A text without some of its tokens: what the model says of it then, asked once however many measures want to know. */
import type { Model } from '../../model/model';
import type { RowOutput } from '../../model/rowOutput';
import type { Removal, ScalarKind } from '../../protocol/explanation';
import { partValue } from '../task/decision';
import { predictRows, type RunOptions } from '../task/predictRows';
import { readers } from '../task/readers';
import type { Job } from '../saliency/method';
import { featuresOf } from '../saliency/perturbation/features';
import { removalOf, type PartAtHand, type PerturbedRow } from '../saliency/perturbation/removal';

/** Places among the tokens that can be taken away, in any order. */
export type TokenSet = readonly number[];

interface Stripped {
  readonly rows: readonly PerturbedRow[];
  readonly outputs: RowOutput[];
}

export class StrippedText {
  /** The tokens that can be taken away, in the order of the text: indices of the text's tokens. Special tokens are none of them. */
  readonly tokens: readonly number[];
  /** Names the text, for what is drawn. */
  readonly key: string;

  private readonly parts: readonly PartAtHand[];
  private readonly remove: ReturnType<typeof removalOf>;
  private readonly known = new Map<string, Stripped>();

  /**
   * @param scalar the number that infidelity is about.
   * @throws GlassboxError 'bad-input' where the model has no token to take others away with.
   */
  constructor(
    private readonly model: Model,
    private readonly job: Job,
    removal: Removal,
    private readonly scalar: ScalarKind,
  ) {
    const { about } = model;
    const { hand } = job.read;
    const { features } = featuresOf(about, job, { feature: 'token', removal });
    this.tokens = features.map(([token]) => token!);
    this.key = hand.ids.join(' ');
    const place = new Map(this.tokens.map((token, at) => [token, at]));
    this.parts = job.asked.parts.map(part => {
      const { row, tokens } = hand.windows[part.window]!;
      return { row, part, featureAt: Int32Array.from(tokens, token => place.get(token) ?? -1) };
    });
    this.remove = removalOf(about, removal);
    const outputs = this.parts.map(({ part }) => hand.outputs[part.window]!);
    this.known.set('', { rows: this.parts, outputs });
  }

  get count(): number {
    return this.tokens.length;
  }

  /** Runs the model on the text without each of the sets; equal rows once. Throws GlassboxError 'cancelled'. */
  async ask(sets: readonly TokenSet[], options: RunOptions): Promise<void> {
    const rows = new Map<string, { row: PerturbedRow['row']; takers: [Stripped, number][] }>();
    for (const set of sets) {
      const key = keyOf(set);
      if (this.known.has(key)) continue;
      const standing = new Uint8Array(this.count).fill(1);
      for (const token of set) standing[token] = 0;
      const stripped: Stripped = {
        rows: this.parts.map(part => this.remove(part, standing)),
        outputs: [],
      };
      this.known.set(key, stripped);
      stripped.rows.forEach(({ row }, index) => {
        const name = `${row.ids.join(' ')}/${row.typeIds.join('')}`;
        const entry = rows.get(name) ?? { row, takers: [] };
        entry.takers.push([stripped, index]);
        rows.set(name, entry);
      });
    }
    const entries = [...rows.values()];
    const { outputs } = await predictRows(
      this.model,
      entries.map(({ row }) => row),
      options,
    );
    entries.forEach(({ takers }, at) => {
      for (const [stripped, index] of takers) stripped.outputs[index] = outputs[at]!;
    });
  }

  /** The probability of what is explained, its logit where nothing turns logits into probabilities. */
  valueWithout(set: TokenSet): number {
    const { link } = this.model.about.head;
    return this.numberOf(set, link === 'identity' ? 'logit' : 'probability');
  }

  /** The explained number; of a loss its negative, which rises with what is explained. */
  scalarWithout(set: TokenSet): number {
    return this.scalar === 'loss' ? -this.numberOf(set, 'loss') : this.numberOf(set, this.scalar);
  }

  /**
   * The decision in words; '' where tokens that are decided have moved (a tag or an answer in a text from which others were left out).
   */
  labelWithout(set: TokenSet): string {
    const { hand } = this.job.read;
    const { rows, outputs } = this.of(set);
    const moved = rows.some(({ row }, at) => row.ids.length !== this.parts[at]!.row.ids.length);
    if (this.model.about.head.decides !== 'text' && moved) return '';
    const all = [...hand.outputs];
    this.parts.forEach(({ part }, at) => {
      all[part.window] = outputs[at]!;
    });
    const reading = readers[this.model.about.head.task]({ ...hand, outputs: all });
    const ofText = this.model.about.head.decides === 'text';
    const choice = ofText ? ({ kind: 'predicted' } as const) : this.job.asked.choice;
    return reading.ask(choice, 'both').prediction.label;
  }

  private numberOf(set: TokenSet, scalar: ScalarKind): number {
    const { rows, outputs } = this.of(set);
    const { head } = this.model.about;
    return rows.reduce(
      (sum, { part }, at) => sum + part.weight * partValue(head, scalar, part, outputs[at]!),
      0,
    );
  }

  private of(set: TokenSet): Stripped {
    const found = this.known.get(keyOf(set));
    if (!found) throw new Error('The model was not asked about this text.');
    return found;
  }
}

function keyOf(set: TokenSet): string {
  return [...set].sort((a, b) => a - b).join(' ');
}
