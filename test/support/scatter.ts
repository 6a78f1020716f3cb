/** A scatter plot of predicted against actual values: in a terminal, and as an SVG that can be read in light and dark pages. */

export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  /** Index into the names of the groups. */
  readonly group: number;
}

export interface Scatter {
  readonly title: string;
  /** In words, with the unit. */
  readonly xLabel: string;
  readonly yLabel: string;
  /** Above it the axes are logarithmic; a power of ten. */
  readonly unit: number;
  readonly groups: readonly string[];
  readonly points: readonly ScatterPoint[];
}

/**
 * Where values stand on both axes, from 0 to 1: about linear within `unit` of 0, logarithmic beyond, with its sign, so that one sees the
 * many small values and the few large ones. Both axes are the same, so that x = y is a diagonal.
 */
function axisOf({ points, unit }: Scatter): (value: number) => number {
  const values = points.flatMap(({ x, y }) => [x, y]).map(value => Math.asinh(value / unit));
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const margin = (high - low || 1) * 0.05;
  const [from, to] = [low - margin, high + margin];
  return value => (Math.asinh(value / unit) - from) / (to - from);
}

/** Lines of text: the letter of a point is its group's (o, x), the dots are x = y. */
export function scatterText(scatter: Scatter, { columns = 61, rows = 25 } = {}): string {
  const axis = axisOf(scatter);
  const place = (value: number, count: number): number => Math.round(axis(value) * (count - 1));
  const cells = Array.from({ length: rows }, () => Array<string>(columns).fill(' '));
  for (let column = 0; column < columns; column += 2) {
    const row = Math.round((column / (columns - 1)) * (rows - 1));
    cells[rows - 1 - row]![column] = '.';
  }
  const zero = { across: place(0, columns), up: rows - 1 - place(0, rows) };
  for (const row of cells) row[zero.across] = '|';
  cells[zero.up]!.fill('-');
  for (const { x, y, group } of scatter.points) {
    cells[rows - 1 - place(y, rows)]![place(x, columns)] = letters[group]!;
  }
  const names = scatter.groups.map((name, group) => `${letters[group]!}: ${name}`);
  const [least, most] = rangeOf(scatter);
  return [
    scatter.title,
    ...cells.map(row => row.join('').trimEnd()),
    `To the right: ${scatter.xLabel}; upwards: ${scatter.yLabel}`,
    `from ${least.toPrecision(2)} to ${most.toPrecision(2)}, logarithmic above ${scatter.unit}; the lines are 0, the dots x = y`,
    names.join('   '),
  ].join('\n');
}

function rangeOf({ points }: Scatter): [number, number] {
  const values = points.flatMap(({ x, y }) => [x, y]);
  return [Math.min(...values), Math.max(...values)];
}

const letters = ['o', 'x', '+'];

const [width, height, left, top, side] = [680, 540, 90, 60, 420];
/** Told apart by their shapes, too; both have a contrast of more than 4.5 on the card. */
const colours = ['#0b5cad', '#b3470f', '#3d6b00'];

/** On a card of its own, so that the page behind it does not matter. */
export function scatterSvg(scatter: Scatter): string {
  const axis = axisOf(scatter);
  const across = (x: number): number => left + side * axis(x);
  const up = (y: number): number => top + side - side * axis(y);
  const grid = ticksOf(scatter).flatMap(tick => {
    const colour = tick === 0 ? '#8a8a8a' : '#dcdcdc';
    // Beside the 0 there is no room.
    const label = Math.abs(tick) === scatter.unit ? '' : String(tick).replace('-', '\u2212');
    return [
      line(across(tick), top, across(tick), top + side, colour),
      line(left, up(tick), left + side, up(tick), colour),
      text(across(tick), top + side + 18, label, 'middle'),
      text(left - 8, up(tick) + 4, label, 'end'),
    ];
  });
  const marks = scatter.points.map(({ x, y, group }) => mark(across(x), up(y), group));
  const legend = scatter.groups.flatMap((name, group) => [
    mark(left + side + 16, top + 12 + 24 * group, group),
    text(left + side + 26, top + 16 + 24 * group, name, 'start'),
  ]);
  const middle = top + side / 2;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(scatter.title)}">`,
    '<style>text { font: 13px system-ui, sans-serif; fill: #1f1f1f } .title { font-weight: 600; font-size: 15px }</style>',
    `<rect width="${width}" height="${height}" rx="8" fill="#ffffff"/>`,
    `<text class="title" x="${left}" y="32">${escaped(scatter.title)}</text>`,
    ...grid,
    `<rect x="${left}" y="${top}" width="${side}" height="${side}" fill="none" stroke="#5f5f5f"/>`,
    line(left, top + side, left + side, top, '#5f5f5f', ' stroke-dasharray="5 4"'),
    ...marks,
    ...legend,
    line(
      left + side + 9,
      top + 60,
      left + side + 23,
      top + 60,
      '#5f5f5f',
      ' stroke-dasharray="5 4"',
    ),
    text(left + side + 26, top + 64, 'equal', 'start'),
    text(left + side / 2, top + side + 44, scatter.xLabel, 'middle'),
    `<text transform="translate(24 ${middle}) rotate(-90)" text-anchor="middle">${escaped(scatter.yLabel)}</text>`,
    '</svg>',
  ].join('\n')}\n`;
}

function mark(x: number, y: number, group: number): string {
  const [cx, cy, colour] = [x.toFixed(1), y.toFixed(1), colours[group]!];
  if (group === 0) {
    return `<circle cx="${cx}" cy="${cy}" r="4" fill="none" stroke="${colour}" stroke-width="1.8"/>`;
  }
  return `<path d="M${cx} ${cy}m-4 -4l8 8m0 -8l-8 8" stroke="${colour}" stroke-width="1.8"/>`;
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string, more = ''): string {
  const [a, b, c, d] = [x1, y1, x2, y2].map(value => value.toFixed(1));
  return `<line x1="${a}" y1="${b}" x2="${c}" y2="${d}" stroke="${colour}"${more}/>`;
}

function text(x: number, y: number, says: string, anchor: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escaped(says)}</text>`;
}

function escaped(says: string): string {
  return says.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** 0 and the powers of ten from the unit on, with their sign, as far as the values go. */
function ticksOf(scatter: Scatter): number[] {
  const [least, most] = rangeOf(scatter);
  const first = Math.round(Math.log10(scatter.unit));
  const ticks = [0];
  for (let power = first; power < first + 12; power++) {
    const tick = Number(`1e${power}`);
    if (tick <= most) ticks.push(tick);
    if (-tick >= least) ticks.push(-tick);
  }
  return ticks;
}
