/** The measures of explanations in words, for tables on every screen. */
import type { MeasureColumn, MeasuredValue } from './measures';

export interface ColumnWords {
  readonly title: string;
  readonly better: 'higher' | 'lower';
  /** One sentence: what the number is. */
  readonly about: string;
}

export const columnWords: Readonly<Record<MeasureColumn, ColumnWords>> = {
  'auc-tp': {
    title: 'AUC-TP',
    better: 'lower',
    about: 'Area under the curve of macro-F1 while the strongest tokens are taken away.',
  },
  comprehensiveness: {
    title: 'Comprehensiveness',
    better: 'higher',
    about: 'Fall of the explained probability without the strongest tokens (AOPC).',
  },
  sufficiency: {
    title: 'Sufficiency',
    better: 'lower',
    about: 'Fall of the explained probability with nothing but the strongest tokens (AOPC).',
  },
  'tau-loo': {
    title: 'tau-LOO',
    better: 'higher',
    about: "Kendall's tau-b with the effects of leaving out each token.",
  },
  infidelity: {
    title: 'Infidelity',
    better: 'lower',
    about: 'Mean square of what the map foretells of perturbations minus what they do.',
  },
  'sensitivity-max': {
    title: 'Sensitivity-max',
    better: 'lower',
    about: 'Largest relative change of the map under small changes of the input.',
  },
  'stability-pearson': {
    title: 'Stability (Pearson)',
    better: 'higher',
    about: 'Correlation over edits of the change of the map with the change of the prediction.',
  },
  'stability-spearman': {
    title: 'Stability (Spearman)',
    better: 'higher',
    about: 'The same by ranks.',
  },
  'seed-variance': {
    title: 'Spread over seeds',
    better: 'lower',
    about: "Mean standard deviation over seeds, relative to the map's size.",
  },
  'token-f1': {
    title: 'Token F1',
    better: 'higher',
    about: 'Overlap of the strongest tokens with what people marked.',
  },
  'iou-f1': {
    title: 'IOU F1',
    better: 'higher',
    about: 'Stretches of the text that overlap by half with what people marked.',
  },
  auprc: {
    title: 'AUPRC',
    better: 'higher',
    about: 'Area under precision and recall of what people marked, over all thresholds.',
  },
};

/** What stands beside a number, so that its colour is not the only sign; '' where nothing can be said. */
export function againstRandomWords(against: MeasuredValue['againstRandom']): string {
  switch (against) {
    case 'better':
      return 'better than random';
    case 'worse':
      return 'worse than random';
    case 'no better':
      return 'no better than random';
    case null:
      return '';
  }
}

/** With fewer lines no difference is told from chance, however large it is (approximate randomisation at 5 %: 2 of 2^5 are more). */
const leastLines = 6;

/** What is to be said of a report on so few lines; null where they may be enough. */
export function fewLinesWords(lines: number): string | null {
  if (lines === 0 || lines >= leastLines) return null;
  return `With fewer than ${leastLines} lines no difference can be told from chance: here \u201cno better than random\u201d says nothing against a method.`;
}

/** Whether the number is to be printed as one that does not beat the random explainer. */
export function failsRandom(against: MeasuredValue['againstRandom']): boolean {
  return against === 'worse' || against === 'no better';
}
