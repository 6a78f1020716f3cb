/** Tells failures, wherever they happen, in one way: in the log, in the panel, and in a message with buttons. */
import * as vscode from 'vscode';
import type { ModelStatus } from './models/modelStatus';
import type { PanelHost } from './panel/panelHost';
import type { Failure } from './report';
import { failureOf, showFailure } from './report';

export interface FailuresParts {
  readonly panel: Pick<PanelHost, 'isOpen' | 'failed' | 'idle'>;
  readonly status: Pick<ModelStatus, 'set'>;
  readonly log: vscode.LogOutputChannel;
}

export class Failures implements vscode.Disposable {
  private readonly failed = new vscode.EventEmitter<Failure>();
  readonly onDidFail = this.failed.event;

  constructor(private readonly parts: FailuresParts) {}

  /** Tells a failure; nothing of what was cancelled. `quiet`: in the panel only, nobody asked just now. */
  tell(error: unknown, quiet = false): Failure {
    const { panel, log } = this.parts;
    const failure = failureOf(error, log);
    if (failure.code === 'cancelled') return failure;
    log.warn(`${failure.code}: ${failure.message}`);
    if (panel.isOpen) panel.failed(failure.message);
    this.failed.fire(failure);
    if (!quiet) void showFailure(failure, error);
    return failure;
  }

  /** Tells why something that the model was asked for has no answer, in the status bar too. */
  tellNoAnswer(error: unknown, quiet: boolean): void {
    const { panel, status } = this.parts;
    const { code, message } = this.tell(error, quiet);
    const blocked = code !== 'cancelled' && code !== 'bad-input';
    if (blocked) status.set('failed', [message]);
    else status.set('idle');
    if (code === 'cancelled' && panel.isOpen) panel.idle();
  }

  dispose(): void {
    this.failed.dispose();
  }
}
