/** Measuring contrast on the page, from computed colours alone, without the code under test. */
import type { Page } from 'playwright-core';

/** The token whose text has the least contrast to what is painted behind it. */
export async function lowestContrast(
  page: Page,
): Promise<{ contrast: number; text: string; tokens: number }> {
  return page.evaluate(() => {
    type Colour = [number, number, number, number];
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    const context = canvas.getContext('2d', { willReadFrequently: true })!;
    /** The browser's own reading of a colour in any notation, red to alpha. */
    const read = (css: string): Colour => {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = css;
      context.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
      return [r!, g!, b!, a! / 255];
    };
    const over = (top: Colour, ground: Colour): Colour => {
      const mix = (i: number) => top[i]! * top[3] + ground[i]! * (1 - top[3]);
      return [mix(0), mix(1), mix(2), 1];
    };
    const behind = (element: Element | null): Colour =>
      element
        ? over(read(getComputedStyle(element).backgroundColor), behind(element.parentElement))
        : [255, 255, 255, 1];
    const luminance = (colour: Colour) => {
      const [r, g, b] = colour
        .slice(0, 3)
        .map(c => c / 255)
        .map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    };
    const tokens = [...document.querySelectorAll('.map [role="gridcell"]')];
    const measured = tokens.map(token => {
      const ground = behind(token);
      const text = over(read(getComputedStyle(token).color), ground);
      const [dark, light] = [luminance(text), luminance(ground)].sort((a, b) => a - b);
      return { contrast: (light! + 0.05) / (dark! + 0.05), text: token.textContent };
    });
    const [lowest] = measured.sort((a, b) => a.contrast - b.contrast);
    return { contrast: lowest?.contrast ?? 0, text: lowest?.text ?? '', tokens: tokens.length };
  });
}
