/** What the panel asks for in its tab of drivers, done. */
import { revealWorkLine } from '../lines/workLines';
import type { PanelHandlers } from '../panel/listen';
import { openDocument } from '../records/openDocument';
import type { DriversFinder } from './driversFinder';
import type { DriversMemory } from './driversMemory';

export interface DriversHandlerParts {
  readonly driversFinder: () => DriversFinder;
  readonly driversMemory: DriversMemory;
}

type Names = Extract<keyof PanelHandlers, `drivers${string}`>;

/** `guarded` tells what its work throws. */
export function makeDriversHandlers(
  { driversFinder, driversMemory }: DriversHandlerParts,
  guarded: (work: () => Promise<unknown>) => void,
): Pick<PanelHandlers, Names> {
  return {
    driversAgain(settings) {
      const { current } = driversFinder();
      if (!current) return;
      guarded(async () => {
        await driversMemory.set(settings);
        const { lines } = current.work;
        const document = await openDocument(lines.uri);
        await driversFinder().start({ lines: { ...lines, document }, settings });
      });
    },
    driversReveal({ line }) {
      const { current } = driversFinder();
      if (current) guarded(() => revealWorkLine(current.lines, line));
    },
  };
}
