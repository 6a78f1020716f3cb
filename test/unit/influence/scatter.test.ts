import assert from 'node:assert/strict';
import { scatterSvg, scatterText, type Scatter } from '../../support/scatter';

const scatter: Scatter = {
  title: 'A <b> & "c"',
  xLabel: 'predicted',
  yLabel: 'actual',
  unit: 0.1,
  groups: ['first', 'second'],
  points: [
    { x: -5, y: -5, group: 0 },
    { x: 5, y: -5, group: 0 },
    { x: 1, y: 1, group: 1 },
  ],
};

describe('scatter plot', () => {
  it('has equal values on the diagonal, larger ones to the right and upwards', () => {
    const picture = scatterText(scatter, { columns: 21, rows: 21 }).split('\n').slice(1, 22);
    const places = picture.flatMap((row, y) =>
      Array.from(row).flatMap((letter, x) =>
        /[ox]/u.test(letter) ? [{ letter, x, y: 20 - y }] : [],
      ),
    );
    const [second, ...first] = places;
    assert.equal(second!.letter, 'x');
    assert.equal(second!.x, second!.y);
    assert.deepEqual(first, [
      { letter: 'o', x: 1, y: 1 },
      { letter: 'o', x: 19, y: 1 },
    ]);
  });

  it('is an SVG with a mark a point, axes in words, and text that is no markup', () => {
    const svg = scatterSvg(scatter);
    // One more of each in the legend.
    assert.equal(svg.match(/<circle/gu)!.length, 3);
    assert.equal(svg.match(/<path/gu)!.length, 2);
    assert.match(svg, />predicted<.*>actual</su);
    assert.ok(svg.includes('A &lt;b> &amp; &quot;c&quot;'));
    const [, x, y] = /<circle cx="([\d.]+)" cy="([\d.]+)"/u.exec(svg)!;
    assert.ok(Math.abs(Number(x) - 90 - (480 - Number(y))) < 0.11, `${x}, ${y}`);
  });
});
