/** Puts together the loop that runs backwards, and has the forward loop record what it needs of the steps. */
import type { Graph, Node } from '../../onnx/graph';
import { renameInputs, usedValues } from '../passes/graphIndex';
import type { RuleBuilder } from '../ruleBuilder';
import { putTogether, type ScanParts, type ScanPort, type ScanState } from '../scanParts';

/** Ops with one output that cost no more than to stack and read what they compute. */
const cheap = new Set([
  'Add',
  'Sub',
  'Mul',
  'Neg',
  'Cast',
  'Where',
  'Greater',
  'Less',
  'Equal',
  'Not',
]);

export class ReverseScan {
  /** In which direction stacks over the steps are kept: that of the data, which spares a second arrangement. */
  readonly order: number;
  private readonly states: ScanState[] = [];
  private readonly inputs: ScanPort[] = [];
  private readonly outputs: ScanPort[] = [];
  private readonly recorded: ScanPort[];
  private readonly renamed = new Map<string, string>();

  /** `b` builds outside. New values have names that start with `name`. */
  constructor(
    private readonly name: string,
    private readonly forward: ScanParts,
    private readonly b: RuleBuilder,
  ) {
    this.order = forward.inputs[0]!.direction;
    this.recorded = [...forward.outputs];
  }

  /** Inside, read another value. */
  rename(from: string, to: string): void {
    this.renamed.set(from, to);
  }

  /** Slices of an outer value; `direction` is that of the forward loop. */
  read(outer: string, inner: string, axis: number, direction: number): void {
    this.inputs.push({ outer, inner, axis, direction: 1 - direction });
  }

  /** A state; returns the name outside of what it is in the end. */
  carry(initial: string, before: string, after: string): string {
    const final = this.b.name('Scan');
    this.states.push({ initial, before, after, final });
    return final;
  }

  /** The name outside of an inner value stacked over the steps; `direction` is that of the forward loop. */
  stack(inner: string, axis: number, direction: number): string {
    const port = { inner, axis, direction: 1 - direction };
    const before = this.outputs.find(each => isSamePort(each, port));
    if (before) return before.outer;
    const outer = this.b.name('Scan');
    this.outputs.push({ outer, ...port });
    return outer;
  }

  /** A value of the forward body stacked over the steps, first axis, in `order`. */
  record(inner: string): string {
    const { inputs, nodes } = this.forward;
    const copies = nodes.filter(node => node.op === 'Identity' && node.inputs[0] === inner);
    const names = [inner, ...copies.map(node => node.outputs[0])];
    const before = [...inputs, ...this.recorded].find(
      port => names.includes(port.inner) && port.axis === 0 && port.direction === this.order,
    );
    if (before) return before.outer;
    const outer = this.b.name('Scan');
    this.recorded.push({ outer, inner, axis: 0, direction: this.order });
    return outer;
  }

  /**
   * Appends the loop. `body` is the forward body, to which the nodes of the adjoint were added; of these the
   * needed ones stay. `forwardNode` is replaced by one that records.
   */
  finish(body: Graph, forwardNode: Node): void {
    const added = body.nodes.slice(this.forward.nodes.length);
    const needed = new Set([...this.states.map(s => s.after), ...this.outputs.map(p => p.inner)]);
    const kept: Node[] = [];
    for (const node of added.toReversed()) {
      if (!node.outputs.some(output => needed.has(output))) continue;
      usedValues(node).forEach(value => needed.add(value));
      kept.push(node);
    }
    const rename = (value: string): string => this.renamed.get(value) ?? value;
    // Loops in the forward body may have been made to record, too.
    const nodes = body.nodes
      .slice(0, this.forward.nodes.length)
      .map(node => renameInputs(node, rename));
    const { states, inputs } = this.forward;
    const again = this.computedAgain(nodes, needed);
    for (const port of inputs) {
      if (needed.has(port.inner)) this.replay(port.inner, port);
    }
    const made = [...states.map(state => state.before), ...nodes.flatMap(node => node.outputs)];
    const recomputed = new Set(again.flatMap(node => node.outputs));
    for (const value of made.filter(each => needed.has(each) && !recomputed.has(each))) {
      this.replay(value, { outer: this.record(value), axis: 0, direction: this.order });
    }
    // A loop without slices would not know when to end.
    if (this.inputs.length === 0) this.replay(inputs[0]!.inner, inputs[0]!);
    const outside = this.b.graph.constants;
    const own = [...body.constants].filter(([value]) => needed.has(value) && !outside.has(value));
    const reverse = {
      name: this.name,
      states: this.states.map(state => ({ ...state, after: rename(state.after) })),
      inputs: this.inputs,
      outputs: this.outputs.map(port => ({ ...port, inner: rename(port.inner) })),
      nodes: [...again, ...kept.reverse()].map(node => ({
        ...renameInputs(node, rename),
        outputs: node.outputs.map(rename),
      })),
      constants: new Map(own),
    };
    const { graph } = this.b;
    const place = graph.nodes.indexOf(forwardNode);
    graph.nodes[place] = putTogether({ ...this.forward, nodes, outputs: this.recorded });
    graph.nodes.push(putTogether(reverse));
  }

  /**
   * The nodes of the forward body that the reverse body repeats, because they are cheap and depend on slices only.
   * A derivative of a derivative then needs fewer stacks of the first, often none: without them a tangent does
   * not run the loop of the adjoint at all. Adds what they read to `needed`.
   */
  private computedAgain(nodes: readonly Node[], needed: Set<string>): Node[] {
    const before = this.forward.states.map(state => state.before);
    const other = new Set(before);
    const repeatable = nodes.filter(node => {
      const can = cheap.has(node.op) && node.domain === '' && !node.inputs.some(x => other.has(x));
      if (!can) node.outputs.forEach(output => other.add(output));
      return can;
    });
    const again: Node[] = [];
    for (const node of repeatable.reverse()) {
      if (!node.outputs.some(output => needed.has(output))) continue;
      usedValues(node).forEach(value => needed.add(value));
      node.outputs.forEach(output => {
        this.rename(output, `${this.name}/again_${again.length}`);
      });
      again.push(node);
    }
    return again.reverse();
  }

  /** Lets the reverse body read a value of the forward body, of the same step. */
  private replay(inner: string, port: Omit<ScanPort, 'inner'>): void {
    const name = `${this.name}/step_${this.inputs.length}`;
    this.rename(inner, name);
    this.read(port.outer, name, port.axis, port.direction);
  }
}

function isSamePort(a: ScanPort, b: Omit<ScanPort, 'outer'>): boolean {
  return a.inner === b.inner && a.axis === b.axis && a.direction === b.direction;
}
