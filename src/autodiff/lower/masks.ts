/** Attention masks in the forms that ONNX Runtime's operators take, as numbers to add to the scores. */
import type { DataType } from '../../onnx/graph';
import type { RuleBuilder } from '../ruleBuilder';
import type { FusedNode } from './lowering';
import { countAlong } from './rotary';

/** The lowest number of a type: what ONNX Runtime puts where attention must not look ahead. */
export function lowest(dtype: DataType): number {
  return dtype === 'float64' ? -Number.MAX_VALUE : -3.4028234663852886e38;
}

/**
 * Input `i` as numbers to add to scores [B, heads, S, T]: 0 where attention may look, `filter` elsewhere. Its forms:
 * [B, T] and [B, S, T], where 0 closes; [B], the number of open positions of each row; [2B], their ends and then
 * their starts; [3B + 2], of which only the first B (the numbers of open positions) say anything on shapes like these.
 */
export function paddingMask(
  n: FusedNode,
  b: RuleBuilder,
  i: number,
  q: string,
  k: string,
  filter: number,
): string {
  const mask = b.op('Cast', [n.x[i]!], { to: 'int64' });
  const rank = n.rank(i, 'a mask');
  if (rank === 1) return choose(b, b.unsqueeze(insideBounds(b, mask, q, k), [1, 2]), filter);
  if (rank > 3) throw n.refusal('has a mask of four dimensions');
  const open = b.op('Greater', [mask, b.int(0)]);
  return choose(b, b.unsqueeze(open, rank === 2 ? [1, 2] : [1]), filter);
}

/** For each row and key position, [B, T], whether it lies between the row's bounds. */
function insideBounds(b: RuleBuilder, bounds: string, q: string, k: string): string {
  const batch = b.shapePart(q, 0, 1);
  const twice = b.add(batch, batch);
  const cut = (value: string, from: string, to: string): string =>
    b.unsqueeze(b.op('Slice', [value, from, to, b.ints([0])]), [1]);
  const at = b.unsqueeze(countAlong(b, k, 2), [0]);
  const ends = cut(bounds, b.ints([0]), batch);
  // Starts are there only in the form [2B]; in the others zeros take their place.
  const none = b.op('ConstantOfShape', [twice], {
    value: { dtype: 'int64', dims: [1], bytes: new Uint8Array(8) },
  });
  const two = b.op('Equal', [b.shape(bounds), twice]);
  const padded = b.concat([bounds, none], 0);
  const starts = b.where(two, cut(padded, batch, twice), b.int(0));
  return b.op('And', [b.op('Less', [at, ends]), b.op('GreaterOrEqual', [at, starts])]);
}

/** 0 where true, else `filter`. */
export function choose(b: RuleBuilder, open: string, filter: number): string {
  return b.where(open, b.number(0), b.number(filter));
}

/** [S, T]: whether key position j lies behind query position i, counted so that the last ones fall together. */
export function lookAhead(
  b: RuleBuilder,
  q: string,
  k: string,
  aligned: 'ends' | 'starts',
): string {
  const row = b.unsqueeze(countAlong(b, q, 2), [1]);
  const column = b.unsqueeze(countAlong(b, k, 2), [0]);
  if (aligned === 'starts') return b.op('Greater', [column, row]);
  const earlier = b.sub(b.shapePart(k, 2, 3), b.shapePart(q, 2, 3));
  return b.op('Greater', [column, b.add(row, earlier)]);
}

/** Closes what lies ahead, whatever the padding says there. */
export function causal(b: RuleBuilder, ahead: string, padding: string | undefined): string {
  return b.where(ahead, b.number(lowest(b.dtype)), padding ?? b.number(0));
}
