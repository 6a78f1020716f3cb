/** Asks the model about drafts, in batches, from their text; counts what it asks. */
import type { Model } from '../../model/model';
import type { AttackedText } from '../../protocol/attack';
import { GlassboxError } from '../../protocol/messages';
import type { ReadingOptions } from '../../protocol/task';
import { readTexts, type ReadText } from '../task/readText';
import type { KnownOutputs, RunOptions } from '../task/predictRows';
import type { Draft } from './draft';
import type { Goal, Verdict } from './goal';

/** A draft that the model has read. */
export interface Trial extends Verdict {
  readonly draft: Draft;
  readonly read: ReadText;
}

/** Windows that are remembered at most. */
const mostKnown = 4096;

export class Tester {
  /** Texts that the model was asked about, and runs that this took; gradients are added by `spent`. */
  queries = 0;
  runs = 0;

  /** Of the windows of a long text an edit changes one or two. */
  private readonly known: KnownOutputs = new Map();

  constructor(
    readonly model: Model,
    readonly goal: Goal,
    private readonly reading: ReadingOptions,
    readonly options: RunOptions = {},
  ) {}

  /**
   * What the model says about each draft, tokenised from its text, in one run where they fit. Null where a draft has no token
   * left that the model could read. Throws GlassboxError 'cancelled'.
   */
  async ask(drafts: readonly Draft[]): Promise<(Trial | null)[]> {
    if (this.known.size > mostKnown) this.known.clear();
    return await this.read(drafts, this.known);
  }

  /** The same for one draft by itself, whatever was asked before. */
  async askAlone(draft: Draft): Promise<Trial | null> {
    const [trial] = await this.read([draft]);
    return trial!;
  }

  private async read(drafts: readonly Draft[], known?: KnownOutputs): Promise<(Trial | null)[]> {
    this.stopIfCancelled();
    if (drafts.length === 0) return [];
    const inputs = drafts.map(({ input }) => input);
    const { model, reading, options } = this;
    const { reads, runs } = await readTexts(model, inputs, reading, options, known);
    this.spent(reads.filter(read => read !== null).length, runs);
    return reads.map((read, index) => {
      const draft = drafts[index]!;
      return read && { draft, read, ...this.goal.judge(read, draft) };
    });
  }

  /** Counts texts and runs that were asked without `ask`: gradients. */
  spent(queries: number, runs: number): void {
    this.queries += queries;
    this.runs += runs;
  }

  /** What is shown of a trial. */
  textOf({ draft, read, margin }: Trial): AttackedText {
    const { text, pair, words } = draft.input;
    const { label, prediction } = this.goal.describe(read, draft);
    return { text, pair: pair ?? null, words: words ?? null, label, prediction, margin };
  }

  stopIfCancelled(): void {
    if (this.options.signal?.aborted) {
      throw new GlassboxError('cancelled', 'The attack was cancelled.');
    }
  }
}
