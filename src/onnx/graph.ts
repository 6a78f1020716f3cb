/**
 * An ONNX graph as plain data: what the autodiff, the passes and the programs read and extend.
 * Values are named by strings, as in ONNX; `nodes` is always in topological order.
 */

/** Element types of tensors, by the names that ONNX Runtime uses. */
export type DataType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool'
  | 'string';

/**
 * A constant tensor. `bytes` is little-endian, row-major, exactly as ONNX's raw_data; of a stored constant
 * (storedWeights.ts) it is read from the file each time, so those who only need its size ask for that.
 */
export interface Constant {
  readonly dtype: DataType;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

/** A node attribute. Integers are JavaScript numbers (ONNX attributes never need more than 53 bits). */
export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: Constant }
  | { readonly kind: 'graph'; readonly value: Graph };

/** One operator call. An omitted optional input or output is the empty string. */
export interface Node {
  readonly op: string;
  /** '' is the standard ONNX domain. */
  readonly domain: string;
  /** As the exporter (or the derivative) named it; shown in errors, may be ''. */
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** Version of the standard operators where it may differ from the graph's: in what was a function. */
  readonly opset?: number;
  /** What the exporter noted beside it (metadata_props), such as the module that it comes from. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A graph input or output. A dimension is a size, a symbolic name, or null where nothing is known. */
export interface ValueInfo {
  readonly name: string;
  /** Undefined: let ONNX Runtime infer it (only for outputs). */
  readonly dtype?: DataType;
  readonly dims?: readonly (number | string | null)[];
}

/** A mutable graph. Builders append to `nodes` and `constants`; nothing is ever edited in place. */
export interface Graph {
  name: string;
  /** Version of the standard operator set. */
  opset: number;
  /** Versions of other operator sets that nodes use, by domain. */
  domains: Record<string, number>;
  inputs: ValueInfo[];
  outputs: ValueInfo[];
  /** Initialisers, by value name. */
  constants: Map<string, Constant>;
  nodes: Node[];
}
