/** ONNX Runtime's attention operators, in plain operators. */
import type { RuleBuilder } from '../ruleBuilder';
import { attend, mergeHeads, repeatHeads, splitHeads } from './heads';
import type { FusedNode, Lowering, LoweringTable } from './lowering';
import { causal, lookAhead, paddingMask } from './masks';
import { countAlong, rotate, rowsOf } from './rotary';

/** What all of them share once queries, keys and values have their heads apart. */
interface Parts {
  readonly q: string;
  readonly k: string;
  readonly v: string;
  readonly features: number | undefined;
  /** Places of the mask and of the term that is added to the scores. */
  readonly mask: number;
  readonly bias: number;
}

function attendMasked(n: FusedNode, b: RuleBuilder, parts: Parts): string {
  const { q, k, mask, bias } = parts;
  const filter = n.float('mask_filter_value', -10000);
  let term = n.has(mask) ? paddingMask(n, b, mask, q, k, filter) : undefined;
  if (n.int('unidirectional', 0) === 1) term = causal(b, lookAhead(b, q, k, 'ends'), term);
  const additive = [term, n.has(bias) ? n.x[bias]! : undefined].filter(x => x !== undefined);
  return mergeHeads(b, attend(b, { ...parts, additive, scale: n.float('scale', 0) }));
}

/** Parts of the last axis: of these sizes where they are known, else equal thirds. */
function thirds(b: RuleBuilder, x: string, sizes: readonly number[] | undefined): string[] {
  if (sizes) return b.ops('Split', [x, b.ints(sizes)], 3, { axis: -1 });
  return b.ops('Split', [x], 3, { axis: -1, num_outputs: 3 });
}

/**
 * Inputs: x [B, S, D], weight [D, Dq + Dk + Dv], bias, mask, past [2, B, heads, P, features], attention bias.
 * Outputs: [B, S, Dv], present.
 */
const attention: Lowering = (n, b) => {
  if (n.int('do_rotary', 0) === 1) throw n.refusal('rotates its positions inside');
  if (n.int('past_present_share_buffer', 0) === 1) throw n.refusal('keeps its past in a buffer');
  const heads = n.requiredInt('num_heads');
  const product = b.matmul(n.x[0]!, n.x[1]!);
  const projected = n.has(2) ? b.add(product, n.x[2]!) : product;
  const sizes = n.ints('qkv_hidden_sizes');
  const [q, newK, newV] = thirds(b, projected, sizes?.length ? sizes : undefined).map(part =>
    splitHeads(b, part, heads),
  );
  const past = (which: number, now: string): string =>
    n.has(4) ? b.concat([b.op('Gather', [n.x[4]!, b.int(which)], { axis: 0 }), now], 2) : now;
  const [k, v] = [past(0, newK!), past(1, newV!)];
  const width = sizes?.[0] ?? thirdOf(n.size(1, -1) ?? n.size(2, -1));
  const features = width === undefined ? undefined : width / heads;
  const result = attendMasked(n, b, { q: q!, k, v, features, mask: 3, bias: 5 });
  const present = n.wants(1) ? b.concat([b.unsqueeze(k, [0]), b.unsqueeze(v, [0])], 0) : '';
  return [result, present];
};

function thirdOf(size: number | undefined): number | undefined {
  return size === undefined ? undefined : size / 3;
}

/**
 * Inputs: query [B, S, D] (or [B, S, heads, 3, features], all three), key [B, T, D] (or [B, T, heads, 2, features],
 * with the values; or [B, heads, T, features]), value, bias, key padding mask, attention bias, past key, past value.
 * Outputs: [B, S, Dv], present key, present value.
 */
const multiHeadAttention: Lowering = (n, b) => {
  if (n.has(8) || n.has(9)) throw n.refusal('keeps its past in a buffer');
  const heads = n.requiredInt('num_heads');
  const [query, ...others] = separate(n, b);
  const ready = n.has(1) && n.rank(1, 'keys') === 4;
  const biases = n.has(3) ? biasParts(n, b) : [];
  const apart = (x: string, i: number): string =>
    splitHeads(b, biases[i] === undefined ? x : b.add(x, biases[i]), heads);
  const q = apart(query!, 0);
  const [newK, newV] = ready ? others : others.map((x, i) => apart(x, i + 1));
  const past = (input: number, now: string): string =>
    n.has(input) ? b.concat([n.x[input]!, now], 2) : now;
  const [k, v] = [past(6, newK!), past(7, newV!)];
  const width = n.rank(0, 'queries') === 3 ? n.size(0, -1) : undefined;
  const features = width === undefined ? undefined : width / heads;
  return [attendMasked(n, b, { q, k, v, features, mask: 4, bias: 5 }), k, v];
};

