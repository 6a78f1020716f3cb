/** What the host may ask of the engine process. */
import type { DevicePreference, Explanation, ExplainRequest, ModelInfo } from './explanation';

export interface EngineStatus {
  readonly pid: number;
  /** Resident memory in bytes. */
  readonly memory: number;
  readonly models: readonly string[];
  readonly explained: number;
}

// A type alias, not an interface: it must be assignable to RequestTable's index signature.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
export type EngineRequests = {
  loadModel: { params: { modelDir: string; device: DevicePreference }; result: ModelInfo };
  explain: { params: ExplainRequest; result: Explanation };
  status: { params: null; result: EngineStatus };
};

/** What the engine tells on its own. */
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
export type EngineEvents = {
  /** After every request, before its answer. */
  status: EngineStatus;
  /** A line for the log. */
  log: { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly message: string };
};
