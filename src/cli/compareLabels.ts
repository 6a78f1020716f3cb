/** One line, one method, and a map for each label that can be asked about. */
import { agreement } from '../interpret/measure/ranking';
import type { ComparisonRow } from '../protocol/comparison';
import type { Explanation } from '../protocol/explanation';
import { GlassboxError, reasonOf } from '../protocol/messages';
import type { LabelChoice, Question } from '../protocol/task';
import type { Compared, Comparing } from './compareCommand';
import { writeLabel } from './labelChoice';

/** Throws GlassboxError, 'bad-input' where there is nothing to choose from. */
export async function compareLabels(comparing: Comparing): Promise<Compared> {
  const { question, by, engine, signal, progress } = comparing;
  const first = await engine.call('explain', { ...question, ...by }, { signal });
  const choices = choicesOf(first.questions);
  if (choices.length === 0) {
    throw new GlassboxError(
      'bad-input',
      'There are no labels to compare: this model gives a number, or decides nothing in this text.',
    );
  }
  const rows: ComparisonRow[] = [];
  for (const label of choices) {
    const title = writeLabel(label);
    progress({ done: rows.length, total: choices.length, says: `Explaining ${title}` });
    rows.push(await rowOf(comparing, label));
  }
  const matrix = rows.map(one => rows.map(other => agree(one.explanation, other.explanation)));
  return {
    kind: 'labels',
    about: `${first.method.title} of each label`,
    rows: rows.map((row, index) => ({ ...row, agreement: matrix[0]![index]! })),
    agreement: matrix,
  };
}

/** Each once; what is predicted and what is gold are among them. */
function choicesOf(questions: readonly Question[]): LabelChoice[] {
  const plain = ['label', 'span', 'mask', 'answer'];
  const found = new Map<string, LabelChoice>();
  for (const { choice, possible } of questions) {
    if (possible && plain.includes(choice.kind)) found.set(writeLabel(choice), choice);
  }
  return [...found.values()];
}

async function rowOf(
  { question, by, engine, signal }: Comparing,
  label: LabelChoice,
): Promise<ComparisonRow> {
  const row = { key: writeLabel(label), title: writeLabel(label), family: null, measures: null };
  try {
    const explanation = await engine.call('explain', { ...question, ...by, label }, { signal });
    return { ...row, state: 'done', says: '', explanation, agreement: null };
  } catch (error) {
    if (signal.aborted || !(error instanceof GlassboxError) || error.code !== 'bad-input') {
      throw error;
    }
    return { ...row, state: 'failed', says: reasonOf(error), explanation: null, agreement: null };
  }
}

function agree(one: Explanation | null, other: Explanation | null): number | null {
  // Where several windows were read the seen tokens may differ from label to label.
  if (!one || one.tokens.length !== other?.tokens.length) return null;
  return agreement(scoresOf(one), scoresOf(other));
}

/** Special tokens are in no place of the text. */
function scoresOf({ tokens, scores, signed }: Explanation) {
  return { values: scores.filter((_, index) => !tokens[index]!.special), signed };
}
