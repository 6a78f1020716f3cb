/** Reads regressions: one or several numbers. */
import type { HealthCheck, Prediction } from '../../protocol/explanation';
import type { Gold, LabelChoice } from '../../protocol/task';
import { cell } from './decision';
import { badQuestion, question, type Reader } from './reading';
import { meanInWords, meanLogits, meanParts } from './wholeText';

export const readRegression: Reader = text => {
  const { head, gold } = text;
  const { labels } = head;
  const values = meanLogits(text);
  const prediction: Prediction = {
    task: 'regression',
    link: 'identity',
    label: values.map(shortNumber).join(', '),
    labels,
    logits: values,
    probabilities: [],
    decided: [],
    right: [],
    entities: [],
  };
  const given = givenNumbers(gold);
  const numbers = goldNumbers(gold);
  const known = numbers !== null;
  return {
    gold: known ? numbers.map(shortNumber).join(', ') : null,
    // Two real numbers are never quite equal: how far off is too far, only the user knows.
    correct: null,
    questions: labels.map((label, index) =>
      question('Value', `${label} (${shortNumber(values[index]!)})`, { kind: 'label', label }),
    ),
    notes: given.length > 0 && !known ? [noNumber(given.join(', '))] : [],
    ask: choice => {
      const index = valueIndex(labels, choice);
      const label = labels[index]!;
      return {
        choice: { kind: 'label', label },
        label,
        against: null,
        why: choice.kind === 'label' ? 'chosen' : 'predicted',
        what: `"${label}"${meanInWords(text)}`,
        parts: meanParts(text, [cell(index)]),
        prediction,
        probability: null,
      };
    },
  };
};

/** The numbers that are right; null where the dataset gives none, or something else. */
export function goldNumbers(gold: Gold | null): number[] | null {
  const numbers = givenNumbers(gold)
    .filter(value => value.trim() !== '')
    .map(Number);
  return numbers.length > 0 && numbers.every(Number.isFinite) ? numbers : null;
}

function givenNumbers(gold: Gold | null): readonly string[] {
  return gold?.kind === 'label' ? [gold.label] : gold?.kind === 'labels' ? gold.labels : [];
}

/** Which number a question is about. Throws GlassboxError 'bad-input'. */
export function valueIndex(labels: readonly string[], choice: LabelChoice): number {
  if (choice.kind === 'predicted') return 0;
  const index = choice.kind === 'label' ? labels.indexOf(choice.label) : -1;
  if (index >= 0) return index;
  throw badQuestion(
    `A regression gives numbers, not labels; explain its value (${labels.join(', ')}) as it is predicted.`,
  );
}

function noNumber(given: string): HealthCheck {
  return {
    check: 'gold-label',
    ok: false,
    value: null,
    says: `The gold value "${given}" is not a number, so it cannot be compared with the prediction.`,
  };
}

export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
