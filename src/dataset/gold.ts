/** What a record says about the right answer. */
import type { Gold } from '../protocol/task';
import type { DatasetRecord } from './recordAt';

/** Null where the dataset does not say. */
export function goldOf({ label, words, answers }: GoldFields): Gold | null {
  if (label) {
    return label.elements === null
      ? { kind: 'label', label: label.value }
      : { kind: 'labels', labels: label.elements.map(({ value }) => value) };
  }
  const tags = words?.map(({ tag }) => tag) ?? [];
  if (words && tags.every(tag => tag !== null)) {
    return { kind: 'tags', tags };
  }
  return answers.length > 0 ? { kind: 'answers', answers } : null;
}

/** The gold of a record as a person reads it: 'positive', 'toxic, insult', 'B-PER I-PER O', '"in 1889"'. */
export function goldInWords(record: GoldFields): string | null {
  const gold = goldOf(record);
  switch (gold?.kind) {
    case undefined:
      return null;
    case 'label':
      return gold.label;
    case 'labels':
      return gold.labels.join(', ');
    case 'tags':
      return gold.tags.join(' ');
    case 'answers':
      return gold.answers
        .map(({ start, end }) => `"${record.pair?.value.slice(start, end) ?? ''}"`)
        .join(' or ');
  }
}

type GoldFields = Pick<DatasetRecord, 'label' | 'words' | 'answers' | 'pair'>;
