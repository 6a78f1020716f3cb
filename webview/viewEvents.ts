/** What every view of the panel is given to speak with. */
import type { FromPanelEvents } from '../src/protocol';

export interface ViewEvents {
  /** Tells the host. */
  readonly tell: <Name extends keyof FromPanelEvents>(
    event: Name,
    body: FromPanelEvents[Name],
  ) => void;
  /** Says something to screen readers only. */
  readonly announce: (sentence: string) => void;
}
