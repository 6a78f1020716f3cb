/** What a run over many records needs of the engine process; the EngineClient is one, tests bring their own. */
import type { CallOptions } from '../protocol/channelTypes';
import type { EngineRequests } from '../protocol/engineMessages';

/** `Asked`: what is asked besides loading the model. */
export interface BatchEngine<Asked extends keyof EngineRequests = 'attack'> {
  call<Name extends 'loadModel' | Asked>(
    name: Name,
    params: EngineRequests[Name]['params'],
    options?: CallOptions,
  ): Promise<EngineRequests[Name]['result']>;
}
