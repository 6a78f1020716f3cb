/** Curves of macro-F1 over a file, and how much methods agree, as charts. */
import type { MeasureReport } from '../../src/protocol';
import { shareTicks } from '../charts/axes';
import type { HeatCell, HeatData } from '../charts/heatTable';
import type { LineChartData } from '../charts/lineChart';
import { formatProbability, formatScore, formatShare } from '../numbers';
import { isControl, methodKey } from './measureColumns';

/** Explanations whose curves are shown before anybody has chosen; controls are shown besides. */
const foremost = 4;

/** Null where no method has a curve. */
export function curvesOf({ methods }: MeasureReport): LineChartData | null {
  const curved = methods.filter(({ curve }) => curve.length > 0);
  if (curved.length === 0) return null;
  const area = (at: number) => curved[at]!.values['auc-tp']?.mean ?? Infinity;
  const best = new Set(
    [...curved.keys()]
      .filter(at => !isControl(curved[at]!))
      .sort((a, b) => area(a) - area(b) || a - b)
      .slice(0, foremost),
  );
  return {
    title: 'Macro-F1 while the strongest tokens are taken away',
    says: 'The sooner a curve falls, the better the method has found what the model uses. Press a name to show or hide its curve.',
    across: {
      from: 0,
      to: 1,
      ticks: shareTicks(10),
      format: formatShare,
      title: 'tokens taken away',
    },
    up: { from: 0, to: 1, ticks: shareTicks(), format: formatTick, title: 'macro-F1' },
    format: formatProbability,
    series: curved.map((method, at) => ({
      key: methodKey(method),
      title: method.title,
      points: method.curve
        .filter(({ macroF1 }) => Number.isFinite(macroF1))
        .map(({ share, macroF1 }) => ({ x: share, y: macroF1 })),
      foremost: best.has(at) || isControl(method),
    })),
  };
}

const formatTick = (value: number) => value.toFixed(1);

export function agreementOf({ methods, agreement, state }: MeasureReport): HeatData {
  const missing = state === 'running' ? 'not yet' : 'undefined';
  const reason = state === 'running' ? 'not there yet' : 'undefined: one of the two is constant';
  return {
    label: 'Agreement of methods',
    corner: '',
    rows: methods.map(({ title }, at) => `${at + 1}  ${title}`),
    columns: methods.map(({ title }, at) => ({ text: String(at + 1), name: title })),
    cells: methods.map((row, i) =>
      methods.map((column, j): HeatCell => {
        const value = agreement[i]?.[j] ?? null;
        const names = `${row.title} and ${column.title}`;
        if (i === j) return { text: '1', part: 0, spoken: `${row.title} and itself`, framed: true };
        if (value === null || !Number.isFinite(value))
          return { text: missing, part: null, spoken: `${names}: ${reason}` };
        const text = formatScore(value, true);
        return { text, part: value, spoken: `${names}: ${text}` };
      }),
    ),
  };
}
