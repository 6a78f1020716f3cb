/**
 * Cuts a text that is longer than the model's input into windows: the special tokens, and the shorter text of a
 * pair, stand in each of them, and a window slides over the rest.
 */
import type { FieldIndex, LongText } from '../protocol/task';
import type { Encoding } from '../runtime/tokenizer';
import type { Row } from './inputs';

/** One reading of a part of the text. */
export interface Window {
  readonly row: Row;
  /** For each position of the row, the index of its token in the encoding. */
  readonly tokens: readonly number[];
}

export interface WindowOptions extends LongText {
  /** Of one window, special tokens included. */
  readonly maxTokens: number;
  /** The field that the window slides over; null: the longer one. */
  readonly slides: FieldIndex | null;
}

/** More would take too long; what follows is not seen, and the explanation says so. */
export const mostWindows = 32;

/** At least so many tokens of the sliding text stand in a window: the other text is cut for their sake. */
const leastRoom = 16;

/** The windows in the order of the text; a single one where everything fits. */
export function windowsOf(encoding: Encoding, options: WindowOptions): Window[] {
  const { maxTokens, mode } = options;
  const all = [...encoding.ids.keys()];
  if (all.length <= maxTokens) return [windowAt(encoding, all)];
  const field = slidingField(encoding, options);
  const frame = new Set(frameOf(encoding, field, maxTokens));
  const sliding = all.filter(position => isOf(encoding, position, field));
  const room = Math.max(1, maxTokens - frame.size);
  const overlap = sharedTokens(options, room);
  const starts: number[] = [];
  for (let start = 0; starts.length < (mode === 'start' ? 1 : mostWindows);) {
    // The last window is as long as the others: it reaches back instead of being short.
    starts.push(Math.max(0, Math.min(start, sliding.length - room)));
    if (start + room >= sliding.length) break;
    start += room - overlap;
  }
  return starts.map(start => {
    const inside = new Set(sliding.slice(start, start + room));
    return windowAt(
      encoding,
      all.filter(position => frame.has(position) || inside.has(position)),
    );
  });
}

/** How many tokens neighbouring windows of this text share; the last one may reach back further. */
export function overlapOf(encoding: Encoding, options: WindowOptions): number {
  const { maxTokens } = options;
  const frame = frameOf(encoding, slidingField(encoding, options), maxTokens);
  return sharedTokens(options, Math.max(1, maxTokens - frame.length));
}

function sharedTokens({ overlap }: LongText, room: number): number {
  return Math.max(0, Math.min(overlap ?? Math.floor(room / 4), room - 1));
}

function windowAt({ ids, typeIds }: Encoding, tokens: readonly number[]): Window {
  const row = {
    ids: tokens.map(position => ids[position]!),
    typeIds: tokens.map(position => typeIds[position]!),
    mask: tokens.map(() => 1),
  };
  return { row, tokens };
}

function slidingField({ tokens }: Encoding, { slides }: WindowOptions): FieldIndex {
  if (slides !== null) return slides;
  const second = tokens.filter(token => !token.special && token.field === 1).length;
  const first = tokens.filter(token => !token.special && token.field === 0).length;
  return second > first ? 1 : 0;
}

function isOf({ tokens }: Encoding, position: number, field: FieldIndex): boolean {
  const token = tokens[position]!;
  return !token.special && token.field === field;
}

/** Positions that stand in every window. Where the other text is too long itself, its beginning. */
function frameOf(encoding: Encoding, field: FieldIndex, maxTokens: number): number[] {
  const all = [...encoding.ids.keys()];
  const special = all.filter(position => encoding.tokens[position]!.special);
  const other = all.filter(position => isOf(encoding, position, field === 0 ? 1 : 0));
  // A long row of special tokens means a broken tokenizer; it may not use up the model's input.
  const room = Math.max(0, maxTokens - special.length - leastRoom);
  return [...special.slice(0, maxTokens - 1), ...other.slice(0, room)];
}
