/**
 * Local functions of an ONNX model: operators that the file itself defines, by nodes of other operators.
 * A call is replaced by the nodes of the body, whose values get names of their own (readGraph.ts reads them).
 */
import { create } from '@bufbuild/protobuf';
import {
  AttributeProtoSchema,
  type AttributeProto,
  type FunctionProto,
  type ModelProto,
  type NodeProto,
} from './generated/onnx_pb';

/** What the names in some nodes mean: those of the graph itself, or of the body of a function at one call. */
export interface Scope {
  /** Begins the names of the nodes, for error messages and module names: '' or the call's name. */
  readonly label: string;
  /** The graph's name of a value; '' stays ''. */
  readonly rename: (name: string) => string;
  /** What the function's attributes are bound to; null outside functions. */
  readonly attributes: ReadonlyMap<string, Bound> | null;
  /** Version of the standard operators in the body of a function that says one. */
  readonly opset?: number | undefined;
  /** Calls that this one lies in. */
  readonly depth: number;
}

/** An attribute and the scope in which its graphs are read. */
export interface Bound {
  readonly attribute: AttributeProto;
  readonly scope: Scope;
}

/** The standard domain goes by two names. */
export function domainOf(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

/** The functions of a model, by what a node says to call them. */
export class Functions {
  private readonly table = new Map<string, FunctionProto>();
  private readonly root: string;
  private calls = 0;

  constructor(model: ModelProto) {
    for (const fn of model.functions) this.table.set(keyOf(fn.domain, fn.name, fn.overload), fn);
    this.root = model.functions.length ? unusedStem(model) : '';
  }

  of(node: NodeProto): FunctionProto | undefined {
    return this.table.get(keyOf(node.domain, node.opType, node.overload));
  }

  /** The scope of the body of `fn` at `call`, which is read in `outer`. */
  enter(fn: FunctionProto, call: NodeProto, outer: Scope): Scope {
    const names = new Map<string, string>();
    fn.input.forEach((name, i) => names.set(name, outer.rename(call.input[i] ?? '')));
    fn.output.forEach((name, i) => {
      const wanted = outer.rename(call.output[i] ?? '');
      if (wanted !== '' && !names.has(name)) names.set(name, wanted);
    });
    const prefix = `${this.root}${++this.calls}/`;
    const attributes = new Map<string, Bound>();
    const own: Scope = {
      label: `${outer.label}${nameOf(call)}/`,
      rename: name => (name === '' ? '' : (names.get(name) ?? prefix + name)),
      attributes,
      opset: versionIn(fn),
      depth: outer.depth + 1,
    };
    for (const attribute of fn.attributeProto) {
      attributes.set(attribute.name, { attribute, scope: own });
    }
    for (const attribute of call.attribute) {
      const bound = bind(attribute, outer);
      if (bound) attributes.set(attribute.name, bound);
    }
    return own;
  }

  /**
   * Pairs of a value in the body and the call's output that it must be copied to: where the function
   * hands an input through, or gives one value twice.
   */
  copies(fn: FunctionProto, call: NodeProto, outer: Scope, inner: Scope): [string, string][] {
    return fn.output.flatMap((name, i): [string, string][] => {
      const wanted = outer.rename(call.output[i] ?? '');
      const made = inner.rename(name);
      return wanted === '' || wanted === made ? [] : [[made, wanted]];
    });
  }
}

/** What to call a node: ONNX Runtime takes no two nodes of one name, so one without is called as what it makes. */
export function nameOf(node: NodeProto): string {
  return [node.name, ...node.output].find(Boolean) ?? node.opType;
}

/** An attribute as it is in its scope; undefined where it refers to one that the caller left out. */
export function bind(attribute: AttributeProto, scope: Scope): Bound | undefined {
  if (!attribute.refAttrName) return { attribute, scope };
  const bound = scope.attributes?.get(attribute.refAttrName);
  if (!bound) return undefined;
  const renamed = create(AttributeProtoSchema, { ...bound.attribute, name: attribute.name });
  return { attribute: renamed, scope: bound.scope };
}

function keyOf(domain: string, name: string, overload: string): string {
  return JSON.stringify([domainOf(domain), name, overload]);
}

function versionIn(fn: FunctionProto): number | undefined {
  const found = fn.opsetImport.find(({ domain }) => domainOf(domain) === '');
  return found && Number(found.version);
}

/** A beginning that no value of the model's graph has. */
function unusedStem({ graph }: ModelProto): string {
  const names = [
    ...(graph?.input ?? []).map(({ name }) => name),
    ...(graph?.initializer ?? []).map(({ name }) => name),
    ...(graph?.node ?? []).flatMap(node => node.output),
  ];
  let stem = 'function';
  while (names.some(name => name.startsWith(stem))) stem += '_';
  return stem;
}
