/** Statistics of words over the lines of a file. */
import type { DriverRow } from '../../protocol/evaluation';
import type { Pull } from './pulls';

/** Mean and spread of a word's pull towards a label. */
interface Moments {
  count: number;
  mean: number;
  /** Sum of squared deviations from the mean (Welford). */
  squares: number;
}

interface WordFacts {
  readonly pulls: Map<string, Moments>;
  /** Lines with it; those whose gold labels are known; of these by label. */
  lines: number;
  judged: number;
  readonly gold: Map<string, number>;
  readonly examples: number[];
}

const mostExamples = 5;
/** Of each label so many rows towards it, and so many away from it. */
const mostRows = 50;
/** With more words than these, those of a single line are forgotten; they begin anew when they come again. */
const mostWords = 200_000;
/** Longer runs of characters are no words. */
const longestWord = 80;

export class WordTable {
  private readonly words = new Map<string, WordFacts>();
  private judged = 0;
  private readonly gold = new Map<string, number>();

  constructor(
    readonly labels: readonly string[],
    private readonly leastLines: number,
  ) {}

  /** The words of a line (from 1) with what they do; `gold` null: not known. */
  add(line: number, pulls: readonly Pull[], gold: readonly string[] | null): void {
    if (gold) {
      this.judged++;
      for (const label of gold) increase(this.gold, label);
    }
    const seen = new Set<string>();
    for (const { word, towards } of pulls) {
      if (word === '' || word.length > longestWord) continue;
      const facts = this.of(word);
      for (const { label, value } of towards) {
        if (Number.isFinite(value)) addTo(facts.pulls, label, value);
      }
      if (seen.has(word)) continue;
      seen.add(word);
      facts.lines++;
      if (facts.examples.length < mostExamples) facts.examples.push(line);
      if (!gold) continue;
      facts.judged++;
      for (const label of gold) increase(facts.gold, label);
    }
    if (this.words.size > mostWords) this.forgetRare();
  }

  /**
   * Rows of each label: those whose mean is surely farthest from zero, |mean| - 1.96 standard errors, first towards the label, then away from it.
   * A word on fewer than `leastLines` lines (at least 2: one occurrence has no spread) has none.
   */
  rows(): DriverRow[] {
    const least = Math.max(2, this.leastLines);
    return this.labels.flatMap(label => {
      const all: (DriverRow & { readonly sure: number })[] = [];
      for (const [word, facts] of this.words) {
        const moments = facts.pulls.get(label);
        if (!moments || moments.count < 2 || facts.lines < least) continue;
        const row = this.rowOf(word, facts, label, moments);
        all.push({ ...row, sure: Math.abs(row.mean) - 1.96 * row.error });
      }
      all.sort((a, b) => b.sure - a.sure || (a.word < b.word ? -1 : 1));
      const towards = all.filter(({ mean }) => mean > 0).slice(0, mostRows);
      const away = all.filter(({ mean }) => mean < 0).slice(0, mostRows);
      return [...towards, ...away].map(({ sure: _, ...row }) => row);
    });
  }

  private rowOf(
    word: string,
    { lines, judged, gold, examples }: WordFacts,
    label: string,
    { count, mean, squares }: Moments,
  ): DriverRow {
    const [own, all] = [gold.get(label) ?? 0, this.gold.get(label) ?? 0];
    return {
      word,
      label,
      mean,
      error: Math.sqrt(squares / (count - 1) / count),
      occurrences: count,
      lines,
      labelShare: judged === 0 ? null : own / judged,
      labelShareOfAll: this.judged === 0 ? null : all / this.judged,
      z: twoProportions(own, judged, all - own, this.judged - judged),
      examples: [...examples],
    };
  }

  private of(word: string): WordFacts {
    let facts = this.words.get(word);
    if (!facts) {
      facts = { pulls: new Map(), lines: 0, judged: 0, gold: new Map(), examples: [] };
      this.words.set(word, facts);
    }
    return facts;
  }

  private forgetRare(): void {
    for (const [word, { lines }] of this.words) if (lines === 1) this.words.delete(word);
  }
}

function addTo(pulls: Map<string, Moments>, label: string, value: number): void {
  const moments = pulls.get(label) ?? { count: 0, mean: 0, squares: 0 };
  const before = value - moments.mean;
  moments.count++;
  moments.mean += before / moments.count;
  moments.squares += before * (value - moments.mean);
  pulls.set(label, moments);
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/**
 * The two-proportion z statistic with the pooled share: lines with the word against lines without it. Null where one of the groups is empty, or
 * all lines are alike.
 */
export function twoProportions(
  own: number,
  ofOwn: number,
  other: number,
  ofOther: number,
): number | null {
  if (ofOwn === 0 || ofOther === 0) return null;
  const pooled = (own + other) / (ofOwn + ofOther);
  const variance = pooled * (1 - pooled) * (1 / ofOwn + 1 / ofOther);
  return variance > 0 ? (own / ofOwn - other / ofOther) / Math.sqrt(variance) : null;
}
