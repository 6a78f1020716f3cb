/** What the check of a model found: plain data for a page, the command line and a machine. */
import type { DevicePreference } from './explanation';
import type { TaskKind } from './task';

export interface CheckRequest {
  readonly modelDir: string;
  readonly task?: TaskKind;
  /** A text of the user's data, to check the derivative at; otherwise one of ours is used. */
  readonly text?: string;
  readonly pair?: string;
  readonly seed?: number;
}

/** One question and its answer. */
export interface CheckItem {
  /** Stable id: 'load', 'tokenizer', 'operators', 'embeddings', 'derivative', 'devices', ... */
  readonly check: string;
  readonly ok: boolean;
  readonly says: string;
  /** What was measured, and what it would be at most if all is well; null where there is no number. */
  readonly value: number | null;
  readonly expected: number | null;
}

/** An operator of the file and what becomes of its derivative. */
export interface OperatorUse {
  /** 'MatMul', 'com.microsoft.Attention'. */
  readonly op: string;
  readonly count: number;
  /**
   * 'rule': has a derivative; 'zero': has none anywhere, rightly; 'lowered': is replaced by operators that have one;
   * 'missing': none is known, which matters only between the word vectors and the output.
   */
  readonly derivative: 'rule' | 'zero' | 'lowered' | 'missing';
}

/** The derivative along one direction, and the slope that was measured there. */
export interface DirectionCheck {
  readonly derivative: number;
  readonly measured: number;
  /** |derivative - measured| */
  readonly error: number;
  /** What rounding and curvature make of a right derivative. */
  readonly expected: number;
}

export interface DeviceCheck {
  readonly device: Exclude<DevicePreference, 'auto'>;
  readonly available: boolean;
  /** Why it is not there, or does not all of the work; else empty. */
  readonly says: string;
  /** Milliseconds of one batch (`batch` rows of `length` tokens), the fastest of a few; null where not available. */
  readonly forward: number | null;
  readonly gradient: number | null;
  readonly batch: number;
  readonly length: number;
  /** Largest difference of its logits and of its gradients from the CPU's, relative to the largest. */
  readonly logitsOff: number | null;
  readonly gradientOff: number | null;
}

export interface ModelCheck {
  readonly ok: boolean;
  /** One sentence for each thing that is wrong; empty where all is well. */
  readonly reasons: readonly string[];
  readonly dir: string;
  /** Null where not even that could be found out. */
  readonly model: {
    readonly name: string;
    readonly file: string;
    readonly hash: string;
    readonly architecture: string;
    readonly task: TaskKind;
    readonly labels: readonly string[];
    readonly tokenizer: {
      readonly kind: string;
      readonly entries: number;
      readonly longest: number;
    } | null;
    /** Trained numbers, and in how many tensors. */
    readonly parameters: number;
    readonly tensors: number;
    readonly opset: number;
    readonly conversions: readonly string[];
  } | null;
  readonly operators: readonly OperatorUse[];
  readonly items: readonly CheckItem[];
  readonly directions: readonly DirectionCheck[];
  readonly devices: readonly DeviceCheck[];
  readonly milliseconds: number;
}
