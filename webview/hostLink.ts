/** The only place that knows how the panel talks to VS Code. */
import type { FromPanelEvents, NoRequests, Port, ToPanelEvents } from '../src/protocol';
import { Channel } from '../src/protocol';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export type HostChannel = Channel<NoRequests, NoRequests, FromPanelEvents, ToPanelEvents>;

export interface HostLink {
  readonly channel: HostChannel;
  readonly getState: () => unknown;
  readonly setState: (state: unknown) => void;
}

/** Takes the one VS Code API object of this page and opens the channel over it. Call it once. */
export function connectHost(): HostLink {
  const api = acquireVsCodeApi();
  const port: Port = {
    send: envelope => {
      api.postMessage(envelope);
    },
    listen: listener => {
      const onMessage = (event: MessageEvent<unknown>) => {
        listener(event.data);
      };
      window.addEventListener('message', onMessage);
      return () => {
        window.removeEventListener('message', onMessage);
      };
    },
  };
  return {
    channel: new Channel(port, { peer: 'the editor' }),
    getState: () => api.getState(),
    setState: state => {
      api.setState(state);
    },
  };
}
