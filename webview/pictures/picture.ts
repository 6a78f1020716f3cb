/**
 * The map as one SVG that needs nothing else: same numbers, same words, colours of the theme in which
 * it was saved. Built through the DOM and serialised, so that the user's text cannot become markup.
 */
import type { RecordInfo } from '../../src/protocol';
import type { Rgb } from '../fillCap';
import { decisionWords, goldWords } from '../decisionWords';
import { decidedProbability } from '../header';
import { formatProbability, formatScore } from '../numbers';
import type { Measure, PlacedText } from './pictureLayout';
import { placePieces, wrapSentence } from './pictureLayout';
import { unsureLegend } from '../legend';
import type { Hue, Palette } from '../theme';
import type { SaliencyMap, TokenFacts } from '../tokenFacts';
import { spokenFacts } from '../tokenFacts';
import { topSentence } from '../topWords';
import { methodSentence, normalisationSentence, scaleEnds, windowsSentence } from '../words';

const svgNamespace = 'http://www.w3.org/2000/svg' as const;
const family = 'system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif';
const pictureWidth = 760;
const margin = 28;
const inner = pictureWidth - 2 * margin;
const map = { size: 17, line: 34 };
const small = { size: 12, line: 18 };

/** SVG markup of the map with its heading and legend. */
export function drawPicture(record: RecordInfo, saliency: SaliencyMap, palette: Palette): string {
  const { explanation } = saliency;
  const { prediction, signed } = explanation;
  const sheet = new Sheet(palette);
  const probability = decidedProbability(explanation);
  const number = probability === null ? '' : ` ${formatProbability(probability)}`;
  const gold = goldWords(record.gold, explanation).text;

  sheet.down(20);
  sheet.sentence(
    `${decisionWords(prediction)}${number}   ${gold}`,
    { size: 16, line: 22 },
    { bold: true },
  );
  sheet.sentence(
    `${record.file} : ${record.line} \u00b7 ${explanation.modelName} \u00b7 ${explanation.device}`,
    small,
  );
  // A picture travels without the panel, so it carries what speaks against it.
  for (const { ok, says } of explanation.health) if (!ok) sheet.sentence(`\u26a0 ${says}`, small);
  sheet.down(14);
  sheet.map(saliency);
  sheet.down(6);
  const ends = scaleEnds(explanation);
  if (signed) {
    sheet.key('towards', ends.towards);
    sheet.key('away', ends.away);
  } else {
    sheet.key('magnitude', 'how much, neither for nor against');
  }
  sheet.down(12);
  sheet.sentence(methodSentence(explanation), small);
  sheet.sentence(normalisationSentence(explanation), small);
  const top = topSentence(saliency);
  if (top !== null) sheet.sentence(top, small);
  const pieces = saliency.fields.flatMap(field => field.pieces);
  if (pieces.some(({ facts }) => facts?.unsure)) sheet.sentence(unsureLegend, small);
  const windows = windowsSentence(explanation);
  if (windows !== null) sheet.sentence(windows, small);
  return sheet.finish(
    `What decided ${decisionWords(prediction)}: ${record.file}, line ${record.line}`,
    methodSentence(explanation),
  );
}

/** A page that is filled from the top. */
class Sheet {
  private readonly root = svg('svg', {});
  private y = 0;

  constructor(private readonly palette: Palette) {}

  down(distance: number): void {
    this.y += distance;
  }

  sentence(text: string, { size, line }: typeof small, { bold = false } = {}): void {
    for (const part of wrapSentence(text, inner, measureAt(size, bold))) {
      this.y += line;
      this.root.append(this.text(part, margin, this.y, size, bold));
    }
  }

  map(saliency: SaliencyMap): void {
    for (const { name, pieces } of saliency.fields) {
      if (saliency.fields.length > 1) this.sentence(name, small);
      const { placed, lines } = placePieces(pieces, inner, measureAt(map.size));
      for (const one of placed) this.root.append(this.token(one, saliency));
      this.down(lines * map.line);
    }
    if (saliency.apart.length === 0) return;
    const special = saliency.apart
      .map(facts => `${facts.text} ${formatScore(facts.score, saliency.explanation.signed)}`)
      .join('   ');
    this.sentence(special, small);
  }

  /** A sample of a tint and what it means. */
  key(hue: Hue, words: string): void {
    this.y += 30;
    this.tint(this.root, margin, this.y, 28, hue, 1);
    this.root.append(this.text(words, margin + 38, this.y, 13));
  }

