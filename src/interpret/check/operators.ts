/** Which operators a file has, and what becomes of the derivative of each. */
import { coverageOf } from '../../autodiff/coverage';
import type { Graph } from '../../onnx/graph';
import type { OperatorUse } from '../../protocol/modelCheck';

/** Operators of the graph as it was exported, nested graphs included, the missing ones first, then by name. */
export function operatorsOf(graph: Graph): OperatorUse[] {
  const counts = new Map<string, { op: string; domain: string; count: number }>();
  const visit = ({ nodes }: Graph): void => {
    for (const { op, domain, attributes } of nodes) {
      const name = domain === '' ? op : `${domain}.${op}`;
      const entry = counts.get(name) ?? { op, domain, count: 0 };
      entry.count++;
      counts.set(name, entry);
      for (const attribute of Object.values(attributes)) {
        if (attribute.kind === 'graph') visit(attribute.value);
      }
    }
  };
  visit(graph);
  const uses = [...counts].map(([name, { op, domain, count }]): OperatorUse => ({
    op: name,
    count,
    derivative: coverageOf(op, domain),
  }));
  const rank = ({ derivative }: OperatorUse): number => (derivative === 'missing' ? 0 : 1);
  return uses.sort((a, b) => rank(a) - rank(b) || (a.op < b.op ? -1 : 1));
}
