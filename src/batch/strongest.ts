/** The entries with the largest weights of many that come one after another. */

/** Keeps at most `most`; of equal weights those with the smaller line. */
export class Strongest<Entry extends { readonly line: number }> {
  private readonly kept: { readonly weight: number; readonly entry: Entry }[] = [];

  constructor(private readonly most: number) {}

  /** `make` is called only where the entry is kept. */
  add(weight: number, line: number, make: () => Entry): void {
    const before = (other: { weight: number; entry: Entry }): boolean =>
      other.weight > weight || (other.weight === weight && other.entry.line < line);
    const last = this.kept.at(-1);
    if (this.kept.length === this.most && last && before(last)) return;
    let [low, high] = [0, this.kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(this.kept[middle]!)) low = middle + 1;
      else high = middle;
    }
    this.kept.splice(low, 0, { weight, entry: make() });
    if (this.kept.length > this.most) this.kept.pop();
  }

  /** The strongest first. */
  entries(): Entry[] {
    return this.kept.map(({ entry }) => entry);
  }
}
