/** A picture as pixels, for where no SVG can go. */

/** Pixels a unit of the picture: sharp on a dense screen, and in print. */
const sharp = 2;
/** What a canvas surely has room for, in pixels. */
const longest = 16_384;
const largest = 40_000_000;

/** How many pixels a unit has in a picture of `width` by `height`: 2, or less where it would become too large. */
export function pixelsPerUnit(width: number, height: number): number {
  return Math.min(sharp, longest / Math.max(width, height), Math.sqrt(largest / (width * height)));
}

/** The PNG of `svg`, which needs nothing from elsewhere, in base64; throws an Error where it cannot be drawn. */
export async function pngOf(svg: string): Promise<string> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const scale = pixelsPerUnit(image.naturalWidth, image.naturalHeight);
    const canvas = document.createElement('canvas');
    canvas.width = Math.floor(image.naturalWidth * scale);
    canvas.height = Math.floor(image.naturalHeight * scale);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('There is no canvas.');
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const [, base64 = ''] = canvas.toDataURL('image/png').split(',');
    if (base64 === '') throw new Error('The canvas is too large.');
    return base64;
  } finally {
    URL.revokeObjectURL(url);
  }
}
