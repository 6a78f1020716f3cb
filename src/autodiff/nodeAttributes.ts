/** The attributes of a node by their kinds: one of another kind, or left out, gives what is said otherwise. */
import type { Node } from '../onnx/graph';

export class NodeAttributes {
  constructor(readonly node: Node) {}

  int(name: string, otherwise: number): number {
    const attribute = this.node.attributes[name];
    return attribute?.kind === 'int' ? attribute.value : otherwise;
  }

  float(name: string, otherwise: number): number {
    const attribute = this.node.attributes[name];
    return attribute?.kind === 'float' ? attribute.value : otherwise;
  }

  string(name: string, otherwise: string): string {
    const attribute = this.node.attributes[name];
    return attribute?.kind === 'string' ? attribute.value : otherwise;
  }

  ints(name: string): readonly number[] | undefined {
    const attribute = this.node.attributes[name];
    return attribute?.kind === 'ints' ? attribute.value : undefined;
  }

  floats(name: string): readonly number[] | undefined {
    const attribute = this.node.attributes[name];
    return attribute?.kind === 'floats' ? attribute.value : undefined;
  }
}
