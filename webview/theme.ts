/** What only the browser can tell about the theme: how strong a tint may be before it hides the text. */
import { make } from './dom';
import type { Rgb } from './fillCap';
import { largestAlpha, parseRgb } from './fillCap';

/** The hues that tokens are tinted with; each has a custom property --NAME in panel.css. */
export const hues = ['towards', 'away', 'magnitude'] as const;
export type Hue = (typeof hues)[number];

/** The colours of the theme as the map uses them. */
export interface Palette {
  readonly text: Rgb;
  readonly ground: Rgb;
  readonly hues: Readonly<Record<Hue, Rgb>>;
  /** The alpha of the fullest tint of each hue; 0 in high contrast, which has no fills. */
  readonly caps: Readonly<Record<Hue, number>>;
}

const black: Rgb = [0, 0, 0];
const white: Rgb = [255, 255, 255];

/** Reads the palette off the page and tells the style sheet how far tints may go (--cap-NAME). */
export function applyPalette(root: HTMLElement): Palette {
  const probe = make('span', { class: 'probe', 'aria-hidden': 'true' });
  root.append(probe);
  const read = (css: string, fallback: Rgb): Rgb => {
    probe.style.setProperty('color', css);
    return parseRgb(getComputedStyle(probe).color) ?? fallback;
  };
  const text = read('var(--map-text)', black);
  const ground = read('var(--map-ground)', white);
  const found = Object.fromEntries(hues.map(hue => [hue, read(`var(--${hue})`, text)])) as Record<
    Hue,
    Rgb
  >;
  probe.remove();
  const { classList } = document.body;
  const fills = !['vscode-high-contrast', 'vscode-high-contrast-light'].some(name =>
    classList.contains(name),
  );
  const caps = Object.fromEntries(
    hues.map(hue => [hue, fills ? largestAlpha(text, ground, found[hue]) : 0]),
  ) as Record<Hue, number>;
  for (const hue of hues) root.style.setProperty(`--cap-${hue}`, caps[hue].toFixed(2));
  return { text, ground, hues: found, caps };
}

/** Calls `onChange` whenever VS Code puts another theme on the page. */
export function watchTheme(onChange: () => void): void {
  const observer = new MutationObserver(onChange);
  const what = { attributes: true, attributeFilter: ['class', 'style', 'data-vscode-theme-id'] };
  observer.observe(document.documentElement, what);
  observer.observe(document.body, what);
}
