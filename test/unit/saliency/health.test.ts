import assert from 'node:assert/strict';
import * as health from '../../../src/interpret/saliency/health';
import { normalise } from '../../../src/protocol/normalise';
import { Pace } from '../../../src/interpret/saliency/gradients/pace';
import { cell, partValue } from '../../../src/interpret/task/decision';
import type { Head } from '../../../src/model/head';
import type { Token } from '../../../src/protocol/explanation';

const token: Token = {
  text: 'x',
  field: 0,
  start: 0,
  end: 1,
  special: false,
  unknown: false,
  word: 0,
};
const five = Array.from({ length: 5 }, () => token);

describe('health', () => {
  it('tells an overflow', () => {
    assert.equal(health.finite([1, -2]).ok, true);
    assert.deepEqual(
      [health.finite([NaN, Infinity, 1]).ok, health.finite([NaN, 1]).value],
      [false, 1],
    );
  });

  it('tells an empty map and one that is all on one token', () => {
    assert.equal(health.nonzero([0, 0, 0, 0, 0], five).ok, false);
    assert.equal(health.nonzero([0, 0, 1, 0, 0], five).ok, false);
    assert.equal(health.nonzero([0.1, 0, 1, 0, 0], five).ok, true);
    // With one word between [CLS] and [SEP] it has to be so.
    assert.equal(health.nonzero([0, 1, 0], five).ok, true);
  });

  const path = {
    scalar: 'logit',
    steps: 50,
    quadrature: 'gauss-legendre',
    baseline: 'zero',
  } as const;

  it('measures completeness against the rise, or all magnitudes when nothing rises', () => {
    const at = (sum: number, rise: number, magnitude: number): number =>
      health.completeness({ ...path, sum, rise, magnitude }).value!;
    assert.ok(Math.abs(at(1.05, 1, 1.05) - 0.05) < 1e-12);
    assert.ok(Math.abs(at(0.02, 0, 4) - 0.05) < 1e-12);
    assert.equal(at(0, 0, 0), 0);
  });

  it('names the way out: points, baseline', () => {
    const says = (more: Partial<Parameters<typeof health.completeness>[0]>): string =>
      health.completeness({ ...path, sum: 2, rise: 1, magnitude: 2, ...more }).says;
    assert.match(says({}), /singular.*\[PAD\]/);
    assert.match(says({ quadrature: 'left' }), /too few points/);
    assert.match(says({ steps: 5 }), /too few points/);
    assert.match(says({ baseline: 'pad' }), /more points/);
  });

  it('tells a function that is not the one that predicted', () => {
    assert.equal(health.sameFunction(1e-6, true).ok, true);
    assert.equal(health.sameFunction(0.2, true).ok, false);
    assert.match(health.sameFunction(0.2, true).says, /does not give the model's own prediction/);
    assert.equal(health.sameFunction(0.04, false).ok, true);
    assert.equal(health.sameFunction(0.2, false).ok, false);
  });

  it('tells a map that other noise would draw otherwise', () => {
    assert.equal(health.steady(null), null);
    assert.equal(health.steady(0.95)!.ok, true);
    assert.equal(health.steady(0.5)!.ok, false);
    assert.match(health.steady(0.5)!.says, /only 50 % of the differences/);
  });

  it('tells a probability that cannot react', () => {
    assert.equal(health.saturated('logit', 1), null);
    assert.equal(health.saturated('probability', 0.99999)!.ok, false);
    assert.equal(health.saturated('probability', 0.00001)!.ok, false);
    assert.equal(health.saturated('probability', 0.9)!.ok, true);
    // The loss of an unlikely label is steep.
    assert.equal(health.saturated('loss', 0.00001)!.ok, true);
    assert.equal(health.saturated('loss', 0.99999)!.ok, false);
  });
});

describe('normalise', () => {
  it('divides by the largest magnitude, or by their sum', () => {
    assert.deepEqual(normalise([1, -4, 2], 'max'), [0.25, -1, 0.5]);
    assert.deepEqual(normalise([1, -4, 3], 'l1'), [0.125, -0.5, 0.375]);
    assert.deepEqual(normalise([1, -4], 'none'), [1, -4]);
  });

  it('leaves zeros zero and drops what is not finite', () => {
    for (const how of ['max', 'l1'] as const) {
      assert.deepEqual(normalise([0, 0], how), [0, 0]);
      assert.deepEqual(normalise([], how), []);
      assert.deepEqual(normalise([NaN, 2, Infinity], how), [0, 1, 0]);
    }
  });
});

describe('partValue', () => {
  const near = (actual: number, expected: number): void => {
    assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);
  };
  const value = (
    link: Head['link'],
    scalar: 'logit' | 'probability' | 'loss',
    logits: number[],
    cells: ReturnType<typeof cell>[],
  ): number => {
    const head: Head = {
      task: 'text-classification',
      link,
      decides: 'text',
      outputs: ['logits'],
      labels: [],
      classes: logits.length,
      squashed: null,
    };
    const part = { window: 0, weight: 1, decisions: [{ position: 0, cells }] };
    return partValue(head, scalar, part, { values: [Float32Array.from(logits)] });
  };

  it('is the logit, the probability, the loss, or the difference of two', () => {
    const logits = [Math.log(1), Math.log(2), Math.log(5)];
    const of = (scalar: 'logit' | 'probability' | 'loss', against?: number): number =>
      value('softmax', scalar, logits, [
        cell(2),
        ...(against === undefined ? [] : [cell(against, -1)]),
      ]);
    near(of('logit'), Math.log(5));
    near(of('probability'), 5 / 8);
    near(of('loss'), Math.log(8 / 5));
    near(of('probability', 1), 3 / 8);
    near(of('loss', 1), Math.log(2 / 5));
  });

  it('of a sigmoid judges each label by itself, and its absence', () => {
    const logits = [0, Math.log(3)];
    near(value('sigmoid', 'probability', logits, [cell(1)]), 3 / 4);
    near(value('sigmoid', 'probability', logits, [cell(1, 1, true)]), 1 / 4);
    near(value('sigmoid', 'loss', logits, [cell(1)]), Math.log(4 / 3));
    near(value('sigmoid', 'loss', logits, [cell(1, 1, true)]), Math.log(4));
    near(value('sigmoid', 'logit', logits, [cell(1, 1, true)]), -Math.log(3));
  });
});

