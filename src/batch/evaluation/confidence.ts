/** How sure a model is of its decision about a text. */
import type { Prediction } from '../../protocol/explanation';

/** Of several labels the product of the probabilities of each decision; of entities their mean; null of none, and of numbers. */
export function confidenceOf({
  task,
  probabilities,
  decided,
  entities,
}: Prediction): number | null {
  switch (task) {
    case 'regression':
      return null;
    case 'multi-label-classification':
      return probabilities.reduce((all, p, i) => all * (decided.includes(i) ? p : 1 - p), 1);
    case 'token-classification': {
      const found = entities.filter(({ status }) => status !== 'missed');
      const sum = found.reduce((all, { probability }) => all + probability, 0);
      return found.length === 0 ? null : sum / found.length;
    }
    case 'text-classification':
    case 'binary-classification':
    case 'fill-mask':
    case 'question-answering':
      return probabilities[decided[0]!] ?? null;
  }
}
