/** Conditions that are known in advance, and what is known in advance at all. */
import assert from 'node:assert/strict';
import { convert } from '../../../src/autodiff/lower';
import { inferKnown } from '../../../src/autodiff/lower/inferKnown';
import { upgrade } from '../../../src/autodiff/passes/upgrade';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { checkGraph } from '../../../src/onnx/checkGraph';
import type { Graph } from '../../../src/onnx/graph';
import { learnFacts } from '../../../src/runtime/probe';
import { familyNames, loadFamily, probeFeeds } from '../../support/families';
import { numbers } from '../../support/numbers';
import { float32, runGraph } from '../../support/runGraph';

/** A branch; `build` may read outer values by name and returns what it gives. */
function branch(build: (b: GraphBuilder) => string): Graph {
  const graph = emptyGraph('branch');
  const value = build(new GraphBuilder(graph, 'branch/'));
  graph.outputs = [{ name: value }];
  return graph;
}

/** y of an If on `x` [B, 4]: 2x where the condition holds, else x + c. */
function conditional(condition: (b: GraphBuilder, x: string) => string): Graph {
  const graph = emptyGraph('conditional');
  const b = new GraphBuilder(graph);
  const x = b.input('x', 'float32', ['B', 4]);
  const c = b.constant('float32', [4], [1, 2, 3, 4], 'c');
  // Both branches and a second If use the same names, as they may.
  const twice = branch(inner => inner.op('Mul', [x, inner.scalar(2)]));
  const shifted = branch(inner => inner.op('Add', [x, c]));
  const attributes = {
    then_branch: { kind: 'graph', value: twice },
    else_branch: { kind: 'graph', value: shifted },
  } as const;
  const first = b.op('If', [condition(b, x)], attributes);
  const second = b.op('If', [condition(b, x)], attributes);
  b.output(b.op('Sub', [b.op('Mul', [first, b.scalar(3)]), second]), 'y');
  return graph;
}

async function checkFolded(graph: Graph, folded: number): Promise<void> {
  const { graph: straight, conversions } = convert(graph);
  checkGraph(straight);
  assert.equal(
    conversions.find(({ kind }) => kind === 'control-flow')?.exact,
    folded > 0 ? true : undefined,
  );
  const left = straight.nodes.filter(({ op }) => op === 'If').length;
  assert.equal(left, graph.nodes.filter(({ op }) => op === 'If').length - folded);
  const feeds = {
    x: float32(
      [3, 4],
      Array.from({ length: 12 }, (_, i) => i - 5),
    ),
  };
  assert.deepEqual((await runGraph(straight, feeds))['y'], (await runGraph(graph, feeds))['y']);
}

describe('conditions known in advance', () => {
  it('that are constants', async () => {
    for (const value of [0, 1]) {
      await checkFolded(
        conditional(b => b.constant('bool', [], [value])),
        2,
      );
    }
  });

  it('that ask for the number of dimensions', async () => {
    for (const rank of [2, 3]) {
      const graph = conditional((b, x) =>
        b.op('Equal', [b.op('Size', [b.op('Shape', [x])]), b.int(rank)]),
      );
      await checkFolded(graph, 2);
    }
  });

  it('that ask for a known size, as an exported squeeze does', async () => {
    const size = (b: GraphBuilder, x: string, axis: number): string =>
      b.op('Gather', [b.op('Shape', [x]), b.int(axis)], { axis: 0 });
    await checkFolded(
      conditional((b, x) => b.op('Not', [b.op('Equal', [size(b, x, 1), b.int(1)])])),
      2,
    );
    // The number of rows is not known before the model runs.
    await checkFolded(
      conditional((b, x) => b.op('Equal', [size(b, x, 0), b.int(3)])),
      0,
    );
  });

  it('that compare a varying size with itself', async () => {
    const graph = conditional((b, x) => {
      const rows = b.op('Gather', [b.op('Shape', [x]), b.ints([0])], { axis: 0 });
      const shape = b.op('Concat', [rows, b.ints([2, 2])], { axis: 0 });
      const again = b.op('Shape', [b.op('Reshape', [x, shape])], { start: 0, end: 1 });
      return b.op('Squeeze', [b.op('Equal', [rows, again])]);
    });
    await checkFolded(graph, 2);
  });

  it('within a branch', async () => {
    const graph = emptyGraph('nested');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float32', ['B', 4]);
    const yes = b.constant('bool', [], [1], 'yes');
    const inner = {
      then_branch: { kind: 'graph', value: branch(i => i.op('Neg', [x])) },
      else_branch: { kind: 'graph', value: branch(i => i.op('Abs', [x])) },
    } as const;
    const outer = {
      then_branch: { kind: 'graph', value: branch(i => i.op('Tanh', [i.op('If', [yes], inner)])) },
      else_branch: { kind: 'graph', value: branch(i => i.op('Identity', [x])) },
    } as const;
    b.output(b.op('If', [yes], outer), 'y');
    const { graph: straight } = convert(graph);
    assert.deepEqual(
      straight.nodes.map(({ op }) => op).filter(op => op !== 'Identity'),
      ['Neg', 'Tanh'],
    );
    await checkFolded(graph, 1);
  });
});

describe('what is known without running', () => {
  for (const name of familyNames) {
    it(`is true of every value of ${name}`, async () => {
      const { graph: original } = loadFamily(name);
      const graph = upgrade(original);
      const probes = probeFeeds(graph);
      const facts = await learnFacts(graph, probes);
      const known = inferKnown(graph);
      const symbols = probes.map(() => new Map<string, number>());
      let ranks = 0;
      for (const [value, { dtype, dims }] of facts) {
        const says = known.get(value)!;
        if (says.dtype !== undefined) assert.equal(says.dtype, dtype, `type of ${value}`);
        if (!says.dims) continue;
        ranks++;
        for (const [probe, actual] of dims.entries()) {
          assert.equal(says.dims.length, actual.length, `rank of ${value}`);
          says.dims.forEach((dim, axis) => {
            if (dim === null) return;
            const table = symbols[probe]!;
            if (typeof dim === 'string' && !table.has(dim)) table.set(dim, actual[axis]!);
            const expected = typeof dim === 'string' ? table.get(dim) : dim;
            assert.equal(actual[axis], expected, `axis ${axis} of ${value}`);
          });
        }
      }
      assert.ok(ranks > 0.8 * facts.size, `the rank of ${ranks} of ${facts.size} values`);
      const followed = graph.nodes
        .flatMap(({ outputs }) => outputs)
        .filter(value => known.get(value)?.ints?.some(dim => dim !== null));
      if (followed.length === 0) return;
      const outputs = followed.map(value => ({ name: value }));
      const results = await runGraph({ ...graph, outputs }, probes[0]!);
      for (const value of followed) {
        const actual = numbers(results[value]);
        const ints = known.get(value)!.ints!;
        assert.equal(ints.length, actual.length, `number of elements of ${value}`);
        ints.forEach((dim, i) => {
          if (dim === null) return;
          const expected = typeof dim === 'string' ? symbols[0]!.get(dim) : dim;
          if (expected !== undefined) assert.equal(actual[i], expected, `element ${i} of ${value}`);
        });
      }
    });
  }
});
