/** Which entries of the vocabulary may take a place, by the options of the attack. */
import type { ResolvedAttackOptions } from '../../../protocol/attack';
import type { Entry, Vocabulary } from './vocabulary';
import {
  classOf,
  isAlphanumeric,
  isStopWord,
  isWholeWord,
  writtenAs,
  type WordClass,
  type Written,
} from './wordForms';

/** What is to be replaced. */
export interface FilterTarget {
  /** Of the piece that stands there; of a word the first one. */
  readonly id: number;
  /** Its characters in the text; of a word the whole word's. */
  readonly text: string;
  /** A word begins here (always where whole words are replaced). */
  readonly startsWord: boolean;
}

export type FilterOptions = Pick<
  ResolvedAttackOptions,
  'preset' | 'wholeWords' | 'sameCase' | 'sameClass' | 'noStopWords'
>;

export interface Filters {
  /** As FlipFrame has them. */
  readonly filters: readonly Uint8Array[];
  /** By target: which filter; null where nothing may take its place. */
  readonly filterOf: readonly (number | null)[];
}

/** One target may take part in many batches, so a filter is made once for all targets that are alike. */
export function filtersFor(
  vocabulary: Vocabulary,
  options: FilterOptions,
  targets: readonly FilterTarget[],
): Filters {
  const filters: Uint8Array[] = [];
  const filterOf = targets.map(target => {
    const filter = filterFor(vocabulary, options, target);
    if (filter === null) return null;
    if (!filters.includes(filter)) filters.push(filter);
    return filters.indexOf(filter);
  });
  return { filters, filterOf };
}

/** What must hold of a replacement; null: anything goes. */
interface Demand {
  readonly alphanumericToken: boolean;
  readonly startsWord: boolean | null;
  readonly alone: boolean;
  readonly whole: boolean;
  readonly written: Written | null;
  readonly kind: WordClass | null;
  readonly noStopWord: boolean;
}

function filterFor(
  vocabulary: Vocabulary,
  options: FilterOptions,
  target: FilterTarget,
): Uint8Array | null {
  if (options.noStopWords && target.startsWord && isStopWord(target.text)) return null;
  const demand = demandOf(vocabulary, options, target);
  const key = JSON.stringify(demand);
  const kept = vocabulary.filters.get(key);
  const filter =
    kept ??
    Uint8Array.from(vocabulary.entries, entry => (entry !== null && meets(entry, demand) ? 1 : 0));
  vocabulary.filters.set(key, filter);
  return filter.includes(1) ? filter : null;
}

function demandOf(
  { entries, lowerCases }: Vocabulary,
  { preset, wholeWords, sameCase, sameClass, noStopWords }: FilterOptions,
  { id, text, startsWord }: FilterTarget,
): Demand {
  if (preset === 'allennlp') return allenNlp;
  const written = writtenAs(text);
  return {
    alphanumericToken: false,
    // A piece stays what it is, with or without a blank before it; an unknown word stands for a word.
    startsWord: entries[id]?.startsWord ?? startsWord,
    alone: startsWord,
    whole: wholeWords,
    // A tokenizer that lower-cases leaves the case to the one who writes (Vocabulary.surfaceOf).
    written: sameCase && !lowerCases && written !== 'none' ? written : null,
    kind: sameClass ? classOf(text) : null,
    noStopWord: noStopWords,
  };
}

/**
 * AllenNLP 2.10 looks at the string in the vocabulary alone (str.isalnum), so that 'Ġgood' passes and '##ing' and '▁good' do not. What
 * is left out are special tokens, which no text can contain.
 */
const allenNlp: Demand = {
  alphanumericToken: true,
  startsWord: null,
  alone: false,
  whole: false,
  written: null,
  kind: null,
  noStopWord: false,
};

function meets(entry: Entry, demand: Demand): boolean {
  const { written, kind } = demand;
  return (
    (!demand.alphanumericToken || isAlphanumeric(entry.token)) &&
    (demand.startsWord === null || entry.startsWord === demand.startsWord) &&
    (!demand.alone || entry.alone) &&
    (!demand.whole || isWholeWord(entry.surface)) &&
    // What has no case fits any.
    (written === null || entry.written === 'none' || entry.written === written) &&
    (kind === null || entry.kind === kind) &&
    (!demand.noStopWord || !entry.stopWord)
  );
}
