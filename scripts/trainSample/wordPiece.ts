/**
 * A small WordPiece vocabulary trainer: pieces are merged by how often they meet, as in byte pair encoding
 * (Sennrich et al. 2016), and written with the ## prefix of BERT. Encoding is the longest piece first
 * (Schuster and Nakajima 2012), done by the tokenizers library from the tokenizer.json.
 */

export const specialTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;

/** Words as BertNormalizer and BertPreTokenizer make them: lower case, no accents, punctuation apart. */
export function wordsOf(text: string): string[] {
  const plain = text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
  return plain.match(/\p{P}|[$+<=>^`|~]|[^\p{P}$+<=>^`|~\s]+/gu) ?? [];
}

/**
 * The vocabulary: special tokens, then all characters seen (alone and as continuation), then merged pieces,
 * the most frequent first, until there are `size` entries or no pair of pieces occurs twice.
 */
export function trainWordPiece(texts: readonly string[], size: number): string[] {
  const counts = new Map<string, number>();
  for (const word of texts.flatMap(wordsOf)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts].map(([word, count]) => ({
    count,
    pieces: Array.from(word).map((character, i) => (i === 0 ? character : `##${character}`)),
  }));

  const alphabet = new Set(words.flatMap(word => word.pieces));
  const vocabulary = new Set<string>([...specialTokens, ...[...alphabet].sort()]);
  while (vocabulary.size < size) {
    const best = mostFrequentPair(words);
    if (best === undefined) break;
    const [left, right] = best;
    const merged = left + right.slice(2);
    vocabulary.add(merged);
    for (const word of words) word.pieces = mergePair(word.pieces, left, right, merged);
  }
  return [...vocabulary];
}

interface CountedWord {
  readonly count: number;
  pieces: string[];
}

/** The pair that occurs most often, at least twice; of equals, the longest, so that words get finished. */
function mostFrequentPair(words: readonly CountedWord[]): [string, string] | undefined {
  const counts = new Map<string, number>();
  for (const { count, pieces } of words) {
    for (let i = 1; i < pieces.length; i++) {
      const pair = `${pieces[i - 1]!} ${pieces[i]!}`;
      counts.set(pair, (counts.get(pair) ?? 0) + count);
    }
  }
  let best = '';
  let most = 2;
  for (const [pair, count] of counts) {
    if (count < most) continue;
    const before =
      count > most || pair.length > best.length || (pair.length === best.length && pair < best);
    if (before) [best, most] = [pair, count];
  }
  return best === '' ? undefined : (best.split(' ') as [string, string]);
}

function mergePair(
  pieces: readonly string[],
  left: string,
  right: string,
  merged: string,
): string[] {
  const result: string[] = [];
  for (let i = 0; i < pieces.length; i++) {
    if (pieces[i] === left && pieces[i + 1] === right) {
      result.push(merged);
      i++;
    } else {
      result.push(pieces[i]!);
    }
  }
  return result;
}

/** tokenizer.json of Hugging Face for this vocabulary: `[CLS] text [SEP]`, and `[CLS] a [SEP] b [SEP]` for pairs. */
export function tokenizerJson(vocabulary: readonly string[]): object {
  const ids = Object.fromEntries(vocabulary.map((piece, id) => [piece, id]));
  const special = (token: string, type_id: number) => ({ SpecialToken: { id: token, type_id } });
  const sequence = (id: 'A' | 'B', type_id: number) => ({ Sequence: { id, type_id } });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map(content => ({
      id: ids[content],
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [special('[CLS]', 0), sequence('A', 0), special('[SEP]', 0)],
      pair: [
        special('[CLS]', 0),
        sequence('A', 0),
        special('[SEP]', 0),
        sequence('B', 1),
        special('[SEP]', 1),
      ],
      special_tokens: Object.fromEntries(
        ['[CLS]', '[SEP]'].map(token => [token, { id: token, ids: [ids[token]], tokens: [token] }]),
      ),
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: ids,
    },
  };
}

/** tokenizer_config.json that goes with it. */
export function tokenizerConfig(maxTokens: number): object {
  return {
    tokenizer_class: 'DistilBertTokenizer',
    do_lower_case: true,
    model_max_length: maxTokens,
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    cls_token: '[CLS]',
    sep_token: '[SEP]',
    mask_token: '[MASK]',
  };
}
