/** A host that starts an engine, tells its process id, and waits to be killed. */
import path from 'node:path';
import { EngineClient } from '../../src/engine/client';

const client = new EngineClient({
  entry: path.join(__dirname, 'fakeEngine.ts'),
  execArgv: ['--import', 'tsx'],
});
void client.call('status', null).then(({ pid }) => process.send?.(pid));
