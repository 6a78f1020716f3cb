/** One line of the report: what was measured, the goal, and whether it was reached. */

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The value should be at most this; null where it is only told. */
  readonly goal: number | null;
  /** What the value was made of. */
  readonly details: string;
}

export function printFigure({ name, value, unit, goal, details }: Figure): void {
  const reached = goal === null ? '' : value <= goal ? 'reached' : 'MISSED';
  const against = goal === null ? '' : `(goal: at most ${goal}${unit})`;
  console.log(
    `${name.padEnd(58)} ${`${format(value)}${unit}`.padStart(10)} ${against.padEnd(22)} ${reached}`,
  );
  console.log(`    ${details}`);
}

export function format(value: number): string {
  return value.toFixed(value < 10 ? 2 : 0);
}
