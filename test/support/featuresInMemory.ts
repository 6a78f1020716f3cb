/** Features and targets that are in memory, as the head's methods read them. */
import type { FeatureSource } from '../../src/interpret/influence/head/features';

/** A source of what is in memory, cut into blocks of `size` rows. */
export function sourceOf(
  features: Float32Array,
  targets: Float64Array,
  rows: number,
  size = 1024,
): FeatureSource {
  const [width, classes] = [features.length / rows, targets.length / rows];
  return {
    rows,
    *blocks() {
      for (let from = 0; from < rows; from += size) {
        const to = Math.min(rows, from + size);
        yield {
          rows: to - from,
          features: features.subarray(from * width, to * width),
          targets: targets.subarray(from * classes, to * classes),
        };
      }
    },
  };
}

/** Targets [labels, classes] of labels by index. */
export function oneHot(labels: readonly number[], classes: number): Float64Array {
  const targets = new Float64Array(labels.length * classes);
  labels.forEach((label, row) => {
    targets[row * classes + label] = 1;
  });
  return targets;
}
