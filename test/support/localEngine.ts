/** The engine in this process, for runs over files: no messages, the same answers. */
import type { BatchEngine } from '../../src/batch/engine';
import { EngineServer } from '../../src/engine/server';
import type { CallOptions } from '../../src/protocol/channelTypes';
import type { EngineRequests } from '../../src/protocol/engineMessages';
import type { Progress } from '../../src/protocol/messages';

type Asked = 'loadModel' | 'predict' | 'explainMany';

export class LocalEngine implements BatchEngine<'predict' | 'explainMany'> {
  private readonly server = new EngineServer();

  async call<Name extends Asked>(
    name: Name,
    params: EngineRequests[Name]['params'],
    { signal, onProgress }: CallOptions = {},
  ): Promise<EngineRequests[Name]['result']> {
    const context = {
      ...(signal && { signal }),
      ...(onProgress && {
        progress: (progress: Progress) => {
          onProgress(progress);
        },
      }),
    };
    const handlers: {
      [Each in Asked]: (
        given: EngineRequests[Each]['params'],
      ) => Promise<EngineRequests[Each]['result']>;
    } = {
      loadModel: given => this.server.loadModel(given, context),
      predict: given => this.server.predict(given, context),
      explainMany: given => this.server.explainMany(given, context),
    };
    return await handlers[name](params);
  }

  async release(): Promise<void> {
    await this.server.release();
  }
}