describe('Pace', () => {
  it('starts large models with single rows and small ones with all that fits', () => {
    assert.equal(new Pace(85e6, 'cpu').pointsOf(32), 1);
    assert.equal(new Pace(20_000, 'cpu').pointsOf(8), 128);
    assert.equal(new Pace(20_000, 'cpu').pointsOf(100_000), 1);
  });

  it('shrinks after a slow run and grows after quick ones, but not after the first', () => {
    const pace = new Pace(5e6, 'cpu');
    const size = pace.pointsOf(1);
    assert.equal(size, 1000);
    pace.learn(size, 5000);
    assert.equal(pace.pointsOf(1), size);
    pace.learn(size, 1000);
    assert.equal(pace.pointsOf(1), size / 5);
    pace.learn(size / 5, 150);
    assert.equal(pace.pointsOf(1), size / 5);
    pace.learn(size / 5, 20);
    assert.equal(pace.pointsOf(1), (2 * size) / 5);
  });

  it('does not stay with single rows when a few more still fit into the time', () => {
    const pace = new Pace(85e6, 'cpu');
    assert.equal(pace.pointsOf(32), 1);
    // What a run of BERT-base may take: 60 ms for its weights, and 30 ms a row.
    for (let run = 0; run < 8; run++) {
      const rows = pace.pointsOf(32);
      pace.learn(32 * rows, 60 + 30 * rows);
    }
    const rows = pace.pointsOf(32);
    assert.ok(rows >= 3 && 60 + 30 * rows <= 250, `${rows} rows`);
  });

  it('does not grow on short runs that say nothing about full ones', () => {
    const pace = new Pace(1e8, 'cpu');
    const size = pace.pointsOf(1);
    pace.learn(1, 1);
    pace.learn(1, 1);
    assert.equal(pace.pointsOf(1), size);
  });
});
