/** How far the answers of two models to one text are from each other. */
import { spearman } from '../../interpret/correlation';
import type { Explanation, Prediction } from '../../protocol/explanation';
import type { Entity, TextInput } from '../../protocol/task';
import { choices } from '../attackJson';

/**
 * From 0 to 1; of numbers the mean of their absolute differences.
 *
 * Of one label of several, of masks and of answers: total variation distance, half of the sum of |p - q|, where labels go together by name, one that
 * a model lacks has no probability there, and what is not listed counts as one. Of several labels at once: the largest |p - q|. Of tags: the
 * share of the entities of both that only one of them has (Jaccard distance).
 */
export function predictionChange(before: Prediction, after: Prediction): number {
  const [p, q] = [choices(before), choices(after)];
  const names = [...new Set([...Object.keys(p), ...Object.keys(q)])];
  const gaps = names.map(name => Math.abs((p[name] ?? 0) - (q[name] ?? 0)));
  const sum = gaps.reduce((all, gap) => all + gap, 0);
  switch (before.task) {
    case 'regression':
      return sum / names.length;
    case 'multi-label-classification':
      return Math.max(0, ...gaps);
    case 'token-classification':
      return entityChange(before.entities, after.entities);
    case 'text-classification':
    case 'binary-classification':
    case 'fill-mask':
    case 'question-answering':
      return Math.min(1, (sum + Math.abs(restOf(p) - restOf(q))) / 2);
  }
}

function restOf(probabilities: Readonly<Record<string, number>>): number {
  return Math.max(0, 1 - Object.values(probabilities).reduce((sum, p) => sum + p, 0));
}

function entityChange(before: readonly Entity[], after: readonly Entity[]): number {
  const keys = (entities: readonly Entity[]): Set<string> =>
    new Set(
      entities
        .filter(({ status }) => status !== 'missed')
        .map(({ range, type }) => `${range.start} ${range.end} ${type}`),
    );
  const [one, other] = [keys(before), keys(after)];
  const both = [...one].filter(key => other.has(key)).length;
  const either = one.size + other.size - both;
  return either === 0 ? 0 : 1 - both / either;
}

/**
 * 1 - Spearman's correlation of two maps of one text: 0 alike, 2 upside down. Of the same tokens where both tokenizers cut the text alike, else of
 * the words between blanks, each with the sum of the tokens that begin in it. Special tokens are left out. Null where a map is constant.
 */
export function mapChange(
  before: Explanation,
  after: Explanation,
  input: TextInput,
): number | null {
  const rho = sameTokens(before, after)
    ? spearman(ofText(before), ofText(after))
    : spearman(ofWords(before, input), ofWords(after, input));
  return rho === null ? null : 1 - rho;
}

function sameTokens({ tokens }: Explanation, { tokens: others }: Explanation): boolean {
  return (
    tokens.length === others.length &&
    tokens.every((token, i) => {
      const other = others[i]!;
      return (
        token.special === other.special &&
        token.field === other.field &&
        token.start === other.start &&
        token.end === other.end
      );
    })
  );
}

function ofText({ tokens, attributions }: Explanation): number[] {
  return attributions.filter((_, i) => !tokens[i]!.special);
}

function ofWords({ tokens, attributions }: Explanation, { text, pair = '' }: TextInput): number[] {
  return [text, pair].flatMap((whole, field) =>
    [...whole.matchAll(/\S+/gu)].map(({ 0: word, index }) =>
      tokens.reduce((sum, token, i) => {
        if (token.special || token.field !== field) return sum;
        // Some tokenizers count the blank before a word to its first token.
        const blanks = /^\s*/u.exec(whole.slice(token.start, token.end))![0].length;
        const start = token.start + blanks;
        return start >= index && start < index + word.length ? sum + attributions[i]! : sum;
      }, 0),
    ),
  );
}
