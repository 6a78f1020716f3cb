/** What the host needs of the engine process; the EngineClient is one, tests bring their own. */
import type { AttackTrace, CallOptions, EngineRequests } from '../../protocol';

export interface Engine {
  call<Name extends keyof EngineRequests>(
    name: Name,
    params: EngineRequests[Name]['params'],
    options?: CallOptions,
  ): Promise<EngineRequests[Name]['result']>;
  /** Ends the process; the next call starts a fresh one. */
  restart(): Promise<void>;
}

/** One that tells how far attacks have come that were asked for with a name. */
export interface TracingEngine extends Engine {
  /** Returns a function that stops it. */
  onTrace(listener: (trace: AttackTrace) => void): () => void;
}
