/** What an attack wants of a model, said once for each task (goals/). */
import type { Prediction } from '../../protocol/explanation';
import { GlassboxError } from '../../protocol/messages';
import type { FieldIndex, LabelChoice, TextRange } from '../../protocol/task';
import type { Part } from '../task/decision';
import type { ReadText } from '../task/readText';
import type { Draft } from './draft';

/** What a text comes to, measured by a goal. */
export interface Verdict {
  /** The prediction is what the attack wants. Decided by the prediction itself, never by `margin`. */
  readonly reached: boolean;
  /** Logit of what is wanted minus that of what is not (protocol AttackedText): the larger the nearer. Finite. */
  readonly margin: number;
}

/** How a text's decision reads. */
export interface Description {
  /** The attacked decision in words: 'positive', 'PER: Eric Wallace', 'no entity'. */
  readonly label: string;
  /** Of the attacked decision, for the bars. */
  readonly prediction: Prediction;
}

/** A stretch of one of the texts. */
export interface Place extends TextRange {
  readonly field: FieldIndex;
}

export interface Goal {
  /** 'Make the model predict anything but "positive".', a sentence. */
  readonly says: string;
  /** What the original decision is called: for 'flipped positive to negative'. */
  readonly from: string;
  /** The attacked decision, so that it is found again: of an entity its span. */
  readonly label: LabelChoice;
  /**
   * Where in the original text the attacked entity, answer or mask stands; null where the whole text is decided.
   * Drafts carry it along (Draft.anchor), shifted by their edits.
   */
  readonly anchor: Place | null;
  /** Whether the anchor's own words may ever be changed: never those of a mask. */
  readonly anchorMayChange: boolean;
  judge(read: ReadText, draft: Draft): Verdict;
  describe(read: ReadText, draft: Draft): Description;
  /**
   * The scalar whose rise brings the goal nearer, as logits of decisions; its value is the margin wherever the margin is a
   * difference of logits. A logit and not a loss: the loss of a sure model has no gradient in float32.
   */
  parts(read: ReadText, draft: Draft): readonly Part[];
}

/** What a goal is made of: the original text as it was read, and the question. */
export interface GoalQuestion {
  readonly read: ReadText;
  readonly label: LabelChoice;
  /** See protocol AttackSettings. */
  readonly target: string | null;
  /** Of a regression. */
  readonly by: number;
}

/** Throws GlassboxError 'bad-input' for a question that makes no sense here. */
export type GoalMaker = (question: GoalQuestion) => Goal;

/** There is no such decision in this text: no entity to attack. The attack is skipped, and says this (the end of a sentence). */
export class NothingToAttack extends GlassboxError {
  constructor(readonly reason: string) {
    super('bad-input', `There is nothing to attack: ${reason}.`);
  }
}
