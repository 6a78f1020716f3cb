/**
 * The engine process: started by the client with child_process.fork, ends with its parent. An error
 * that nobody catches ends it too, as Node does by itself: the words go to stderr, from where the
 * client logs them, and the client starts another process.
 */
import { Channel } from '../protocol/channel';
import type { NoRequests } from '../protocol/channelTypes';
import type { EngineEvents, EngineRequests } from '../protocol/engineMessages';
import { processPort } from './processPort';
import { EngineServer, serve } from './server';

if (process.send) {
  process.on('disconnect', () => process.exit(0));
  // Ctrl-C in a terminal reaches every process there. The parent decides what becomes of it; what is at work is cancelled, not killed.
  process.on('SIGINT', () => undefined);
  const channel = new Channel<NoRequests, EngineRequests, EngineEvents>(processPort(process), {
    peer: 'the editor',
    log: report,
  });
  serve(channel, new EngineServer());

  function report(message: string, detail?: unknown): void {
    const more = detail instanceof Error ? (detail.stack ?? detail.message) : '';
    channel.emit('log', { level: 'error', message: `${message} ${more}`.trim() });
  }
} else {
  process.stderr.write('This is the engine of Glassbox; it is started by Glassbox itself.\n');
  process.exitCode = 2;
}
