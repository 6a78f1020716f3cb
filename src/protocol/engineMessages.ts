/** What the host may ask of the engine process. */
import type {
  DevicePreference,
  Explanation,
  ExplainRequest,
  LabelChoice,
  MethodParameters,
  ModelInfo,
  ScalarKind,
} from './explanation';

/** A text that is token ids already. */
export interface TokenRow {
  readonly ids: readonly number[];
  /** 1: read by the model, 0: padding. */
  readonly mask: readonly number[];
  readonly typeIds: readonly number[];
}

/** Rows of token ids to explain; the model's folder need not hold a tokenizer. */
export interface ExplainIdsRequest {
  readonly modelDir: string;
  readonly device: DevicePreference;
  readonly rows: readonly TokenRow[];
  /** Gold label of each row (name or index), when there are any. */
  readonly gold?: readonly (string | null)[];
  readonly method: string;
  readonly parameters: MethodParameters;
  readonly scalar: ScalarKind;
  readonly label: LabelChoice;
}

export interface EngineStatus {
  readonly pid: number;
  /** Resident memory in bytes. */
  readonly memory: number;
  readonly models: readonly string[];
  readonly explained: number;
}

export type EngineRequests = {
  loadModel: { params: { modelDir: string; device: DevicePreference }; result: ModelInfo };
  explain: { params: ExplainRequest; result: Explanation };
  explainIds: { params: ExplainIdsRequest; result: Explanation[] };
  status: { params: null; result: EngineStatus };
};

/** What the engine tells on its own. */
export type EngineEvents = {
  /** After every request, before its answer. */
  status: EngineStatus;
  /** A line for the log. */
  log: { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly message: string };
};