/** Query, key and value, unpacked where they come together. */
function separate(n: FusedNode, b: RuleBuilder): string[] {
  const unpack = (x: string, count: number): string[] =>
    b
      .ops('Split', [x], count, { axis: 3, num_outputs: count })
      .map(part => b.reshape(part, b.ints([0, 0, -1])));
  if (n.rank(0, 'queries') === 5) return unpack(n.x[0]!, 3);
  if (!n.has(1)) throw n.refusal('has no keys');
  if (n.rank(1, 'keys') === 5) return [n.x[0]!, ...unpack(n.x[1]!, 2)];
  return [n.x[0]!, n.x[1]!, n.x[2]!];
}

/** The biases of query, key and value lie one behind the other, [D + D + Dv]. */
function biasParts(n: FusedNode, b: RuleBuilder): string[] {
  const [width, total] = [n.rank(0, 'queries') === 3 ? n.size(0, -1) : undefined, n.size(3, 0)];
  const known = width !== undefined && total !== undefined;
  return thirds(b, n.x[3]!, known ? [width, width, total - 2 * width] : undefined);
}

/**
 * Inputs: query [B, S, heads x features] (or query, key and value side by side), key, value, past key, past value,
 * lengths, total length, cos cache, sin cache, position ids, attention bias, head sink. All rows must have a past
 * of the same length, as they do when a text is read at once. Outputs: result, present key, present value.
 */
const groupQueryAttention: Lowering = (n, b) => {
  if (n.has(11) || n.int('smooth_softmax', 0) === 1) throw n.refusal('has attention sinks');
  const [heads, keyHeads] = [n.requiredInt('num_heads'), n.requiredInt('kv_num_heads')];
  const [q, newK, newV] = groupedParts(n, b, heads, keyHeads);
  const offset = n.has(3) ? b.shapePart(n.x[3]!, 2, 3) : undefined;
  const turned = (x: string): string => {
    if (n.int('do_rotary', 0) === 0) return x;
    const count = countAlong(b, x, 2);
    const ids = n.has(9) ? n.x[9]! : b.unsqueeze(offset ? b.add(count, offset) : count, [0]);
    const angles = (cache: number): string => b.unsqueeze(rowsOf(b, n.x[cache]!, ids), [1]);
    const interleaved = n.int('rotary_interleaved', 0) === 1;
    const half = n.size(7, 1);
    const all = n.size(0, -1) ?? NaN;
    const features = all / (n.has(1) ? heads : heads + 2 * keyHeads);
    const full = half === undefined || 2 * half === features;
    return rotate(b, x, {
      cos: angles(7),
      sin: angles(8),
      interleaved,
      width: full ? undefined : 2 * half,
    });
  };
  const past = (input: number, now: string): string =>
    n.has(input) ? b.concat([n.x[input]!, now], 2) : now;
  const [k, v] = [past(3, turned(newK)), past(4, newV)];
  const result = attend(b, {
    q: turned(q),
    k: repeatHeads(b, k, keyHeads, heads / keyHeads),
    v: repeatHeads(b, v, keyHeads, heads / keyHeads),
    features: undefined,
    scale: n.float('scale', 0),
    softcap: n.float('softcap', 0),
    additive: [windowMask(n, b, q, k), ...(n.has(10) ? [n.x[10]!] : [])],
  });
  return [mergeHeads(b, result), k, v];
};

function groupedParts(
  n: FusedNode,
  b: RuleBuilder,
  heads: number,
  keyHeads: number,
): [string, string, string] {
  if (n.has(1)) {
    return [
      splitHeads(b, n.x[0]!, heads),
      splitHeads(b, n.x[1]!, keyHeads),
      splitHeads(b, n.x[2]!, keyHeads),
    ];
  }
  const all = splitHeads(b, n.x[0]!, heads + 2 * keyHeads);
  const parts = b.ops('Split', [all, b.ints([heads, keyHeads, keyHeads])], 3, { axis: 1 });
  return parts as [string, string, string];
}

/** Nothing ahead, and with a window nothing further back than it reaches. */
function windowMask(n: FusedNode, b: RuleBuilder, q: string, k: string): string {
  const ahead = lookAhead(b, q, k, 'ends');
  const window = n.int('local_window_size', -1);
  if (window <= 0) return causal(b, ahead, undefined);
  const row = b.unsqueeze(countAlong(b, q, 2), [1]);
  const earlier = b.sub(b.shapePart(k, 2, 3), b.shapePart(q, 2, 3));
  const column = b.unsqueeze(countAlong(b, k, 2), [0]);
  const reach = b.add(column, b.int(window));
  const behind = b.op('LessOrEqual', [reach, b.add(row, earlier)]);
  return causal(b, b.op('Or', [ahead, behind]), undefined);
}

export const attentionLowerings: LoweringTable = {
  'com.microsoft.Attention': attention,
  'com.microsoft.MultiHeadAttention': multiHeadAttention,
  'com.microsoft.GroupQueryAttention': groupQueryAttention,
};
