/** Places of lines and times, in words. */
import assert from 'node:assert/strict';
import { featureWords, formatDuration, placesOf } from '../../webview/training/trainingWords';
import { influenceResultOf } from './support/influenceSamples';

describe('words of training files', () => {
  it('tell places: neighbours together, and how many more there are', () => {
    assert.equal(placesOf([5], 1), '5');
    assert.equal(placesOf([1, 2], 2), '1, 2');
    assert.equal(placesOf([1, 2, 3, 7, 1200], 5), '1 to 3, 7, 1,200');
    assert.equal(placesOf([1, 2, 3], 1_003), '1 to 3 and 1,000 more');
    const even = Array.from({ length: 300 }, (_, at) => 2 * (at + 1));
    const told = placesOf(even, 300);
    assert.match(told, /^2, 4, .*, 198, 200 and 200 more$/);
  });

  it('tell times by the eye: milliseconds, seconds, minutes', () => {
    assert.equal(formatDuration(0.4), '0 ms');
    assert.equal(formatDuration(840.3), '840 ms');
    assert.equal(formatDuration(999.6), '1.0 s');
    assert.equal(formatDuration(12_345), '12.3 s');
    assert.equal(formatDuration(99_960), '1 min 40 s');
    assert.equal(formatDuration(3_599_600), '60 min 0 s');
  });

  it('tell where features came from, and nothing where none were needed', () => {
    const { train } = influenceResultOf();
    assert.equal(featureWords(train), 'features: 1,990 from the cache, 10 computed');
    assert.equal(featureWords({ ...train, cached: null, computed: null }), null);
  });
});
