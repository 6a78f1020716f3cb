/**
 * Requests, answers, progress, cancellation and events over one port. The same class stands at both
 * ends, between host and engine and between host and panel; it knows neither Node nor the DOM.
 */
import type { CallOptions, ChannelOptions, Handler, NoEvents, NoRequests } from './channelTypes';
import { internalSentence, parseEnvelope, toWireError } from './envelope';
import type { Envelope, EventTable, Progress, RequestTable } from './messages';
import { GlassboxError, protocolVersion } from './messages';
import { PendingCalls } from './pendingCalls';
import type { Port } from './port';

/**
 * One end of a talk. `Calls` are the requests that this side makes, `Serves` those that it answers,
 * `Emits` the events that it sends, `Hears` those that it gets.
 *
 * Nothing is sent before the other side said hello, so a side may be created before the other is
 * loaded. Every call settles exactly once: with the result, the error of the handler, 'cancelled'
 * as soon as its signal is aborted, 'version', or 'engine-lost' when the talk ends.
 */
export class Channel<
  Calls extends RequestTable = NoRequests,
  Serves extends RequestTable = NoRequests,
  Emits extends EventTable = NoEvents,
  Hears extends EventTable = NoEvents,
> {
  private readonly peer: string;
  private readonly version: number;
  private readonly log: (message: string, detail?: unknown) => void;
  private readonly stopListening: () => void;
  private readonly calls = new PendingCalls();
  private readonly handlers = new Map<string, Handler<unknown, unknown>>();
  private readonly running = new Map<number, AbortController>();
  private readonly listeners = new Map<string, Set<(body: unknown) => void>>();
  /** What waits for the hello of the other side; null once it came. */
  private held: Envelope[] | null = [];
  private ended: GlassboxError | null = null;
  private openWaiters: { resolve: () => void; reject: (error: GlassboxError) => void }[] = [];

  constructor(
    private readonly port: Port,
    options: ChannelOptions = {},
  ) {
    this.peer = options.peer ?? 'the other side';
    this.version = options.version ?? protocolVersion;
    this.log = options.log ?? (() => undefined);
    this.stopListening = port.listen(message => {
      this.receive(message);
    });
    this.post({ hello: this.version });
  }

  /**
   * Asks the other side. Rejects with a GlassboxError always, 'cancelled' at once when
   * `options.signal` is aborted; `quiet` tells when the other side really has stopped.
   */
  call<Name extends keyof Calls & string>(
    name: Name,
    params: Calls[Name]['params'],
    { signal, onProgress }: CallOptions = {},
  ): Promise<Calls[Name]['result']> {
    return new Promise((resolve, reject) => {
      if (this.ended) {
        reject(this.ended);
        return;
      }
      if (signal?.aborted) {
        reject(new GlassboxError('cancelled', 'Cancelled.'));
        return;
      }
      const onAbort = () => {
        this.calls.take(id)?.reject(new GlassboxError('cancelled', 'Cancelled.'));
        this.sendCancel(id);
      };
      const forget = () => signal?.removeEventListener('abort', onAbort);
      const id = this.calls.add({
        resolve: value => {
          forget();
          resolve(value);
        },
        reject: error => {
          forget();
          reject(error);
        },
        onProgress,
      });
      signal?.addEventListener('abort', onAbort);
      this.dispatch({ id, request: name, params });
    });
  }

  /** Answers the requests called `name`. Whatever `handler` throws travels as a GlassboxError. */
  handle<Name extends keyof Serves & string>(
    name: Name,
    handler: Handler<Serves[Name]['params'], Serves[Name]['result']>,
  ): void {
    this.handlers.set(name, handler);
  }

  /** Tells the other side; nobody answers. Ignored once the talk has ended. */
  emit<Name extends keyof Emits & string>(event: Name, body: Emits[Name]): void {
    if (!this.ended) this.dispatch({ event, body });
  }

  /** Listens to an event of the other side; returns a function that stops it. */
  on<Name extends keyof Hears & string>(
    event: Name,
    listener: (body: Hears[Name]) => void,
  ): () => void {
    const own = (body: unknown) => {
      listener(body as Hears[Name]);
    };
    const all = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, all.add(own));
    return () => all.delete(own);
  }

  /** Resolves when the other side has said hello; rejects when the talk ends before. */
  opened(): Promise<void> {
    if (this.ended) return Promise.reject(this.ended);
    if (!this.held) return Promise.resolve();
    return new Promise((resolve, reject) => this.openWaiters.push({ resolve, reject }));
  }

  /** Resolves when the other side has finished with everything, what was cancelled included. */
  quiet(): Promise<void> {
    return this.calls.quiet();
  }

  /** Ends the talk: what is pending and what comes later is rejected with `reason`. */
  dispose(
    reason = new GlassboxError('engine-lost', `The connection to ${this.peer} was closed.`),
  ): void {
    if (this.ended) return;
    this.stopListening();
    this.end(reason);
  }

  private end(reason: GlassboxError): void {
    this.ended = reason;
    this.held = [];
    for (const waiter of this.openWaiters.splice(0)) waiter.reject(reason);
    this.forgetPeer(reason);
  }

  /** Rejects what we asked and stops what we were asked. */
  private forgetPeer(reason: GlassboxError): void {
    const running = [...this.running.values()];
    this.running.clear();
    this.calls.failAll(reason);
    for (const controller of running) controller.abort();
  }

  private sendCancel(id: number): void {
    const unsent = this.held?.findIndex(envelope => 'request' in envelope && envelope.id === id);
    if (unsent === undefined || unsent < 0) {
      this.dispatch({ cancel: id });
      return;
    }
    this.held!.splice(unsent, 1);
    this.calls.answered(id);
  }

  /** Sends, or keeps until the other side is there. */
  private dispatch(envelope: Envelope): void {
    if (this.held) {
      this.held.push(envelope);
      return;
    }
    const failure = this.post(envelope);
    if (!failure || !('request' in envelope)) return;
    this.calls.take(envelope.id)?.reject(failure);
    this.calls.answered(envelope.id);
  }

  private post(envelope: Envelope): GlassboxError | null {
    try {
      this.port.send(envelope);
      return null;
    } catch (error) {
      this.log(`A message to ${this.peer} could not be sent.`, error);
      return new GlassboxError('internal', internalSentence);
    }
  }

  private receive(message: unknown): void {
    const envelope = parseEnvelope(message);
    if (!envelope) this.log(`Ignored a message of ${this.peer} that has no known shape.`, message);
    else if ('hello' in envelope) this.receiveHello(envelope.hello, envelope.answer === true);
    else if ('request' in envelope) void this.serve(envelope.id, envelope.request, envelope.params);
    else if ('cancel' in envelope) this.running.get(envelope.cancel)?.abort();
    else if ('event' in envelope) this.receiveEvent(envelope.event, envelope.body);
    else if ('progress' in envelope) this.receiveProgress(envelope.id, envelope.progress);
    else {
      const call = this.calls.take(envelope.id);
      if ('ok' in envelope) call?.resolve(envelope.ok);
      else call?.reject(new GlassboxError(envelope.error.code, envelope.error.message));
      this.calls.answered(envelope.id);
    }
  }

  private receiveHello(version: number, isAnswer: boolean): void {
    if (!isAnswer) this.post({ hello: this.version, answer: true });
    if (this.ended) return;
    if (version !== this.version) {
      const says =
        `Glassbox and ${this.peer} are of different versions (messages ${this.version} and ` +
        `${version}). Reload the window to bring them together.`;
      this.end(new GlassboxError('version', says));
      return;
    }
    if (!isAnswer && !this.held) {
      this.forgetPeer(new GlassboxError('engine-lost', `${capital(this.peer)} started again.`));
    }
    const held = this.held ?? [];
    this.held = null;
    for (const waiter of this.openWaiters.splice(0)) waiter.resolve();
    for (const envelope of held) this.dispatch(envelope);
  }

  private receiveProgress(id: number, progress: Progress): void {
    this.guard('progress', () => this.calls.get(id)?.onProgress?.(progress));
  }

  private receiveEvent(event: string, body: unknown): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) {
      this.guard(event, () => {
        listener(body);
      });
    }
  }

  private async serve(id: number, name: string, params: unknown): Promise<void> {
    if (this.ended) {
      this.post({ id, error: { code: this.ended.code, message: this.ended.message } });
      return;
    }
    const controller = new AbortController();
    this.running.set(id, controller);
    const isWanted = () => this.running.get(id) === controller;
    const progress = (step: Progress) => {
      if (isWanted()) this.post({ id, progress: step });
    };
    let answer: Envelope;
    try {
      const handler = this.handlers.get(name);
      if (!handler) throw new Error(`Nothing here answers the request "${name}".`);
      answer = { id, ok: await handler(params, { signal: controller.signal, progress }) };
    } catch (error) {
      const wire = toWireError(error, controller.signal.aborted);
      if (wire.code === 'internal') this.log(`The request "${name}" failed.`, error);
      answer = { id, error: wire };
    }
    if (!isWanted()) return;
    this.running.delete(id);
    const failure = this.post(answer);
    if (failure) this.post({ id, error: { code: failure.code, message: failure.message } });
  }

  /** A listener's mistake must not end the talk. */
  private guard(what: string, listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.log(`A listener of "${what}" failed.`, error);
    }
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
