/** What the host needs of the engine process; the EngineClient is one, tests bring their own. */
import type { CallOptions, EngineRequests } from '../../protocol';

export interface Engine {
  call<Name extends keyof EngineRequests>(
    name: Name,
    params: EngineRequests[Name]['params'],
    options?: CallOptions,
  ): Promise<EngineRequests[Name]['result']>;
  /** Ends the process; the next call starts a fresh one. */
  restart(): Promise<void>;
}