  finish(title: string, description: string): string {
    const height = this.y + margin;
    const size = { width: String(pictureWidth), height: String(height) };
    for (const [key, value] of Object.entries({
      ...size,
      viewBox: `0 0 ${pictureWidth} ${height}`,
      role: 'img',
      'font-family': family,
    })) {
      this.root.setAttribute(key, value);
    }
    this.root.prepend(
      named('title', title),
      named('desc', description),
      svg('rect', { ...size, fill: css(this.palette.ground) }),
    );
    return new XMLSerializer().serializeToString(this.root);
  }

  private token({ text, x, width, line, facts }: PlacedText, saliency: SaliencyMap): SVGElement {
    const group = svg('g', {});
    const base = this.y + (line + 1) * map.line - 10;
    const left = margin + x;
    if (facts) {
      group.append(named('title', spokenFacts(facts, saliency.explanation)));
      this.tint(group, left, base, width, hueOf(facts), facts.size);
      if (facts.unsure) group.append(this.dots(left, base, width));
      if (facts.target !== '') group.append(this.frame(left, base, width));
    }
    const letters = this.text(text, left, base, map.size);
    letters.setAttribute('textLength', width.toFixed(2));
    letters.setAttribute('lengthAdjust', 'spacingAndGlyphs');
    if (!facts) letters.setAttribute('font-style', 'italic');
    group.append(letters);
    return group;
  }

  /** Around a token that the decision is about. */
  private frame(x: number, base: number, width: number): SVGElement {
    return svg('rect', {
      x: String(x - 1),
      y: String(base - 19),
      width: (width + 2).toFixed(2),
      height: '30',
      rx: '3',
      fill: 'none',
      stroke: css(this.palette.text),
    });
  }

  /** Under the letters of a token whose score is smaller than its spread. */
  private dots(x: number, base: number, width: number): SVGElement {
    return svg('line', {
      x1: String(x),
      x2: (x + width).toFixed(2),
      y1: String(base + 3),
      y2: String(base + 3),
      stroke: css(this.palette.text),
      'stroke-width': '1.5',
      'stroke-dasharray': '1.5 2.5',
    });
  }

  /** Fill behind, and a line under, a baseline: solid towards, broken away, double for a size. */
  private tint(
    into: SVGElement,
    x: number,
    base: number,
    width: number,
    hue: Hue | null,
    size: number,
  ): void {
    if (hue === null) return;
    const colour = css(this.palette.hues[hue]);
    const box = { x: String(x), width: width.toFixed(2), rx: '2' };
    const alpha = (this.palette.caps[hue] * size).toFixed(3);
    const y = String(base - 17);
    into.append(svg('rect', { ...box, y, height: '24', fill: colour, 'fill-opacity': alpha }));
    const thickness = 1 + 2 * size;
    const line = (at: number, stroke: number) =>
      svg('line', {
        x1: String(x),
        x2: (x + width).toFixed(2),
        y1: String(at),
        y2: String(at),
        stroke: colour,
        'stroke-width': stroke.toFixed(2),
        ...(hue === 'away' ? { 'stroke-dasharray': '3 2' } : {}),
      });
    if (hue === 'magnitude')
      into.append(line(base + 4.5, thickness / 3), line(base + 7.5, thickness / 3));
    else into.append(line(base + 6, thickness));
  }

  private text(text: string, x: number, y: number, size: number, bold = false): SVGElement {
    const element = svg('text', {
      x: String(x),
      y: String(y),
      'font-size': String(size),
      fill: css(this.palette.text),
      'xml:space': 'preserve',
      ...(bold ? { 'font-weight': '600' } : {}),
    });
    element.textContent = writable(text);
    return element;
  }
}

function hueOf({ tint }: TokenFacts): Hue | null {
  return tint === 'none' ? null : tint;
}

function svg(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const element = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === 'xml:space') {
      element.setAttributeNS('http://www.w3.org/XML/1998/namespace', key, value);
    } else {
      element.setAttribute(key, value);
    }
  }
  return element;
}

function named(name: 'title' | 'desc', text: string): SVGElement {
  const element = svg(name, {});
  element.textContent = writable(text);
  return element;
}

/** XML has no way to write most control characters, nor half of a surrogate pair. */
function writable(text: string): string {
  // eslint-disable-next-line no-control-regex -- exactly the characters that XML 1.0 (2.2) forbids
  return text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Cs}]/gu, '\ufffd');
}

function css(rgb: Rgb): string {
  return `rgb(${rgb.map(Math.round).join(', ')})`;
}

function measureAt(size: number, bold = false): Measure {
  const context = document.createElement('canvas').getContext('2d');
  if (context) context.font = `${bold ? '600 ' : ''}${size}px ${family}`;
  // Without a canvas, half of the font size is near the mean width of a letter.
  return text => context?.measureText(text).width ?? (text.length * size) / 2;
}
