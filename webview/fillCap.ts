/**
 * How strong a tint may become under text. Themes choose text, ground and hue freely, so the limit is
 * measured: the largest alpha at which the text still has the contrast that WCAG 2.2 (1.4.3) asks for.
 */

/** Red, green, blue in [0, 255]. */
export type Rgb = readonly [number, number, number];

/** What WCAG asks for normal text, and a little more for rounding. */
const wanted = 4.6;
/** Beyond this a tint shouts, whatever its contrast. */
const loudest = 0.6;

/** Relative luminance, WCAG 2.2: in [0, 1]. */
export function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map(channel => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio, WCAG 2.2: in [1, 21]. */
export function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** `top` laid over `ground` with an opacity of `alpha`, in [0, 1]. */
export function blend(ground: Rgb, top: Rgb, alpha: number): Rgb {
  const mix = (i: 0 | 1 | 2) => ground[i] * (1 - alpha) + top[i] * alpha;
  return [mix(0), mix(1), mix(2)];
}

/**
 * The largest alpha in [0, 0.6] of a tint of `hue` between `ground` and `text` that keeps the text
 * readable at every alpha below it too. A theme whose own contrast is lower keeps nine tenths of it.
 */
export function largestAlpha(text: Rgb, ground: Rgb, hue: Rgb): number {
  const least = Math.min(wanted, contrast(text, ground) * 0.9);
  const step = 0.01;
  let alpha = 0;
  while (
    alpha + step <= loudest + 1e-9 &&
    contrast(text, blend(ground, hue, alpha + step)) >= least
  ) {
    alpha += step;
  }
  return alpha;
}

/** Reads a computed CSS colour without transparency ('rgb(1, 2, 3)'); null when it is another form. */
export function parseRgb(css: string): Rgb | null {
  const found = /^rgba?\(\s*([\d.]+)[,\s]+([\d.]+)[,\s]+([\d.]+)/.exec(css);
  if (!found) return null;
  return [Number(found[1]), Number(found[2]), Number(found[3])];
}
