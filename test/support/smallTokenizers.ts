/** Small tokenizers of the kinds that no fixture has, as the text of tokenizer.json. */

const common = {
  version: '1.0',
  truncation: null,
  padding: null,
  normalizer: null as unknown,
  post_processor: null,
  decoder: null as unknown,
};

function special(...tokens: string[]): unknown[] {
  return tokens.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
}

/** SentencePiece as in XLM-R and ALBERT; ids are places in `pieces`, of which the first is the unknown token. */
export function unigram(...pieces: string[]): string {
  const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
  return JSON.stringify({
    ...common,
    added_tokens: special(pieces[0]!),
    pre_tokenizer: metaspace,
    decoder: metaspace,
    // Long pieces are the likelier ones.
    model: {
      type: 'Unigram',
      unk_id: 0,
      byte_fallback: false,
      vocab: pieces.map(piece => [piece, -10 + piece.length]),
    },
  });
}

/** Whole words, cut at blanks and punctuation; the first is the unknown token. */
export function wordLevel(lowercase: boolean, ...words: string[]): string {
  return JSON.stringify({
    ...common,
    added_tokens: special(words[0]!),
    normalizer: lowercase ? { type: 'Lowercase' } : null,
    pre_tokenizer: { type: 'Whitespace' },
    model: {
      type: 'WordLevel',
      unk_token: words[0],
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
    },
  });
}

/** BERT's, with or without lower-casing. */
export function wordPiece(lowercase: boolean, ...pieces: string[]): string {
  return JSON.stringify({
    ...common,
    added_tokens: special(pieces[0]!),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: pieces[0],
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
    },
  });
}
