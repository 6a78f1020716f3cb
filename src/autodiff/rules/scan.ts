/**
 * The derivative of a loop. Scan computes (s_t, y_t) = body(s_{t-1}, x_t) for t = 1..T; its adjoint is a Scan that
 * runs backwards, (l_{t-1}, gx_t) = vjp of the body at step t, by (l_t, gy_t), where l_t is the adjoint of s_t.
 * What the adjoint needs of the steps, the forward Scan gives as further outputs, stacked over the steps.
 * Values from outside of the loop collect their adjoints in states of the reverse loop; only for the weights of
 * matrix products, where that would be slow, one product of stacked matrices outside does it for all steps.
 */
import { emptyGraph } from '../../onnx/builder';
import type { Graph } from '../../onnx/graph';
import { isFloat } from '../../onnx/tensorData';
import { capturedValues } from '../passes/graphIndex';
import { GlassboxError } from '../../protocol/messages';
import { describeNode, type NodeView, type Rule, type RuleTable } from '../rule';
import { RuleBuilder } from '../ruleBuilder';
import { takeApart, type ScanState } from '../scanParts';
import { ReverseScan } from './reverseScan';
import { findWeightUses } from './scanWeights';

export const scanRules: RuleTable = {
  Scan: (_g, n, b) => scan(n, b),
};

function scan(n: NodeView, b: RuleBuilder): ReturnType<Rule> {
  const parts = takeApart(n.node);
  const { states, inputs, outputs } = parts;
  if (!parts.nodes.some(node => node.outputs.some(value => n.knows(value)))) {
    throw new GlassboxError(
      'unsupported',
      `${describeNode(n.node)} computes values whose shape changes from step to step, so its derivative cannot be built; export the model with its loop unrolled, or with an operator such as LSTM in its place.`,
    );
  }
  const name = b.name('Scan');
  const captured = capturedValues(n.node);
  const [ports, values] = [states.length, states.length + inputs.length];
  const wantedPorts = inputs.filter((_, k) => n.wanted.includes(ports + k));
  const wantedValues = captured.filter((_, k) => n.wanted.includes(values + k));

  // The body with stand-ins for the weights whose adjoints are made outside.
  const uses = findWeightUses(parts, new Set(wantedValues), n).map((use, i) => ({
    ...use,
    standIn: `${name}/weight_${i}`,
  }));
  const body: Graph = {
    ...emptyGraph(name),
    inputs: [...states.map(s => ({ name: s.before })), ...inputs.map(p => ({ name: p.inner }))],
    constants: new Map([...b.graph.constants, ...parts.constants]),
    nodes: parts.nodes.map(node => {
      const here = uses.filter(use => use.node === node);
      const place = (i: number): string | undefined => here.find(use => use.place === i)?.standIn;
      return here.length === 0
        ? node
        : { ...node, inputs: node.inputs.map((input, i) => place(i) ?? input) };
    }),
  };
  const facts = new Map(uses.map(use => [use.standIn, n.factsOf(use.weight)]));

  const seedOf = (state: ScanState): string => `${name}/state_${states.indexOf(state)}`;
  const given = outputs.flatMap((port, k) => {
    const g = n.g(states.length + k);
    return g === undefined ? [] : [{ port, g, seed: `${name}/given_${k}` }];
  });
  const differentiate = (graph: Graph, active: ScanState[], wrt: string[]): Map<string, string> => {
    const pairs: [string, string][] = [
      ...active.map((state): [string, string] => [state.after, seedOf(state)]),
      ...given.map(({ port, seed }): [string, string] => [port.inner, seed]),
    ];
    const seeds = summed(new RuleBuilder(graph, `${name}/`), pairs);
    return n.vjp({ graph, seeds, wrt, facts, prefix: `${name}/` });
  };

  // The states that the adjoint reaches, in any number of steps.
  const smooth = states.filter(state => isFloat(n.factsOf(state.initial).dtype));
  const befores = smooth.map(state => state.before);
  let active = smooth.filter(state => n.g(states.indexOf(state)) !== undefined);
  for (let before = -1; active.length > before;) {
    before = active.length;
    const trial = { ...body, nodes: [...body.nodes], constants: new Map(body.constants) };
    const reached = differentiate(trial, active, befores);
    active = smooth.filter(state => active.includes(state) || reached.has(state.before));
  }
  const found = differentiate(body, active, [
    ...befores,
    ...wantedPorts.map(port => port.inner),
    ...wantedValues,
    ...uses.map(use => use.product),
  ]);

  const reverse = new ReverseScan(name, parts, b);
  const inside = new RuleBuilder(body, `${name}/`);
  const results = new Map<number, () => string>();
  for (const { port, g, seed } of given) reverse.read(g, seed, port.axis, port.direction);
  for (const use of uses) reverse.rename(use.standIn, use.weight);
  for (const state of active) {
    const i = states.indexOf(state);
    b.dtype = inside.dtype = n.factsOf(state.initial).dtype;
    const after = found.get(state.before) ?? inside.zeros(inside.shape(seedOf(state)));
    const initial = n.g(i) ?? b.zeros(b.shape(state.initial));
    const total = reverse.carry(initial, seedOf(state), after);
    results.set(i, () => total);
  }
  inputs.forEach((port, k) => {
    const adjoint = wantedPorts.includes(port) ? found.get(port.inner) : undefined;
    if (adjoint === undefined) return;
    const stacked = reverse.stack(adjoint, port.axis, port.direction);
    results.set(ports + k, () => stacked);
  });
  captured.forEach((value, k) => {
    const terms: (() => string)[] = [];
    const direct = wantedValues.includes(value) ? found.get(value) : undefined;
    if (direct !== undefined) {
      b.dtype = n.factsOf(value).dtype;
      const before = `${name}/sum_${k}`;
      const initial = b.zeros(b.shape(value));
      const total = reverse.carry(initial, before, inside.add(before, direct));
      terms.push(() => total);
    }
    for (const use of uses.filter(each => each.weight === value)) {
      const adjoint = found.get(use.product);
      if (adjoint === undefined) continue;
      const products = reverse.stack(adjoint, 0, reverse.order);
      const rows = use.rows === null ? '' : reverse.record(use.rows);
      terms.push(() => use.adjoint(b, products, rows));
    }
    if (terms.length > 0) results.set(values + k, () => terms.map(term => term()).reduce(b.add));
  });
  reverse.finish(body, n.node);
  return n.x.map((_, i) => results.get(i) ?? null);
}

/** Seeds by value; where two outputs of the body are one value, their adjoints are added. */
function summed(b: RuleBuilder, pairs: readonly [string, string][]): Map<string, string> {
  const seeds = new Map<string, string>();
  for (const [value, seed] of pairs) {
    const before = seeds.get(value);
    seeds.set(value, before === undefined ? seed : b.add(before, seed));
  }
  return seeds;
}
