/** What the model decided, what is right, and what is explained, for a terminal. */
import type { Colors } from 'picocolors/types';
import { printable } from '../batch/printable';
import type { Explanation, Prediction } from '../protocol/explanation';
import type { Entity } from '../protocol/task';
import { writeLabel } from './labelChoice';

/** More choices than this are not all shown: the likeliest, and those that were decided or are right. */
const mostBars = 12;

/** Prediction and gold, and whether they agree. `asWritten`: gold as the dataset has it. */
export function verdict(
  { prediction, gold, correct }: Pick<Explanation, 'prediction' | 'gold' | 'correct'>,
  asWritten: string | null,
  colors: Colors,
): string {
  const { label, labels, probabilities, decided } = prediction;
  const only = decided.length === 1 ? decided[0]! : -1;
  // Of a tagger and of several masks the decision is more than one of the choices.
  const share = labels[only] === label ? probabilities[only] : undefined;
  const predicted = printable(label) + (share === undefined ? '' : ` ${share.toFixed(2)}`);
  return `${colors.bold(predicted)}   ${goldVerdict({ prediction, gold, correct }, asWritten, colors)}`;
}

function goldVerdict(
  { prediction, gold, correct }: Pick<Explanation, 'prediction' | 'gold' | 'correct'>,
  asWritten: string | null,
  colors: Colors,
): string {
  if (asWritten === null) return colors.dim('no gold label');
  const shown = `gold: ${printable(gold ?? asWritten)}`;
  if (gold === null) {
    // Of numbers, words and answers the health line tells what is the matter.
    const classifies = prediction.task.endsWith('-classification');
    const why = classifies ? 'not a label of the model' : 'cannot be compared, see below';
    return colors.yellow(`${shown} (${why})`);
  }
  if (correct === null) return shown;
  return correct ? `${shown} (agrees)` : colors.yellow(`${shown} (wrong)`);
}

/**
 * Entities, one a line, and the choices of the decision with their probabilities or values.
 * @param text null where only token ids are known.
 */
export function decision(
  { prediction }: Pick<Explanation, 'prediction'>,
  text: string | null,
  colors: Colors,
): string[] {
  return [...entityLines({ prediction }, text, colors), bars(prediction)];
}

export function entityLines(
  { prediction }: Pick<Explanation, 'prediction'>,
  text: string | null,
  colors: Colors,
): string[] {
  return prediction.entities.map(entity => entityLine(entity, text, colors));
}

const statuses: Readonly<Record<Entity['status'], string>> = {
  right: 'agrees with gold',
  predicted: 'not in gold',
  missed: 'missed',
  unknown: '',
};

/** With what asks for it. */
function entityLine(
  { start, end, type, status, probability, range }: Entity,
  text: string | null,
  colors: Colors,
): string {
  const ask = writeLabel({ kind: 'span', start, end, label: type });
  const words = text === null ? '' : ` "${printable(text.slice(range.start, range.end))}"`;
  const what = `${printable(type)}${words} ${probability.toFixed(2)}`;
  const agrees = statuses[status];
  const shown = agrees === '' ? what : `${what}  ${agrees}`;
  const tinted = status === 'missed' || status === 'predicted' ? colors.yellow(shown) : shown;
  return `${tinted}  ${colors.dim(`--label ${printable(ask)}`)}`;
}

function bars({ labels, logits, probabilities, decided, right }: Prediction): string {
  const indices = [...labels.keys()];
  const likeliest = new Set(
    [...indices].sort((a, b) => logits[b]! - logits[a]!).slice(0, mostBars),
  );
  const shown = indices.filter(
    i => likeliest.has(i) || decided.includes(i) || right.includes(i) || labels.length <= mostBars,
  );
  const each = shown.map(i => choiceLine({ labels, logits, probabilities }, i));
  const more = labels.length - shown.length;
  return each.join('   ') + (more > 0 ? `   and ${more} more` : '');
}

/** A choice with its probability, or with its value. */
export function choiceLine(
  { labels, logits, probabilities }: Pick<Prediction, 'labels' | 'logits' | 'probabilities'>,
  index: number,
): string {
  const name = printable(labels[index]!);
  const share = probabilities[index];
  return share === undefined
    ? `${name} ${logits[index]!.toFixed(3)}`
    : `${name} ${'#'.repeat(Math.round(share * 10))} ${share.toFixed(2)}`;
}

/** Method, explained number and its value; and how to ask for it again where that is not plain. */
export function asked({ explained, method }: Pick<Explanation, 'explained' | 'method'>): string {
  const { title } = method;
  const settings = Object.entries(method)
    .filter(([key]) => key !== 'name' && key !== 'title')
    .map(([key, value]) => `${key} ${String(value)}`);
  const of = `${printable(explained.says)} (${explained.why}), ${explained.value.toFixed(3)}`;
  const { choice } = explained;
  const again = ['span', 'mask', 'answer'].includes(choice.kind)
    ? `; --label ${printable(writeLabel(choice))}`
    : '';
  return `${title} of the ${of}${settings.length ? `; ${settings.join(', ')}` : ''}${again}`;
}
