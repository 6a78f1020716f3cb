/** The page of a report on explanations: its numbers are the report's, and texts of others stay texts. */
import assert from 'node:assert/strict';
import { measurePage } from '../../../../src/batch/page/measurePage';
import { printable } from '../../../../src/batch/printable';
import {
  measureColumns,
  type MeasuredMethodSummary,
  type MeasuredValue,
  type MeasureReport,
} from '../../../../src/protocol/measures';
import { assertHarmless, hostile } from './hostile';
import { all, attribute, parsePage, rowsOf, textOf, valuesOf } from './parsed';

const nothing = Object.fromEntries(measureColumns.map(name => [name, null])) as Record<
  (typeof measureColumns)[number],
  null
>;

function value(mean: number, againstRandom: MeasuredValue['againstRandom']): MeasuredValue {
  return { mean, error: mean / 8, lines: 40, againstRandom };
}

function method(
  name: string,
  values: Partial<MeasuredMethodSummary['values']>,
  more: Partial<MeasuredMethodSummary> = {},
): MeasuredMethodSummary {
  return {
    choice: { method: name, parameters: {}, weights: 'real' },
    title: `Title of ${name}`,
    family: name === 'random' ? 'control' : 'gradient',
    lines: 40,
    failed: 0,
    values: { ...nothing, ...values },
    curve: [0, 0.5, 1].map(share => ({ share, macroF1: 1 - share * 0.123456 })),
    millisecondsPerLine: 12.5,
    ...more,
  };
}

const report: MeasureReport = {
  file: 'reviews.jsonl',
  modelName: 'tiny',
  modelHash: 'ab'.repeat(32),
  options: {
    measures: ['auc-tp', 'infidelity'],
    removal: 'mask',
    shares: [0.1, 0.5],
    samples: 8,
    seed: 3,
  },
  total: 41,
  done: 41,
  errors: 1,
  methods: [
    method('good', {
      'auc-tp': value(0.123456789, 'better'),
      infidelity: value(3.21e-7, 'better'),
    }),
    method('bad', { 'auc-tp': value(0.5, 'no better'), infidelity: value(12345.6, 'worse') }),
    method('random', { 'auc-tp': value(0.51, null) }),
  ],
  agreement: [
    [1, -0.654321, null],
    [-0.654321, 1, 0.01],
    [null, 0.01, 1],
  ],
  state: 'done',
  saved: { jsonl: '', html: '' },
};

describe('page of measures', () => {
  const page = parsePage(measurePage(report));

  it('shows each number of the report, exactly for programs and rounded for readers', () => {
    const rows = rowsOf(page, 'Measures');
    const wanted = report.methods.map(({ values, millisecondsPerLine }) => [
      ...(['auc-tp', 'infidelity'] as const).flatMap(name => {
        const cell = values[name];
        return cell ? [cell.mean, cell.error] : [];
      }),
      millisecondsPerLine,
    ]);
    assert.deepEqual(rows.map(valuesOf), wanted);
    const [good] = rows.map(row => all(row, 'td').map(textOf));
    assert.match(good![0]!, /^0\.123 ± 0\.015/);
    assert.match(good![1]!, /^3\.21e-7 ± 4\.01e-8/);
    assert.match(textOf(rows[1]!), /12,346 ± 1,543/);
  });

  it('leaves out what nobody measured, and says of each column which way is better', () => {
    const heads = all(all(page, 'thead')[0]!, 'th').map(textOf);
    assert.deepEqual(heads, [
      'method',
      'AUC-TPlower is better',
      'Infidelitylower is better',
      'lines',
      'ms per line',
    ]);
  });

  it('marks what does not beat random by a class and by words, and nothing else', () => {
    const cells = rowsOf(page, 'Measures').map(row => all(row, 'td').slice(0, 2));
    const marks = cells.map(row =>
      row.map(cell => attribute(cell, 'class')!.split(' ').includes('fails')),
    );
    assert.deepEqual(marks, [
      [false, false],
      [true, true],
      [false, false],
    ]);
    const words = cells.map(row => row.map(cell => all(cell, 'small').map(textOf).join()));
    assert.deepEqual(words, [
      ['better than random', 'better than random'],
      ['no better than random', 'worse than random'],
      ['', ''],
    ]);
    assert.match(textOf(page), /1 of 2 methods do not beat the random explainer/);
    assert.match(textOf(rowsOf(page, 'Measures')[2]!), /control: has to be beaten/);
  });

  it('judges no method on fewer than six lines', () => {
    const few = textOf(parsePage(measurePage({ ...report, done: 5 })));
    assert.match(few, /With fewer than 6 lines no difference can be told from chance/);
    assert.doesNotMatch(few, /do not beat the random explainer in at least/);
  });

  it('draws a curve a method through the macro-F1 of the report, the random one behind it', () => {
    const section = 'Macro-F1 while the strongest tokens are taken away';
    const macroF1 = report.methods.map(({ curve }) => curve.map(point => point.macroF1));
    assert.deepEqual(rowsOf(page, section).map(valuesOf), macroF1);
    const lines = all(page, 'polyline');
    assert.equal(lines.length, 6);
    const points = attribute(lines[1]!, 'points')!
      .split(' ')
      .map(point => point.split(',').map(Number));
    // Shares 0, 0.5 and 1 are evenly apart; a fall of 0.123456 over a height as long as the width.
    const [first, middle, last] = points.map(([x, y]) => ({ x: x!, y: y! }));
    const width = last!.x - first!.x;
    assert.ok(Math.abs(middle!.x - (first!.x + last!.x) / 2) < 0.011);
    assert.ok(Math.abs((last!.y - first!.y) / width - 0.123456) < 0.001);
  });

  it('shows the agreement as numbers with tints, and says where it is undefined', () => {
    const rows = rowsOf(page, 'Agreement of methods');
    assert.deepEqual(rows.map(valuesOf), [
      [1, -0.654321],
      [-0.654321, 1, 0.01],
      [0.01, 1],
    ]);
    const [, against, none] = all(rows[0]!, 'td');
    assert.equal(attribute(against!, 'style'), '--tint: var(--cold); --share: 0.654');
    assert.equal(textOf(against!), '-0.65');
    assert.equal(textOf(none!), 'undefined');
  });

  it('says when it is not of all lines', () => {
    const stopped = parsePage(measurePage({ ...report, state: 'stopped', done: 7 }));
    assert.match(textOf(stopped), /Stopped after 7 of 41 lines/);
    assert.doesNotMatch(textOf(page), /Stopped|running/);
  });

  it('holds texts of others as texts', () => {
    assertHarmless(page);
    for (const text of hostile) {
      const methods = [method('random', {}, { title: text }), method('good', {}, { title: text })];
      const evil = parsePage(measurePage({ ...report, file: text, modelName: text, methods }));
      assertHarmless(evil);
      const shown = printable(text);
      assert.equal(textOf(all(evil, 'h1')[0]!), `Explanations measured: ${shown}`);
      assert.deepEqual(
        rowsOf(evil, 'Measures').map(row => textOf(all(row, 'bdi')[0]!)),
        [shown, shown],
      );
    }
  });
});
