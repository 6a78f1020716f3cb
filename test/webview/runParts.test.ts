/** Parts of tables and charts without a page: orders that hold still, ticks, looks, numbers with their errors. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { countTicks } from '../../webview/charts/axes';
import { lookOf } from '../../webview/charts/seriesLook';
import { confusionData, shownLabels } from '../../webview/evaluation/confusionData';
import { formatMean } from '../../webview/numbers';
import { createHeldOrder } from '../../webview/tables/heldOrder';
import { sortRows } from '../../webview/tables/rowSort';
import { readUiState } from '../../webview/uiState';

describe('parts of runs', () => {
  it('sort by values, what has none last either way, ties in their order', () => {
    const rows = [3, null, 1, Number.NaN, 3, 2];
    assert.deepEqual(
      sortRows(rows, false, row => row).map(at => rows[at]),
      [1, 2, 3, 3, null, Number.NaN],
    );
    assert.deepEqual(
      sortRows(rows, true, row => row),
      [0, 4, 5, 2, 1, 3],
    );
    assert.deepEqual(
      sortRows(
        rows,
        true,
        row => row,
        row => -(row ?? 0),
      ),
      [0, 4, 5, 2, 1, 3],
    );
  });

  it('hold an order while it is read, but for what comes after it', () => {
    const held = createHeldOrder();
    assert.deepEqual(held.next(['b', 'd'], true, 100), ['b', 'd']);
    assert.deepEqual(held.next(['b', 'd', 'e'], true, 100), ['b', 'd', 'e']);
    assert.deepEqual(held.next(['a', 'b', 'd', 'e'], true, 100), ['b', 'd', 'e']);
    assert.deepEqual(held.next(['b', 'd', 'a'], true, 2), ['b', 'd', 'a'], 'on a later page');
    assert.deepEqual(held.next(['a', 'b'], false, 2), ['a', 'b']);
    held.release();
    assert.deepEqual(held.next(['z'], true, 2), ['z']);
  });

  it('have ticks from 0 to a round number above the most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), most => {
        const ticks = countTicks(most);
        const step = ticks[1]! - ticks[0]!;
        assert.equal(ticks[0], 0);
        assert.ok(ticks.at(-1)! >= most && ticks.at(-1)! < most + step + 1);
        assert.ok(ticks.length >= 2 && ticks.length <= 6);
        assert.match(String(step), /^[125]0*$/);
      }),
    );
  });

  it('tell 60 lines apart, and 15 without colour', () => {
    const looks = Array.from({ length: 60 }, (_, at) => lookOf(at));
    const known = (all: typeof looks, withColour: boolean) =>
      new Set(all.map(({ colour, dash, shape }) => `${withColour ? colour : ''} ${dash} ${shape}`));
    assert.equal(known(looks, true).size, 60);
    assert.equal(known(looks.slice(0, 15), false).size, 15);
  });

  it('write a mean to the second digit of its error', () => {
    assert.deepEqual(formatMean(0.8412, 0.07, true), { mean: '+0.841', error: '0.070' });
    assert.deepEqual(formatMean(-12.34, 3.2, true), { mean: '\u221212.3', error: '3.2' });
    assert.deepEqual(formatMean(123.4, 25, false), { mean: '123', error: '25' });
    assert.deepEqual(formatMean(0.5, Number.NaN, false), { mean: '0.5', error: null });
    assert.deepEqual(formatMean(Number.NaN, 1, false), { mean: 'not a number', error: null });
    assert.deepEqual(formatMean(0.5, 0, false), { mean: '0.5', error: '0' });
  });

  it('tint cells by their share of the row, and choose labels by their mistakes', () => {
    const confusion = {
      labels: ['a', 'b'],
      counts: [
        [3, 1],
        [0, 0],
      ],
    };
    const { cells, chosen } = confusionData(confusion, [0, 1], { gold: 'a', predicted: 'b' });
    assert.deepEqual(
      cells.map(row => row.map(cell => cell.part)),
      [
        [0.75, 0.25],
        [0, 0],
      ],
    );
    assert.match(
      cells[0]![1]!.spoken,
      /^gold \u201ca\u201d, predicted \u201cb\u201d: 1 line, 25 % of the gold label$/,
    );
    assert.deepEqual(chosen, [0, 1]);
    const labels = Array.from({ length: 40 }, (_, at) => `l${at}`);
    const counts = labels.map((_, row) =>
      labels.map((__, column) => (row === 39 && column === 7 ? 5 : 0)),
    );
    const shown = shownLabels({ labels, counts });
    assert.equal(shown.length, 25);
    assert.ok(shown.includes(39) && shown.includes(7));
  });

  it('remember orders, and forget what is none', () => {
    const saved = {
      sorts: { wrong: { key: 'line', descending: true }, bad: 3, worse: { key: 4 } },
    };
    assert.deepEqual(readUiState(saved).sorts, { wrong: { key: 'line', descending: true } });
    assert.deepEqual(readUiState(null).sorts, {});
  });
});
