/** What can be asked about a text, as rows of a comparison. */
import type { Explanation, LabelChoice } from '../../protocol';

/** A person reads no more; the likeliest are taken. */
const mostRows = 20;

export interface AskedLabel {
  readonly title: string;
  readonly choice: LabelChoice;
}

/**
 * Of classifiers the labels, the likeliest first and the gold one among them; elsewhere what the explanation says that can be asked, as it
 * says it.
 */
export function labelsOf({ prediction, questions }: Explanation): readonly AskedLabel[] {
  switch (prediction.task) {
    case 'text-classification':
    case 'binary-classification':
    case 'multi-label-classification': {
      const { labels, logits, right } = prediction;
      const order = labels.map((_, i) => i).sort((a, b) => logits[b]! - logits[a]!);
      const likeliest = order.slice(0, mostRows);
      const gold = right.filter(index => !likeliest.includes(index));
      const shown = [...likeliest.slice(0, mostRows - gold.length), ...gold];
      return shown.map(index => {
        const label = labels[index]!;
        return { title: label, choice: { kind: 'label', label } };
      });
    }
    case 'regression':
    case 'token-classification':
    case 'fill-mask':
    case 'question-answering': {
      const possible = questions.filter(({ possible }) => possible);
      const seen = new Set<string>();
      const each = possible.filter(({ choice }) => {
        const key = JSON.stringify(choice);
        return !seen.has(key) && seen.add(key);
      });
      return each
        .slice(0, mostRows)
        .map(({ group, says, choice }) => ({ title: `${group}: ${says}`, choice }));
    }
  }
}
