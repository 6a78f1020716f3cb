/** ONNX Runtime behind plain types: sessions are made from graphs' bytes and run on named tensors. */
import { createRequire } from 'node:module';
import type * as Ort from 'onnxruntime-node';
import type { DataType, Graph } from '../onnx/graph';
import { writeMapped, type MappedModel } from '../onnx/mappedModel';
import type { TypedArray } from '../onnx/tensorData';
import { GlassboxError, reasonOf } from '../protocol/messages';

/** A tensor: row-major `data` of `dims`. int64 is BigInt64Array, bool Uint8Array, float16 bit patterns. */
export interface TensorValue {
  readonly dtype: DataType;
  readonly dims: readonly number[];
  readonly data: TypedArray;
}

/** Tensors by value name. */
export type Feeds = Record<string, TensorValue>;

/** The bytes of an ONNX file, its path, or bytes with the folder of the files that hold its weights. */
export type SessionModel = Uint8Array | string | MappedModel;

export interface SessionOptions {
  readonly device?: 'cpu' | 'webgpu';
  /** How much ONNX Runtime may rewrite the graph: 'basic' keeps to standard ops, 'all' fuses. */
  readonly optimise?: 'off' | 'basic' | 'all';
  /** CPU threads of one run; by default one for each physical core. */
  readonly threads?: number;
  /** The graph is ours, without constant expressions that are worth computing beforehand. */
  readonly derived?: boolean;
}

let loaded: typeof Ort | undefined;

/** The native library, loaded on first use so that importing this file costs nothing. */
function runtime(): typeof Ort {
  loaded ??= requireNative();
  return loaded;
}

function requireNative(): typeof Ort {
  // From version 1.29 on the library reports model names and timings to its makers unless it finds this
  // when it is loaded. Glassbox tells nobody anything.
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  try {
    return createRequire(__filename)('onnxruntime-node') as typeof Ort;
  } catch (error) {
    throw new GlassboxError(
      'unsupported',
      `ONNX Runtime cannot be loaded on this machine (${nativeReason(error)}); reinstall the extension for your platform.`,
    );
  }
}

export class Session {
  readonly inputs: string[];
  readonly outputs: string[];

  private constructor(
    private readonly session: Ort.InferenceSession,
    readonly device: string,
  ) {
    this.inputs = [...session.inputNames];
    this.outputs = [...session.outputNames];
  }

  /**
   * A session of a graph. Weights that lie in files are mapped from there.
   * Throws as `create`, and GlassboxError 'unsupported' where the graph takes more than 2 GB.
   */
  static async of(graph: Graph, options: SessionOptions = {}): Promise<Session> {
    return await Session.create(writeMapped(graph), { ...options, derived: true });
  }

  /** Throws GlassboxError 'bad-model' if the model does not load. */
  static async create(model: SessionModel, options: SessionOptions = {}): Promise<Session> {
    const { InferenceSession } = runtime();
    const device = options.device ?? 'cpu';
    const settings: Ort.InferenceSession.SessionOptions = {
      executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
      graphOptimizationLevel: { off: 'disabled', basic: 'basic', all: 'all' }[
        options.optimise ?? 'all'
      ] as 'disabled' | 'basic' | 'all',
      // Fatal ones only: warnings (unused initialisers, CPU fallbacks) would fill the log, errors are thrown.
      logSeverityLevel: 4,
      ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
      extra: extraSettings(model, options),
    };
    try {
      // The two overloads are distinct, so the call is too.
      const session =
        typeof model === 'string'
          ? await InferenceSession.create(model, settings)
          : await InferenceSession.create('folder' in model ? model.bytes : model, settings);
      return new Session(session, device);
    } catch (error) {
      throw new GlassboxError(
        'bad-model',
        `ONNX Runtime cannot load ${typeof model === 'string' ? model : 'the graph'} on ${device}: ${nativeReason(error)}`,
      );
    }
  }

  /** Computes `fetches` (default: all outputs). */
  async run(feeds: Feeds, fetches: readonly string[] = this.outputs): Promise<Feeds> {
    const { Tensor } = runtime();
    const tensors: Record<string, Ort.Tensor> = {};
    for (const [name, { dtype, dims, data }] of Object.entries(feeds)) {
      // Tensor's constructor has one overload a type; the pair of dtype and data is checked there.
      tensors[name] = new Tensor(dtype as 'float32', data as Float32Array, dims);
    }
    let results: Ort.InferenceSession.OnnxValueMapType;
    try {
      results = await this.session.run(tensors, [...fetches]);
    } catch (error) {
      throw new GlassboxError('internal', `ONNX Runtime failed: ${nativeReason(error)}`);
    }
    const values: Feeds = {};
    for (const name of fetches) {
      const { type, dims, data } = results[name]!;
      values[name] = { dtype: type as DataType, dims, data: data as TypedArray };
    }
    return values;
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

/**
 * Settings by ONNX Runtime's own names (onnxruntime_session_options_config_keys.h). Packing copies each weight
 * matrix of a product, and in a derivative its transpose, too, for faster runs where they are short: a gradient at
 * 16 tokens by a quarter, at 64 and more hardly. Folding copies the transposed ones. A mapped model is large and does
 * without: BERT-base at 512 tokens takes 2.2 times its weights in memory, and 3.7 times with packed derivatives.
 */
function extraSettings(model: SessionModel, options: SessionOptions): Record<string, unknown> {
  if (typeof model === 'string' || !('folder' in model)) return {};
  const session = { model_external_initializers_file_folder_path: model.folder };
  if (options.device === 'webgpu') return { session };
  return {
    session: { ...session, disable_prepacking: '1' },
    ...(options.derived
      ? { optimization: { disable_specified_optimizers: 'ConstantFolding' } }
      : {}),
  };
}

/** Without the source line and the condition of ONNX Runtime's own checks. */
function nativeReason(error: unknown): string {
  return reasonOf(error).replace(/^\S+\.(?:cc|h):\d+ .* was false\. /, '');
}
