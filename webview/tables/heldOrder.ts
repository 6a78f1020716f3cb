/**
 * Rows that stream in must not push away what somebody reads. While a table is read, the order of its rows stays as it
 * is, unless rows only come after those in sight; how many wait is told, and a button shows them.
 */

export interface HeldOrder {
  /** The ids to be shown out of `wanted`; `isRead`: somebody is at the table. `reach`: so many of the first are in sight or before it. */
  readonly next: (wanted: readonly string[], isRead: boolean, reach: number) => readonly string[];
  /** What came since is shown from now on. */
  readonly release: () => void;
}

export function createHeldOrder(): HeldOrder {
  let held: readonly string[] | null = null;
  return {
    next: (wanted, isRead, reach) => {
      const before = held;
      const moves = before?.slice(0, reach).some((id, at) => wanted[at] !== id) ?? false;
      if (before && isRead && moves) return before;
      held = wanted;
      return wanted;
    },
    release: () => {
      held = null;
    },
  };
}
