/** An edit that might bring an attack nearer to its goal. */
import type { Draft, Edit } from '../draft';
import type { Trial } from '../tester';

export interface Proposal {
  /** The text that it was proposed for, with one edit more. */
  readonly draft: Draft;
  /** First-order estimate of the rise of the margin; null where none was made. */
  readonly estimate: number | null;
}

/** What a search asks: the gradient (gradientProposer.ts), or chance. */
export interface Proposer {
  /**
   * For each text at most `candidates` proposals, the most promising first, no two of one text; the tokenizer makes of each what was
   * meant. What is proposed for a text does not depend on the other texts. Throws GlassboxError 'cancelled'.
   */
  propose(trials: readonly Trial[]): Promise<Proposal[][]>;
  /** The best proposal of each of the `count` most promising places, in the same order. */
  proposeApart(trial: Trial, count: number): Promise<Proposal[]>;
  /** How many replacements were dropped because the tokenizer reads their text as something else. */
  readonly dropped: number;
}

/** Before it is made into a text and looked at by the tokenizer. */
export interface Idea {
  readonly edit: Edit;
  readonly estimate: number | null;
  /** What must become of the tokens; null: any text will do. */
  readonly meant: Meant | null;
  /** The id that is put in, to order what is alike; -1 where none is. */
  readonly id: number;
}

/** Token `id` in place of the tokens from `first` to before `end` of the encoding, all others as they were. */
export interface Meant {
  readonly id: number;
  readonly first: number;
  readonly end: number;
}

/** The largest estimate first; of equals the one that stands first in the text, then the one of the smaller id. */
export function byEstimate(a: Idea, b: Idea): number {
  return (
    (b.estimate ?? -Infinity) - (a.estimate ?? -Infinity) ||
    a.edit.field - b.edit.field ||
    a.edit.start - b.edit.start ||
    a.edit.end - b.edit.end ||
    a.id - b.id
  );
}

/** Tells texts apart. */
export function keyOf({ input: { text, pair } }: Draft): string {
  return JSON.stringify([text, pair ?? null]);
}
