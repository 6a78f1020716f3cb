/** Arrays of numbers that grow: some bytes an entry, where a list of objects would take a hundred. */
type Numbers = Uint8Array | Uint16Array | Int32Array | Float64Array;

export class Growing<T extends Numbers> {
  length = 0;

  constructor(private numbers: T) {}

  push(value: number): void {
    this.reserve(1);
    this.numbers[this.length++] = value;
  }

  append(values: ArrayLike<number>): void {
    this.reserve(values.length);
    this.numbers.set(values, this.length);
    this.length += values.length;
  }

  /** All entries, without the room for more. */
  trimmed(): T {
    return this.numbers.slice(0, this.length) as T;
  }

  /** All entries, not copied: only until the next one comes. */
  view(): T {
    return this.numbers.subarray(0, this.length) as T;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.numbers.length) return;
    const size = Math.max(this.length + more, 2 * this.numbers.length);
    const larger = new (this.numbers.constructor as new (size: number) => T)(size);
    larger.set(this.numbers);
    this.numbers = larger;
  }
}
