/** The Attention operator of ONNX itself (operator set 23 on). */
import { isFloat } from '../../onnx/tensorData';
import type { RuleBuilder } from '../ruleBuilder';
import { attend, mergeHeads, repeatHeads, splitHeads } from './heads';
import type { FusedNode, Lowering, LoweringTable } from './lowering';
import { causal, choose, lookAhead, lowest } from './masks';

/**
 * Inputs: query, key, value ([B, S, heads x features] or [B, heads, S, features]), mask (boolean, or numbers to
 * add), past key, past value. Outputs: the result in the form of the query, present key, present value.
 */
const attention: Lowering = (n, b) => {
  if (n.has(6)) throw n.refusal('takes the lengths of its keys');
  if (n.wants(3)) throw n.refusal('gives its scores away');
  const flat = n.rank(0, 'queries') === 3;
  const heads = flat ? n.requiredInt('q_num_heads') : n.size(0, 1);
  const keyHeads = flat ? n.requiredInt('kv_num_heads') : n.size(1, 1);
  if (heads === undefined || keyHeads === undefined) {
    throw n.refusal('does not say how many heads it has');
  }
  const apart = (i: number, count: number): string =>
    flat ? splitHeads(b, n.x[i]!, count) : n.x[i]!;
  const past = (input: number, now: string): string =>
    n.has(input) ? b.concat([n.x[input]!, now], 2) : now;
  const q = apart(0, heads);
  const [k, v] = [past(4, apart(1, keyHeads)), past(5, apart(2, keyHeads))];
  const result = attend(b, {
    q,
    k: repeatHeads(b, k, keyHeads, heads / keyHeads),
    v: repeatHeads(b, v, keyHeads, heads / keyHeads),
    features: undefined,
    scale: n.float('scale', 0),
    softcap: n.float('softcap', 0),
    additive: masks(n, b, q, k),
  });
  return [flat ? mergeHeads(b, result) : result, k, v];
};

function masks(n: FusedNode, b: RuleBuilder, q: string, k: string): string[] {
  const terms: string[] = [];
  if (n.has(3)) {
    const { dtype } = n.known(3);
    if (dtype === undefined) throw n.refusal('has a mask of unknown type');
    terms.push(isFloat(dtype) ? n.x[3]! : choose(b, n.x[3]!, lowest(b.dtype)));
  }
  if (n.int('is_causal', 0) === 1) {
    terms.push(causal(b, lookAhead(b, q, k, n.has(4) ? 'ends' : 'starts'), undefined));
  }
  return terms;
}

export const standardAttentionLowerings: LoweringTable = { Attention: attention };
