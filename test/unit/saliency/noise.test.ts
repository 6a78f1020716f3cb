import assert from 'node:assert/strict';
import { appendNoise, noiseCounters } from '../../../src/interpret/saliency/gradients/noise';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { writeModel } from '../../../src/onnx/writeModel';
import { Session } from '../../../src/runtime/session';

const width = 64;

/** A session that makes noise of shape [samples, positions, width]. */
async function noiseSession(): Promise<Session> {
  const graph = emptyGraph('noise');
  const b = new GraphBuilder(graph);
  const noise = appendNoise(b, {
    samples: b.input('samples', 'int64', ['S']),
    seed: b.input('seed', 'int64', [1]),
    counters: b.input('counters', 'int64', ['L', 'D']),
  });
  b.output(noise, 'noise');
  return await Session.create(writeModel(graph));
}

describe('appendNoise', () => {
  let session: Session;
  before(async () => (session = await noiseSession()));
  after(() => session.release());

  async function noise(
    seed: number,
    samples: readonly number[],
    positions: number,
  ): Promise<Float32Array> {
    const { noise } = await session.run({
      samples: {
        dtype: 'int64',
        dims: [samples.length],
        data: BigInt64Array.from(samples, BigInt),
      },
      seed: { dtype: 'int64', dims: [1], data: BigInt64Array.of(BigInt(seed)) },
      counters: {
        dtype: 'int64',
        dims: [positions, width],
        data: noiseCounters(positions, width),
      },
    });
    assert.deepEqual(noise!.dims, [samples.length, positions, width]);
    return noise!.data as Float32Array;
  }

  const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

  it('has mean 0, variance 1, no skew, and the tails of a normal', async () => {
    const x = await noise(7, range(50), 64);
    const n = x.length;
    const moment = (power: number): number => x.reduce((sum, v) => sum + v ** power, 0) / n;
    // Four standard errors: of the mean 1/sqrt(n), variance sqrt(2/n), skewness sqrt(15/n), kurtosis sqrt(96/n).
    const within = (actual: number, expected: number, variance: number): void => {
      assert.ok(Math.abs(actual - expected) < 4 * Math.sqrt(variance / n), `${actual}`);
    };
    within(moment(1), 0, 1);
    within(moment(2), 1, 2);
    within(moment(3), 0, 15);
    within(moment(4), 3, 96);
    assert.ok(x.every(Number.isFinite));
  });

  it('is normal by the Kolmogorov-Smirnov test, for several seeds', async () => {
    for (const seed of [0, 1, 2 ** 32 - 1]) {
      const x = (await noise(seed, range(20), 32)).sort();
      const n = x.length;
      let distance = 0;
      x.forEach((value, i) => {
        const p = normalDistribution(value);
        distance = Math.max(distance, Math.abs(p - i / n), Math.abs(p - (i + 1) / n));
      });
      // Critical value at the level 0.001.
      assert.ok(distance < 1.949 / Math.sqrt(n), `seed ${seed}: ${distance}`);
    }
  });

  it('is uncorrelated between neighbours: numbers, positions, samples, seeds, and the two halves', async () => {
    const samples = 40;
    const positions = 32;
    const x = await noise(3, range(samples), positions);
    const other = await noise(4, range(samples), positions);
    const at = (values: Float32Array, shift: number): number => {
      let sum = 0;
      const n = values.length - shift;
      for (let i = 0; i < n; i++) sum += x[i]! * values[i + shift]!;
      return sum / n;
    };
    const limit = 4 / Math.sqrt(x.length - positions * width);
    for (const shift of [1, 2, width / 2, width, positions * width]) {
      assert.ok(Math.abs(at(x, shift)) < limit, `shift ${shift}: ${at(x, shift)}`);
    }
    assert.ok(Math.abs(at(other, 0)) < limit, `seeds: ${at(other, 0)}`);
    // Radius and angle must not be tied either: squares of the two halves.
    const squares = x.map(value => value * value - 1);
    let tied = 0;
    for (let i = 0; i + width / 2 < x.length; i++) tied += squares[i]! * squares[i + width / 2]!;
    assert.ok(Math.abs(tied / x.length) < 2 * limit, `halves: ${tied / x.length}`);
  });

  it('gives each sample the same bits alone, in a batch and with more positions', async () => {
    const together = await noise(11, range(6), 5);
    for (const sample of range(6)) {
      const alone = await noise(11, [sample], 5);
      assert.deepEqual(alone, together.slice(sample * 5 * width, (sample + 1) * 5 * width));
    }
    const longer = await noise(11, [2], 9);
    const shorter = await noise(11, [2], 5);
    // The float library may round the last vector lanes differently: half a unit in the last place.
    shorter.forEach((value, i) => {
      assert.ok(Math.abs(value - longer[i]!) <= 1e-6 * Math.max(1, Math.abs(value)));
    });
  });

  it('repeats for a seed and differs between seeds and samples', async () => {
    const first = await noise(5, [0, 1], 4);
    assert.deepEqual(await noise(5, [0, 1], 4), first);
    assert.notDeepEqual(await noise(6, [0, 1], 4), first);
    assert.notDeepEqual(first.slice(0, 4 * width), first.slice(4 * width));
  });
});

/** Distribution function of the standard normal, by the series of the error function. */
function normalDistribution(x: number): number {
  if (x < -6) return 0;
  if (x > 6) return 1;
  // Phi(x) = 1/2 + phi(x) (x + x^3/3 + x^5/(3*5) + ...), Abramowitz and Stegun 26.2.11.
  let term = x;
  let sum = x;
  for (let k = 3; Math.abs(term) > 1e-17; k += 2) sum += term *= (x * x) / k;
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
