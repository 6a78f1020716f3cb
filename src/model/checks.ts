/** Checks that the parts of a model folder belong together. Each failure is one sentence with the way out. */
import type { HealthCheck } from '../protocol/explanation';
import { GlassboxError } from '../protocol/messages';
import type { Tokenizer } from '../runtime/tokenizer';
import type { ModelConfig } from './config';

/**
 * The ids that the tokenizer can give must be rows of the embedding table (throws 'bad-model'). A tokenizer
 * that fits by its size can still be another model's. Its signs are a padding id that config.json does not
 * know, special tokens that only the other files know, and far fewer tokens than the table has rows: an error where, besides, the kind of tokenizer is
 * not the one of this architecture, else a note.
 */
export function checkTokenizer(
  tokenizer: Tokenizer,
  config: ModelConfig,
  vocabulary: number,
  graphFile: string,
): HealthCheck[] {
  const largest = tokenizer.largestId();
  if (largest >= vocabulary) {
    throw new GlassboxError(
      'bad-model',
      `${tokenizer.file} has token ids up to ${largest}, but ${graphFile} has an embedding for ${vocabulary} tokens only; put the tokenizer.json that belongs to this model there.`,
    );
  }
  const signs = [
    otherPadding(tokenizer, config),
    missingTokens(tokenizer),
    fewTokens(largest + 1, vocabulary),
  ].filter(sign => sign !== null);
  if (signs.length === 0) return [];
  const found = signs.join(', ');
  const expected = usualTokenizer[config.modelType];
  if (expected !== undefined && expected !== tokenizer.kind) {
    throw new GlassboxError(
      'bad-model',
      `${tokenizer.file} ${found}, and is a ${tokenizer.kind} tokenizer where a ${config.modelType} model has ${expected}; put the tokenizer.json that belongs to this model there.`,
    );
  }
  return [
    {
      check: 'tokenizer',
      ok: false,
      value: null,
      says: `The tokenizer may belong to another model: it ${found}.`,
    },
  ];
}

function otherPadding(tokenizer: Tokenizer, { padId, file }: ModelConfig): string | null {
  if (padId === null || tokenizer.padId === null || padId === tokenizer.padId) return null;
  return `pads with id ${tokenizer.padId}, but ${file ?? 'config.json'} says ${padId} ("${tokenizer.tokenOf(padId) ?? 'nothing'}" in this tokenizer)`;
}

function missingTokens({ missing }: Tokenizer): string | null {
  if (missing.length === 0) return null;
  const names = missing.map(name => `"${name}"`).join(', ');
  return `has no ${names}, which tokenizer_config.json or special_tokens_map.json beside it names`;
}

/** Tables are padded to round numbers, by a few per cent; small ones may be anything. */
function fewTokens(tokens: number, vocabulary: number): string | null {
  if (vocabulary < 1000 || tokens >= 0.9 * vocabulary) return null;
  return `has ${tokens} tokens, but the model has an embedding for ${vocabulary}`;
}

const usualTokenizer: Readonly<Record<string, string>> = {
  albert: 'Unigram',
  bert: 'WordPiece',
  camembert: 'Unigram',
  distilbert: 'WordPiece',
  electra: 'WordPiece',
  roberta: 'BPE',
  'xlm-roberta': 'Unigram',
};
