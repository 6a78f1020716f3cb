/** The columns of a report: which number of a line each is about, and what it becomes over many lines. */
import { pearson, spearman } from '../../interpret/correlation';
import type { MeasureColumn } from '../../protocol/measures';
import { areaUnder, macroF1Curve, type CurveLine } from './maskingCurve';
import type { MeasuresJson } from './measuredLine';
import type { Statistic } from './resampling';

/** What is kept of a line for one method. */
export interface KeptMeasures extends Omit<MeasuresJson, 'curve'> {
  /** Null where there is no single label to judge by. */
  readonly curve: CurveLine | null;
}

/** A column of which each line has one number. */
type MeanColumn = Exclude<MeasureColumn, 'auc-tp' | 'stability-pearson' | 'stability-spearman'>;

const numbers: Readonly<Record<MeanColumn, (measures: KeptMeasures) => number | null>> = {
  comprehensiveness: measures => measures.comprehensiveness,
  sufficiency: measures => measures.sufficiency,
  'tau-loo': measures => measures.tau_loo,
  infidelity: measures => measures.infidelity,
  'sensitivity-max': measures => measures.sensitivity_max,
  'seed-variance': measures => measures.seed_variance,
  'token-f1': ({ plausibility }) => plausibility?.token_f1 ?? null,
  'iou-f1': ({ plausibility }) => plausibility?.iou_f1 ?? null,
  auprc: ({ plausibility }) => plausibility?.auprc ?? null,
};

/** A column over lines. */
export interface Column {
  /** Whether a line says something about it. */
  readonly has: (measures: KeptMeasures) => boolean;
  readonly statistic: Statistic<KeptMeasures>;
  /** True: the mean of a number of each line, whose standard error needs no bootstrap. */
  readonly numberOf: ((measures: KeptMeasures) => number | null) | null;
  /** Things that a line gives to the statistic. */
  readonly items: (measures: KeptMeasures) => number;
}

/** @param labels how many different labels the curves have. */
export function columnOf(column: MeasureColumn, labels: number): Column {
  const one = () => 1;
  if (column === 'auc-tp') {
    return {
      has: ({ curve }) => curve !== null,
      statistic: lines =>
        areaUnder(
          macroF1Curve(
            lines.map(({ curve }) => curve!),
            labels,
          ),
        ),
      numberOf: null,
      items: one,
    };
  }
  if (column === 'stability-pearson' || column === 'stability-spearman') {
    const correlation = column === 'stability-pearson' ? pearson : spearman;
    return {
      has: ({ edits }) => edits !== null,
      statistic: lines => {
        const edits = lines.flatMap(line => line.edits!);
        return correlation(
          edits.map(({ prediction }) => prediction),
          edits.map(({ attribution }) => attribution),
        );
      },
      numberOf: null,
      items: ({ edits }) => edits!.length,
    };
  }
  const numberOf = numbers[column];
  return {
    has: measures => numberOf(measures) !== null,
    statistic: lines =>
      lines.reduce((sum, measures) => sum + numberOf(measures)!, 0) / lines.length,
    numberOf,
    items: one,
  };
}
