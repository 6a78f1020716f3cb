/** Passes on the newest of many values, not all of them. */

/** A table of a thousand rows is told once in this time, a smaller one more often. */
const shortestMs = 200;
const msPerRow = 0.2;

export class Throttle<T> {
  private waiting: { value: T } | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly pass: (value: T) => void) {}

  /** Passes the value on soon, unless a newer one comes before; `rows` says how heavy it is. */
  offer(value: T, rows: number): void {
    this.waiting = { value };
    this.timer ??= setTimeout(
      () => {
        this.flush();
      },
      Math.max(shortestMs, msPerRow * rows),
    );
  }

  /** Passes on what waits, now. */
  flush(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const { waiting } = this;
    this.waiting = null;
    if (waiting) this.pass(waiting.value);
  }
}
