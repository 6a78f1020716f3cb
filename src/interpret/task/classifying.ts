/** Reads classifiers: one label of several, two labels from one logit, any number of labels. */
import { findLabel } from '../../model/labels';
import type { HealthCheck, Prediction } from '../../protocol/explanation';
import type { Gold, LabelChoice, Question } from '../../protocol/task';
import { cell, probabilitiesOf, type Cell } from './decision';
import { goldLabels } from './goldLabels';
import {
  badQuestion,
  indexOfLargest,
  question,
  type Asked,
  type Reader,
  type TextAtHand,
} from './reading';
import { meanInWords, meanLogits, meanParts } from './wholeText';

/** Labels of a classifier with what the model says about each. */
export interface Judged {
  readonly labels: readonly string[];
  readonly logits: readonly number[];
  readonly probabilities: readonly number[];
  readonly decided: readonly number[];
  readonly gold: readonly number[];
  readonly goldNotes: readonly HealthCheck[];
  /** The cell that stands for a label, or for its absence. */
  readonly cellOf: (label: number, weight: number, off?: boolean) => Cell;
  readonly several: boolean;
}

export const readClassification: Reader = text => {
  const judged = judgeLabels(text);
  const { labels, decided, gold, goldNotes } = judged;
  const prediction: Prediction = {
    task: text.head.task,
    link: text.head.link,
    label: inWords(labels, decided),
    labels,
    logits: judged.logits,
    probabilities: judged.probabilities,
    decided,
    right: gold,
    entities: [],
  };
  const known = text.gold !== null && goldNotes.length === 0;
  return {
    gold: known ? inWords(labels, gold) : null,
    correct: known ? sameSet(decided, gold) : null,
    questions: questionsOf(judged, known),
    notes: goldNotes,
    ask: choice => asked(text, judged, prediction, choice),
  };
};

/** Throws GlassboxError 'bad-model' where a logit is no number. */
export function judgeLabels(text: TextAtHand): Judged {
  const { head } = text;
  const mean = meanLogits(text);
  const binary = head.task === 'binary-classification';
  const several = head.task === 'multi-label-classification';
  const logits = binary ? [-mean[0]!, mean[0]!] : mean;
  const probabilities = probabilitiesOf(head.link, logits);
  const over = [...logits.keys()].filter(label => probabilities[label]! >= 0.5);
  const { labels } = head;
  const [gold, goldNotes] = readGold(text.gold, labels, several);
  return {
    labels,
    logits,
    probabilities,
    // A probability of exactly one half is a yes.
    decided: several ? over : [binary ? (mean[0]! >= 0 ? 1 : 0) : indexOfLargest(logits)],
    gold,
    goldNotes,
    cellOf: (label, weight, off = false) =>
      binary ? cell(0, weight, (label === 0) !== off) : cell(label, weight, off),
    several,
  };
}

function readGold(
  gold: Gold | null,
  labels: readonly string[],
  several: boolean,
): [number[], HealthCheck[]] {
  if (gold === null) return [[], []];
  if (gold.kind === 'tags' || gold.kind === 'answers') {
    return [[], [unknownGold(gold.kind === 'tags' ? 'a tag for each word' : 'an answer', labels)]];
  }
  const { found, missing } = goldLabels(gold, labels, several);
  return [found, missing.map(name => unknownGold(`"${name}"`, labels))];
}

function unknownGold(what: string, labels: readonly string[]): HealthCheck {
  const shown = labels.slice(0, 20).join(', ') + (labels.length > 20 ? ', ...' : '');
  return {
    check: 'gold-label',
    ok: false,
    value: null,
    says: `The gold label ${what} is none of the model's labels (${shown}).`,
  };
}

function inWords(labels: readonly string[], indices: readonly number[]): string {
  return indices.map(index => labels[index]!).join(', ') || 'none';
}

function sameSet(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every(index => b.includes(index));
}

