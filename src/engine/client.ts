/** The host's side of the engine: the process is started, watched, stopped and replaced here. */
import type { AttackTrace } from '../protocol/attack';
import type { CallOptions } from '../protocol/channelTypes';
import type { EngineRequests } from '../protocol/engineMessages';
import { GlassboxError } from '../protocol/messages';
import type { EngineLogger } from './engineProcess';
import { EngineProcess } from './engineProcess';
import { SerialQueue } from './serialQueue';

export type { EngineLogger } from './engineProcess';

/** stopped: no process; starting: not ready for work yet; busy: working on a request. */
export type EngineState = 'stopped' | 'starting' | 'ready' | 'busy';

export interface EngineClientOptions {
  /** The script that the process runs: dist/engine.js. */
  readonly entry: string;
  /** Another Node executable for the process, '' for the one that runs this; read at each start. */
  readonly nodePath?: () => string;
  /** The process is replaced between requests when its memory passes this; read after each request. */
  readonly memoryLimitMB?: () => number;
  readonly log?: EngineLogger;
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds that a cancelled request gets to stop by itself before the process is killed. */
  readonly grace?: number;
  /** Milliseconds that the process gets to become ready. */
  readonly startTimeout?: number;
}

const silent: EngineLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/**
 * Asks the engine process, which is started on first use and again after a crash. Requests are sent
 * one at a time: when the process is lost only the running request fails ('engine-lost'), the others
 * go to the next process. A cancelled request is rejected at once; if the engine does not stop within
 * `grace` it is killed.
 */
export class EngineClient {
  private readonly queue = new SerialQueue();
  private readonly log: EngineLogger;
  private readonly listeners = new Set<(state: EngineState) => void>();
  private readonly traceListeners = new Set<(trace: AttackTrace) => void>();
  private process: EngineProcess | null = null;
  private working = 0;
  private lastState: EngineState = 'stopped';
  /** Memory of the process in bytes after its first explanation: what the model needs at least. */
  private firstMemory: number | null = null;
  private disposed = false;

  constructor(private readonly options: EngineClientOptions) {
    this.log = options.log ?? silent;
  }

  get state(): EngineState {
    return this.lastState;
  }

  /** Process id, or null while there is none. */
  get pid(): number | null {
    return this.process?.pid ?? null;
  }

  /**
   * Asks the engine. Rejects with a GlassboxError; 'status' does not wait for the requests before it.
   */
  call<Name extends keyof EngineRequests>(
    name: Name,
    params: EngineRequests[Name]['params'],
    options: CallOptions = {},
  ): Promise<EngineRequests[Name]['result']> {
    if (this.disposed) return Promise.reject(goneForGood());
    if (name === 'status') {
      return Promise.resolve().then(() => this.running().channel.call(name, params, options));
    }
    return new Promise((resolve, reject) => {
      const work = async () => {
        const process = this.running();
        this.working++;
        this.update();
        const answer = process.channel.call(name, params, options);
        answer.then(resolve, reject);
        await answer.catch(() => undefined);
        if (options.signal?.aborted) await this.endOrKill(process);
        if (name !== 'loadModel') await this.recycleIfLarge(process);
        this.working--;
        this.update();
      };
      this.queue.run(work, options.signal).catch(reject);
    });
  }

  /** Calls `listener` at every change of state; returns a function that stops it. */
  onState(listener: (state: EngineState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Calls `listener` whenever an attack that was asked for with a name has come further, before the attack is answered;
   * returns a function that stops it.
   */
  onTrace(listener: (trace: AttackTrace) => void): () => void {
    this.traceListeners.add(listener);
    return () => this.traceListeners.delete(listener);
  }

  /** Ends the process; the running request fails, the next one gets a fresh process. */
  async restart(): Promise<void> {
    await this.stop(
      new GlassboxError(
        'engine-lost',
        'The engine was restarted while it worked on this; ask again.',
      ),
    );
  }

  /** Ends the process and everything that was asked. */
  dispose(): void {
    this.disposed = true;
    this.queue.clear(goneForGood());
    void this.stop(goneForGood());
    this.listeners.clear();
    this.traceListeners.clear();
  }

  private running(): EngineProcess {
    // Somebody may have asked just before; nobody would end the new process.
    if (this.disposed) throw goneForGood();
    if (this.process?.alive) return this.process;
    this.firstMemory = null;
    const process: EngineProcess = new EngineProcess(
      {
        entry: this.options.entry,
        nodePath: this.options.nodePath?.() ?? '',
        execArgv: this.options.execArgv ?? [],
        env: this.options.env ?? {},
        startTimeout: this.options.startTimeout ?? 30_000,
        log: this.log,
      },
      () => {
        if (!process.alive && this.process === process) this.process = null;
        this.update();
      },
    );
    process.channel.on('attackTrace', trace => {
      for (const listener of [...this.traceListeners]) listener(trace);
    });
    this.process = process;
    this.update();
    return process;
  }

  private async stop(reason: GlassboxError): Promise<void> {
    const process = this.process;
    this.process = null;
    this.update();
    await process?.kill(reason);
  }

  /** After a cancel: waits until the engine has stopped working, and kills it when that takes long. */
  private async endOrKill(process: EngineProcess): Promise<void> {
    const { grace = 300 } = this.options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>(resolve => {
      timer = setTimeout(resolve, grace, 'late');
    });
    const outcome = await Promise.race([process.channel.quiet(), late]);
    clearTimeout(timer);
    if (outcome !== 'late' || process !== this.process) return;
    this.log.info(`The engine did not stop within ${grace} ms after a cancel; it is killed.`);
    await this.stop(new GlassboxError('engine-lost', 'The engine was stopped.'));
  }

  /**
   * Native memory is never given back entirely, so a large process is replaced. A process whose first
   * explanation already took so much may grow by half: the model needs it, and a new process would too.
   */
  private async recycleIfLarge(process: EngineProcess): Promise<void> {
    const memory = process.status?.memory;
    if (memory === undefined || process !== this.process) return;
    this.firstMemory ??= memory;
    const limit = (this.options.memoryLimitMB?.() ?? 4096) * 2 ** 20;
    if (memory <= Math.max(limit, 1.5 * this.firstMemory)) return;
    this.log.info(`The engine uses ${Math.round(memory / 2 ** 20)} MB; it is replaced.`);
    await this.stop(new GlassboxError('engine-lost', 'The engine was replaced; ask again.'));
  }

  private update(): void {
    const state = this.currentState();
    if (state === this.lastState) return;
    this.lastState = state;
    for (const listener of [...this.listeners]) {
      try {
        listener(state);
      } catch (error) {
        // A listener's mistake must not cost the request that is at work.
        this.log.error(`A listener of the engine's state failed: ${String(error)}`);
      }
    }
  }

  private currentState(): EngineState {
    if (!this.process) return 'stopped';
    if (!this.process.open) return 'starting';
    return this.working > 0 ? 'busy' : 'ready';
  }
}

function goneForGood(): GlassboxError {
  return new GlassboxError('engine-lost', 'Glassbox was closed.');
}
