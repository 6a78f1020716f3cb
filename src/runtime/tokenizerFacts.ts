/** What a tokenizer's JSON files say about it and the native library does not tell. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { GlassboxError } from '../protocol/messages';

/** How the pieces of words are written in the vocabulary. */
export interface PieceForm {
  /**
   * 'bytes': one character a byte, 'Ġ' the blank before a word (GPT-2, RoBERTa); 'blanks': '▁' is the blank before a word
   * (SentencePiece); 'plain': as they are.
   */
  readonly alphabet: 'bytes' | 'blanks' | 'plain';
  /** What stands before a piece that continues a word ('##'), and behind one that ends it ('</w>'); '' where nothing does. */
  readonly continuing: string;
  readonly ending: string;
}

export interface TokenizerFacts {
  /** The algorithm: 'WordPiece', 'BPE', 'Unigram' or 'WordLevel'. */
  readonly kind: string;
  readonly padToken: string | null;
  readonly maskToken: string | null;
  readonly unknownToken: string | null;
  /** Unigram models name the unknown token by its id. */
  readonly unknownId: number | null;
  /** The special tokens that the files beside tokenizer.json name. */
  readonly named: readonly string[];
  /** Added tokens that are marked as special. */
  readonly specialIds: ReadonlySet<number>;
  /** model_max_length of tokenizer_config.json; null where it is absent or "no limit" (1e30). */
  readonly maxTokens: number | null;
  readonly pieces: PieceForm;
}

/** Names used where no file says which token pads or masks. */
const usualNames = { pad: ['[PAD]', '<pad>'], mask: ['[MASK]', '<mask>'] };

const roles = ['bos', 'cls', 'eos', 'mask', 'pad', 'sep', 'unk'].map(role => `${role}_token`);

type Json = Record<string, unknown>;

/**
 * Reads the facts from the text of tokenizer.json and, where they exist, from tokenizer_config.json and
 * special_tokens_map.json beside `file`. Throws GlassboxError 'bad-model' if the text is not a JSON object.
 */
export async function readTokenizerFacts(text: string, file: string): Promise<TokenizerFacts> {
  const json = parseObject(text);
  if (json === null) {
    throw new GlassboxError(
      'bad-model',
      `${file} is not a JSON object; put the tokenizer.json that belongs to the model there.`,
    );
  }
  const model = asObject(json['model']) ?? {};
  const folder = path.dirname(file);
  const config = await readBeside(folder, 'tokenizer_config.json');
  const map = await readBeside(folder, 'special_tokens_map.json');
  const entries = Array.isArray(json['added_tokens']) ? json['added_tokens'].map(asObject) : [];
  const added = entries.map(entry => entry?.['content']);
  const special = entries.filter(entry => entry?.['special'] === true).map(entry => entry?.['id']);
  const named = (key: string): string | null =>
    tokenName(config[key]) ?? tokenName(map[key]) ?? null;
  const usual = (names: readonly string[]): string | null =>
    names.find(name => added.includes(name)) ?? null;
  return {
    kind: typeof model['type'] === 'string' ? model['type'] : 'unnamed',
    padToken:
      named('pad_token') ??
      tokenName(asObject(json['padding'])?.['pad_token']) ??
      usual(usualNames.pad),
    maskToken: named('mask_token') ?? usual(usualNames.mask),
    unknownToken: tokenName(model['unk_token']),
    unknownId: typeof model['unk_id'] === 'number' ? model['unk_id'] : null,
    named: [...new Set(roles.map(named).filter(name => name !== null))],
    specialIds: new Set(special.filter(id => typeof id === 'number')),
    maxTokens: lengthLimit(config['model_max_length']),
    pieces: pieceForm(json, model),
  };
}

function pieceForm(json: Json, model: Json): PieceForm {
  // A sequence of several steps has the one that counts somewhere inside.
  const steps = JSON.stringify([json['normalizer'], json['pre_tokenizer'], json['decoder']]);
  const blanks = steps.includes('▁') ? 'blanks' : 'plain';
  const text = (value: unknown, usual: string): string =>
    typeof value === 'string' ? value : usual;
  return {
    alphabet: steps.includes('"ByteLevel"') ? 'bytes' : blanks,
    continuing: text(model['continuing_subword_prefix'], model['type'] === 'WordPiece' ? '##' : ''),
    ending: text(model['end_of_word_suffix'], ''),
  };
}

async function readBeside(folder: string, name: string): Promise<Json> {
  try {
    return parseObject(await readFile(path.join(folder, name), 'utf8')) ?? {};
  } catch {
    // Both files are optional: tokenizer.json alone is enough to tokenize.
    return {};
  }
}

function parseObject(text: string): Json | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null;
  }
}

function asObject(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : null;
}

/** A token is written as its name, or as an object that holds the name as `content`. */
function tokenName(value: unknown): string | null {
  const name = asObject(value)?.['content'] ?? value;
  return typeof name === 'string' ? name : null;
}

function lengthLimit(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value < 1e6
    ? value
    : null;
}