function questionsOf({ labels, decided, gold, several }: Judged, known: boolean): Question[] {
  const agrees = sameSet(decided, gold);
  const main = 'Decision';
  const found = [
    question(main, `Predicted (${inWords(labels, decided)})`, { kind: 'predicted' }),
    question(
      main,
      known ? `Gold (${inWords(labels, gold)})` : 'Gold (none)',
      { kind: 'gold' },
      known && gold.length > 0,
    ),
    question(
      main,
      `Predicted \u2212 gold${known ? (agrees ? ' (they agree)' : '') : ' (no gold label)'}`,
      { kind: 'contrast' },
      known && !agrees && gold.length > 0 && decided.length > 0,
    ),
    ...labels.map(label => question('Labels', `\u201c${label}\u201d`, { kind: 'label', label })),
  ];
  if (!several) return found;
  const off = labels.filter((_, index) => !decided.includes(index));
  return [
    ...found,
    ...off.map(label =>
      question('Left out', `why not \u201c${label}\u201d`, { kind: 'not', label }),
    ),
  ];
}

export interface MeantLabel {
  readonly label: number;
  readonly against?: number;
  readonly off?: boolean;
  readonly why: string;
}

function asked(
  text: TextAtHand,
  judged: Judged,
  prediction: Prediction,
  choice: LabelChoice,
): Asked {
  const { label, against, off = false, why } = meantLabel(judged, choice);
  const { labels, cellOf, probabilities } = judged;
  const cells = [cellOf(label, 1, off)];
  if (against !== undefined) cells.push(cellOf(against, -1));
  const name = labels[label]!;
  const minus = against === undefined ? '' : ` minus "${labels[against]!}"`;
  return {
    choice: off
      ? { kind: 'not', label: name }
      : against === undefined
        ? { kind: 'label', label: name }
        : { kind: 'contrast' },
    label: off ? `not ${name}` : name,
    against: against === undefined ? null : labels[against]!,
    why,
    what: `${off ? 'not ' : ''}"${name}"${minus}${meanInWords(text)}`,
    parts: meanParts(text, cells),
    prediction,
    probability: off ? 1 - probabilities[label]! : probabilities[label]!,
  };
}

/** Which label a question is about. Throws GlassboxError 'bad-input'. */
export function meantLabel(judged: Judged, choice: LabelChoice): MeantLabel {
  const { labels, decided, gold, probabilities } = judged;
  switch (choice.kind) {
    case 'predicted': {
      const likeliest = indexOfLargest(probabilities);
      if (decided.length === 0) return { label: likeliest, off: true, why: 'predicted' };
      return { label: decided.includes(likeliest) ? likeliest : decided[0]!, why: 'predicted' };
    }
    case 'gold': {
      const missed = gold.find(label => !decided.includes(label));
      return { label: missed ?? needGold(gold), why: 'gold' };
    }
    case 'contrast':
      return contrast(judged);
    case 'label':
    case 'not': {
      const label = findLabel(labels, choice.label);
      if (label === null) {
        throw badQuestion(
          `The model has no label "${choice.label}"; its labels are ${labels.join(', ')}.`,
        );
      }
      return { label, off: choice.kind === 'not', why: 'chosen' };
    }
    case 'span':
    case 'mask':
    case 'answer':
      throw badQuestion(
        'This model gives labels to whole texts, so no words of it can be asked about; choose a label.',
      );
  }
}

function needGold(gold: readonly number[]): number {
  if (gold.length > 0) return gold[0]!;
  throw badQuestion(
    "This text has no gold label among the model's labels; explain the predicted label, or name the field of the gold labels.",
  );
}

/** A label that is wrongly there minus one that is wrongly missing. */
function contrast({ labels, decided, gold }: Judged): MeantLabel {
  needGold(gold);
  const extra = decided.find(label => !gold.includes(label));
  const missed = gold.find(label => !decided.includes(label));
  if (extra === undefined && missed === undefined) {
    throw badQuestion(
      `The prediction agrees with the gold label ("${inWords(labels, decided)}"), so predicted minus gold is zero everywhere; explain the predicted label instead.`,
    );
  }
  if (extra === undefined || missed === undefined) {
    throw badQuestion(
      'There is no label that is wrongly there and one that is wrongly missing, so nothing can be subtracted; explain one label, or why it was left out.',
    );
  }
  return { label: extra, against: missed, why: 'contrast' };
}
