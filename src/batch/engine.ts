/** What a run over many records needs of the engine process; the EngineClient is one, tests bring their own. */
import type { CallOptions } from '../protocol/channelTypes';
import type { EngineRequests } from '../protocol/engineMessages';

export interface BatchEngine {
  call<Name extends 'loadModel' | 'attack'>(
    name: Name,
    params: EngineRequests[Name]['params'],
    options?: CallOptions,
  ): Promise<EngineRequests[Name]['result']>;
}
