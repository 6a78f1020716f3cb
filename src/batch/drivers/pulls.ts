/** What each word of a text does to each label that was explained. */
import type { Explanation, Token } from '../../protocol/explanation';
import type { TaskKind, TextInput } from '../../protocol/task';

/** One occurrence of a word. */
export interface Pull {
  readonly word: string;
  /** By label that was explained: the attribution towards it. */
  readonly towards: readonly { readonly label: string; readonly value: number }[];
}

/**
 * Attributions of words (the sum of their pieces') towards labels, from explanations of one text that differ in the label alone.
 *
 * A softmax does not notice what all logits have in common, so of a classifier whose logits are all explained with a sign the attribution
 * towards label c is A_c - mean_k A_k, A_k being the word's attribution of logit k: of two labels half of what the contrast of both has, and
 * towards one exactly what it is away from the other. Elsewhere it is A_c as it is (of a loss: -A_c); without signs it is a size only.
 */
export function pullsOf(
  explained: readonly Explanation[],
  { text, pair = '' }: TextInput,
  task: TaskKind,
): Pull[] {
  const [first] = explained;
  if (!first) return [];
  const { scalar } = first.explained;
  const sign = first.signed && scalar === 'loss' ? -1 : 1;
  const centred =
    task === 'text-classification' && scalar === 'logit' && first.signed && explained.length > 1;
  return first.words.map(({ tokens }, index) => {
    const raw = explained.map(({ words }) => sign * words[index]!.attribution);
    const common = centred ? raw.reduce((sum, value) => sum + value, 0) / raw.length : 0;
    return {
      word: wordOf(
        tokens.map(token => first.tokens[token]!),
        first.tokens[tokens[0]!]!.field === 0 ? text : pair,
      ),
      towards: explained.map(({ explained: { label } }, at) => {
        return { label, value: raw[at]! - common };
      }),
    };
  });
}

/** As it stands in the text; in lower case where the tokenizer writes its pieces so. */
function wordOf(pieces: readonly Token[], text: string): string {
  const word = text.slice(pieces[0]!.start, pieces.at(-1)!.end).trim();
  const lower = pieces.every(({ text: piece }) => piece === piece.toLowerCase());
  return lower ? word.toLowerCase() : word;
}
