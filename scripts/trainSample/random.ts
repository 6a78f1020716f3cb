/** What the sample's data, first weights and order of training are drawn with: the same everywhere for the same seed. */
import { Random as Uniform } from '../../src/interpret/random';

export class Random extends Uniform {
  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A standard normal number (Box and Muller 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  /** A shuffled copy (Fisher and Yates). */
  shuffle<T>(list: readonly T[]): T[] {
    const copy = [...list];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [copy[i], copy[j]] = [copy[j]!, copy[i]!];
    }
    return copy;
  }
}
