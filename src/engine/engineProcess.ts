/** One life of the engine process. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Channel } from '../protocol/channel';
import type { NoEvents, NoRequests } from '../protocol/channelTypes';
import type { EngineEvents, EngineRequests, EngineStatus } from '../protocol/engineMessages';
import { GlassboxError } from '../protocol/messages';
import { processPort } from './processPort';

/** Where the engine's log goes; VS Code's LogOutputChannel fits. */
export interface EngineLogger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface ProcessOptions {
  /** The script that the process runs. */
  readonly entry: string;
  /** The Node executable; '' for the one that runs this. */
  readonly nodePath: string;
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly startTimeout: number;
  readonly log: EngineLogger;
}

/** Starts the process; `exited` resolves when it is gone, `channel` then rejects with the reason. */
export class EngineProcess {
  readonly channel: Channel<EngineRequests, NoRequests, NoEvents, EngineEvents>;
  readonly exited: Promise<void>;
  /** As the process told after its last request. */
  status: EngineStatus | null = null;
  open = false;
  private readonly child: ChildProcess;
  private gone = false;

  constructor(
    private readonly options: ProcessOptions,
    changed: () => void,
  ) {
    const { entry, nodePath, execArgv, log } = options;
    this.child = fork(entry, [], {
      execArgv: [...execArgv],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: childEnvironment(nodePath, options.env),
      ...(nodePath === '' ? {} : { execPath: nodePath }),
    });
    this.channel = new Channel(processPort(this.child), {
      peer: 'the engine',
      log: (message, detail) => {
        log.error(detail === undefined ? message : `${message} ${describe(detail)}`);
      },
    });
    this.channel.on('status', status => (this.status = status));
    this.channel.on('log', ({ level, message }) => {
      log[level](message);
    });
    this.exited = new Promise(resolve => {
      const end = (reason: GlassboxError) => {
        this.gone = true;
        this.channel.dispose(reason);
        resolve();
        changed();
      };
      this.child.once('error', error => {
        if (this.child.pid === undefined) end(startFailure(nodePath || process.execPath, error));
        else log.error(`The engine process: ${error.message}`);
      });
      this.child.once('exit', (code, signal) => {
        log.info(
          `The engine process ${this.child.pid ?? ''} ended (${signal ?? `code ${code ?? ''}`}).`,
        );
        end(crash(this.open, code, signal));
      });
    });
    this.logLines();
    this.watchStart(changed);
  }

  /** False as soon as it is known that nobody will answer. */
  get alive(): boolean {
    return !this.gone && this.child.connected;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Ends the process now; what it was doing is rejected with `reason`. */
  kill(reason: GlassboxError): Promise<void> {
    this.gone = true;
    this.channel.dispose(reason);
    this.child.kill('SIGKILL');
    return this.exited;
  }

  private logLines(): void {
    const { log } = this.options;
    if (this.child.stdout) {
      createInterface(this.child.stdout).on('line', line => {
        log.info(`engine: ${line}`);
      });
    }
    if (this.child.stderr) {
      createInterface(this.child.stderr).on('line', line => {
        log.warn(`engine: ${line}`);
      });
    }
  }

  private watchStart(changed: () => void): void {
    const { startTimeout, log } = this.options;
    const started = Date.now();
    const timer = setTimeout(() => {
      const says = `The engine did not start within ${startTimeout / 1000} seconds; try again, or see the log.`;
      void this.kill(new GlassboxError('engine-lost', says));
      changed();
    }, startTimeout);
    this.channel
      .opened()
      .then(
        () => {
          this.open = true;
          log.info(
            `The engine process ${this.child.pid ?? ''} started in ${Date.now() - started} ms.`,
          );
          changed();
        },
        () => undefined,
      )
      .finally(() => {
        clearTimeout(timer);
      });
  }
}

/** In VS Code the executable is Electron, which is a Node only when told so. */
function childEnvironment(
  nodePath: string,
  extra: Readonly<Record<string, string>>,
): Record<string, string | undefined> {
  const inElectron = 'electron' in process.versions && nodePath === '';
  return {
    ...process.env,
    ELECTRON_RUN_AS_NODE: inElectron ? '1' : undefined,
    ...extra,
  };
}

function startFailure(executable: string, error: Error): GlassboxError {
  return new GlassboxError(
    'engine-lost',
    `The engine could not be started with ${executable} (${error.message}). Check the setting glassbox.engine.nodePath.`,
  );
}

function crash(wasOpen: boolean, code: number | null, signal: string | null): GlassboxError {
  const how = signal === null ? `with code ${code ?? 'unknown'}` : `by ${signal}`;
  return new GlassboxError(
    'engine-lost',
    wasOpen
      ? `The engine process ended ${how} while it worked on this; it starts again with the next request.`
      : `The engine process ended ${how} before it was ready; the log has its last words.`,
  );
}

function describe(detail: unknown): string {
  if (detail instanceof Error) return detail.stack ?? detail.message;
  return typeof detail === 'string' ? detail : JSON.stringify(detail);
}
