/** What the panel asks of the host, but for what PanelHost answers itself. */
import type { Channel, FromPanelEvents, NoRequests, ToPanelEvents } from '../../protocol';

export type PanelChannel = Channel<NoRequests, NoRequests, ToPanelEvents, FromPanelEvents>;

export type PanelHandlers = {
  readonly [Name in Exclude<keyof FromPanelEvents, 'ready' | 'tab'>]: (
    body: FromPanelEvents[Name],
  ) => void;
};

/** Hands over what comes through the channel. */
export function listenTo(channel: PanelChannel, handlers: PanelHandlers): void {
  const listen = <Name extends keyof PanelHandlers>(name: Name, handler: PanelHandlers[Name]) => {
    channel.on(name, handler);
  };
  for (const name of Object.keys(handlers) as (keyof PanelHandlers)[]) listen(name, handlers[name]);
}
