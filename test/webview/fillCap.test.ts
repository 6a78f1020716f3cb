import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Rgb } from '../../webview/fillCap';
import { blend, contrast, largestAlpha, luminance, parseRgb } from '../../webview/fillCap';

const white: Rgb = [255, 255, 255];
const black: Rgb = [0, 0, 0];
const anyRgb = fc.tuple(
  fc.integer({ min: 0, max: 255 }),
  fc.integer({ min: 0, max: 255 }),
  fc.integer({ min: 0, max: 255 }),
);

describe('the strongest tint under text', () => {
  it('measures contrast as WCAG does', () => {
    assert.equal(contrast(white, black), 21);
    assert.equal(luminance(white), 1);
    // #767676 is the lightest grey with 4.5 on white, a value that the WCAG literature gives.
    assert.ok(contrast([0x76, 0x76, 0x76], white) >= 4.5);
    assert.ok(contrast([0x77, 0x77, 0x77], white) < 4.5);
  });

  it('keeps 4.5 at every alpha up to the cap, where the theme itself has more than 5.2', () => {
    fc.assert(
      fc.property(
        anyRgb,
        anyRgb,
        anyRgb,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (t, g, h, part) => {
          fc.pre(contrast(t, g) > 5.2);
          const alpha = largestAlpha(t, g, h) * part;
          assert.ok(contrast(t, blend(g, h, alpha)) >= 4.5);
        },
      ),
    );
  });

  it('takes at most a tenth of the contrast of a theme that has less', () => {
    fc.assert(
      fc.property(anyRgb, anyRgb, anyRgb, (t, g, h) => {
        fc.pre(contrast(t, g) < 4.5);
        const tinted = contrast(t, blend(g, h, largestAlpha(t, g, h)));
        assert.ok(tinted >= 0.9 * contrast(t, g) - 1e-9);
      }),
    );
  });

  it('stays below a shout where contrast would allow more', () => {
    assert.ok(Math.abs(largestAlpha(black, white, [240, 240, 255]) - 0.6) < 1e-9);
  });

  it('reads what the browser computes', () => {
    assert.deepEqual(parseRgb('rgb(1, 2, 3)'), [1, 2, 3]);
    assert.deepEqual(parseRgb('rgba(10, 20, 30, 0.5)'), [10, 20, 30]);
    assert.equal(parseRgb('color(srgb 0 0 0)'), null);
  });
});
