/** The features of a training file with its targets, in blocks from the cache. */
import type { FeatureBlock, FeatureSource } from '../head/features';
import type { FeatureCache } from './featureCache';
import type { ExampleReader } from './readExamples';

/** Bytes of features in a block. */
const blockBytes = 1 << 22;

/**
 * `starts` [count + 1]: the first row of each example. Where all features have at most `inMemory` bytes, the first pass that comes to its end
 * keeps them.
 */
export function cachedSource(
  reader: ExampleReader,
  cache: FeatureCache,
  starts: Float64Array,
  inMemory: number,
): FeatureSource {
  const { width } = cache;
  const { head } = reader.model.about;
  const classes = head.classes!;
  const rows = starts.at(-1)!;
  const most = Math.max(1, Math.floor(blockBytes / (4 * width)));
  let memory: Float32Array | null = null;
  const blockAt = (first: number, last: number): FeatureBlock => {
    const [from, to] = [starts[first]!, starts[last]!];
    const features = memory?.subarray(from * width, to * width) ?? read(first, last);
    const { targets, weights } = targetsOf(reader, cache, starts, first, last, classes);
    return { rows: to - from, features, targets, ...(weights && { weights }) };
  };
  const read = (first: number, last: number): Float32Array => {
    const found = new Float32Array((starts[last]! - starts[first]!) * width);
    cache.read(first, last, found);
    return found;
  };
  const cuts = function* (): Generator<[number, number]> {
    for (let first = 0; first < starts.length - 1;) {
      let last = first + 1;
      while (last < starts.length - 1 && starts[last + 1]! - starts[first]! <= most) last++;
      yield [first, last];
      first = last;
    }
  };
  return {
    rows,
    *blocks() {
      const filling =
        !memory && rows * width * 4 <= inMemory ? new Float32Array(rows * width) : null;
      for (const [first, last] of cuts()) {
        const block = blockAt(first, last);
        filling?.set(block.features, starts[first]! * width);
        yield block;
      }
      // Only a pass that came to its end has filled it.
      if (filling) memory = filling;
    },
  };
}

/** y of rows, and of a tagger what they count: together 1 for each example. */
function targetsOf(
  { table, model }: ExampleReader,
  cache: FeatureCache,
  starts: Float64Array,
  first: number,
  last: number,
  classes: number,
): { targets: Float64Array; weights: Float64Array | null } {
  const origin = starts[first]!;
  const rows = starts[last]! - origin;
  const targets = new Float64Array(rows * classes);
  const weights = model.about.head.decides === 'token' ? new Float64Array(rows) : null;
  for (let number = first; number < last; number++) {
    const target = table.targetOf(number);
    const [from, to] = [starts[number]! - origin, starts[number + 1]! - origin];
    if (weights) {
      const tags = target as readonly number[];
      for (let row = from; row < to; row++) {
        targets[row * classes + tags[cache.wordAt(number, row - from)]!] = 1;
        weights[row] = 1 / (to - from);
      }
    } else if (typeof target === 'number') targets[from * classes + target] = 1;
    else targets.set(target, from * classes);
  }
  return { targets, weights };
}
