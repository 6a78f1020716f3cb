/** Questions about texts, and what the model itself says about them. */
import type { Model } from '../../model/model';
import type { Window } from '../../model/windows';
import type { ScalarKind } from '../../protocol/explanation';
import type { AnswerPart, LabelChoice } from '../../protocol/task';
import { constantOf, partValue, type Part } from '../task/decision';
import { readers } from '../task/readers';
import type { ReadText } from '../task/readText';
import type { Job } from './method';

/** Throws GlassboxError 'bad-input' for a question that makes no sense about this text. */
export function jobOf(
  { about }: Model,
  read: ReadText,
  label: LabelChoice,
  answerPart: AnswerPart = 'both',
): Job {
  const reading = readers[about.head.task](read.hand);
  return { read, reading, asked: reading.ask(label, answerPart) };
}

/** Indices of the tokens that the explained windows have, in the order of the text. */
export function seenTokens(
  windows: readonly Window[],
  parts: readonly Pick<Part, 'window'>[],
): number[] {
  const all = parts.flatMap(({ window }) => windows[window]!.tokens);
  return [...new Set(all)].sort((a, b) => a - b);
}

/** The explained number of this text, as the exported model has it. */
export function scalarValue({ about }: Model, { read, asked }: Job, scalar: ScalarKind): number {
  const { outputs } = read.hand;
  return asked.parts.reduce(
    (sum, part) => sum + part.weight * partValue(about.head, scalar, part, outputs[part.window]!),
    0,
  );
}

/** The part of it that has no derivative. */
export function scalarConstant({ asked }: Job, scalar: ScalarKind): number {
  return asked.parts.reduce((sum, part) => sum + part.weight * constantOf(scalar, part), 0);
}
