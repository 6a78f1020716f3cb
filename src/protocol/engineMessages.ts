/** What the host may ask of the engine process. */
import type { AttackRequest, AttackResult, AttackTrace } from './attack';
import type {
  DevicePreference,
  Explanation,
  ExplainRequest,
  MethodParameters,
  ModelInfo,
  ScalarKind,
} from './explanation';
import type {
  InfluenceRequest,
  InfluenceResult,
  SuspicionRequest,
  SuspicionResult,
} from './influence';
import type { PredictedText, PredictRequest } from './evaluation';
import type { MeasuredText, MeasureRequest } from './measures';
import type { CheckRequest, ModelCheck } from './modelCheck';
import type { Gold, LabelChoice, ReadingOptions, TaskKind, TextInput } from './task';

/** A text that is token ids already. */
export interface TokenRow {
  readonly ids: readonly number[];
  /** 1: read by the model, 0: padding. */
  readonly mask: readonly number[];
  readonly typeIds: readonly number[];
}

/** Rows of token ids to explain; the model's folder need not hold a tokenizer. */
export interface ExplainIdsRequest extends ReadingOptions {
  readonly modelDir: string;
  readonly device: DevicePreference;
  readonly rows: readonly TokenRow[];
  /** What is right for each row, when it is known. */
  readonly gold?: readonly (Gold | null)[];
  /** Of token classification and masked models: the position of the token that is decided, for every row. */
  readonly position?: number;
  readonly method: string;
  readonly parameters: MethodParameters;
  readonly scalar: ScalarKind;
  readonly label: LabelChoice;
}

/** Several texts, explained alike in few runs. */
export interface ExplainManyRequest extends ReadingOptions {
  readonly modelDir: string;
  readonly device: DevicePreference;
  readonly texts: readonly TextInput[];
  readonly method: string;
  readonly parameters: MethodParameters;
  readonly scalar: ScalarKind;
  readonly label: LabelChoice;
}

/** A text that cannot be explained: one sentence. */
export interface NotExplained {
  readonly failed: string;
}

export interface EngineStatus {
  readonly pid: number;
  /** Resident memory in bytes. */
  readonly memory: number;
  readonly models: readonly string[];
  readonly explained: number;
}

export type EngineRequests = {
  loadModel: {
    params: { modelDir: string; device: DevicePreference; task?: TaskKind };
    result: ModelInfo;
  };
  explain: { params: ExplainRequest; result: Explanation };
  explainMany: { params: ExplainManyRequest; result: (Explanation | NotExplained)[] };
  /** In the order of the texts. */
  predict: { params: PredictRequest; result: PredictedText[] };
  /** How good the explanations of a text by some methods are. */
  measure: { params: MeasureRequest; result: MeasuredText };
  explainIds: { params: ExplainIdsRequest; result: Explanation[] };
  /** A cancelled attack is rejected; its trace so far was told by 'attackTrace'. */
  attack: { params: AttackRequest; result: AttackResult };
  /** Which training lines help and hurt; what takes long is kept on disk, so that a cancelled request goes on when asked again. */
  influence: { params: InfluenceRequest; result: InfluenceResult };
  suspicious: { params: SuspicionRequest; result: SuspicionResult };
  checkModel: { params: CheckRequest; result: ModelCheck };
  status: { params: null; result: EngineStatus };
};

/** What the engine tells on its own. */
export type EngineEvents = {
  /** After every request, before its answer. */
  status: EngineStatus;
  /** An attack that was asked for with a name has come further. */
  attackTrace: AttackTrace;
  /** A line for the log. */
  log: { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly message: string };
};
