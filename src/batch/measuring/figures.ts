/** From the measures of lines to a report over a file. */
import { setImmediate } from 'node:timers/promises';
import { curveShares } from '../../interpret/measure/curve';
import {
  measureColumns,
  type MeasureColumn,
  type MeasuredChoice,
  type MeasuredMethodSummary,
  type MeasuredValue,
  type MeasureReport,
} from '../../protocol/measures';
import { columnWords } from '../../protocol/measureWords';
import type { MethodFamily, Removal } from '../../protocol/explanation';
import { columnOf, type KeptMeasures } from './columns';
import { macroF1Curve } from './maskingCurve';
import type { MeasuredMethodJson, MeasureLine, MeasuresJson } from './measuredLine';
import { bootstrapError, compare, roundsFor, standardDeviation } from './resampling';

interface MethodFigures {
  readonly choice: MeasuredChoice;
  title: string;
  family: MethodFamily;
  failed: number;
  milliseconds: number;
  explained: number;
  /** By line of the run; lines without measures are missing. */
  readonly measures: Map<number, KeptMeasures>;
}

export class MeasureFigures {
  done = 0;
  errors = 0;
  removal: Removal | null = null;

  private readonly methods: MethodFigures[];
  /** Sum and number of the correlations of each pair. */
  private readonly agreements: { sum: number; count: number }[][];
  private readonly labels = new Map<string, number>();

  constructor(choices: readonly MeasuredChoice[]) {
    this.methods = choices.map(choice => ({
      choice,
      title: choice.method,
      family: 'control',
      failed: 0,
      milliseconds: 0,
      explained: 0,
      measures: new Map(),
    }));
    this.agreements = choices.map(() => choices.map(() => ({ sum: 0, count: 0 })));
  }

  add(line: MeasureLine): void {
    const at = this.done++;
    if ('failed' in line) {
      this.errors++;
      return;
    }
    this.removal = line.removal;
    line.methods.forEach((found, index) => {
      const method = this.methods[index];
      if (method) this.addMethod(method, found, line.reference, at);
    });
    line.agreement.forEach((row, i) => {
      row.forEach((value, j) => {
        const cell = this.agreements[i]?.[j];
        if (!cell || value === null) return;
        cell.sum += value;
        cell.count++;
      });
    });
  }

  private addMethod(
    method: MethodFigures,
    { title, family, failed, milliseconds, measures }: MeasuredMethodJson,
    reference: string | null,
    at: number,
  ): void {
    method.title = title;
    method.family = family;
    if (failed !== null) method.failed++;
    if (milliseconds !== null) {
      method.milliseconds += milliseconds;
      method.explained++;
    }
    if (measures) method.measures.set(at, this.kept(measures, reference));
  }

  /** Labels become numbers: a file may have many lines. */
  private kept(measures: MeasuresJson, reference: string | null): KeptMeasures {
    const { curve, ...numbers } = measures;
    const judged = reference !== null && curve?.length === curveShares.length;
    return {
      ...numbers,
      curve: judged
        ? {
            right: this.labelOf(reference),
            predicted: Uint16Array.from(curve, ({ label }) => this.labelOf(label)),
          }
        : null,
    };
  }

  private labelOf(label: string): number {
    const known = this.labels.get(label) ?? this.labels.size;
    this.labels.set(label, known);
    return known;
  }

  /**
   * The rows of the report. `final` false: with few rounds of resampling, for a report on its way. Others get their turn between the columns.
   */
  async methodsNow(final: boolean): Promise<MeasuredMethodSummary[]> {
    const random = this.methods.find(
      ({ choice }) => choice.method === 'random' && choice.weights === 'real',
    );
    const rows: MeasuredMethodSummary[] = [];
    for (const method of this.methods) {
      const values = {} as Record<MeasureColumn, MeasuredValue | null>;
      for (const column of measureColumns) {
        values[column] = this.valueOf(column, method, random, final);
        await setImmediate();
      }
      const { choice, title, family, failed, milliseconds, explained, measures } = method;
      const curves = [...measures.values()].flatMap(({ curve }) => curve ?? []);
      rows.push({
        choice,
        title,
        family,
        lines: measures.size,
        failed,
        values,
        curve: macroF1Curve(curves, this.labels.size).map((macroF1, i) => ({
          share: curveShares[i]!,
          macroF1,
        })),
        millisecondsPerLine: explained === 0 ? 0 : milliseconds / explained,
      });
    }
    return rows;
  }

  agreementNow(): MeasureReport['agreement'] {
    return this.agreements.map(row =>
      row.map(({ sum, count }) => (count === 0 ? null : sum / count)),
    );
  }

  private valueOf(
    name: MeasureColumn,
    method: MethodFigures,
    random: MethodFigures | undefined,
    final: boolean,
  ): MeasuredValue | null {
    const { has, statistic, numberOf, items } = columnOf(name, this.labels.size);
    const lines = [...method.measures.values()].filter(has);
    const mean = lines.length === 0 ? null : statistic(lines);
    if (mean === null) return null;
    const size = lines.reduce((sum, line) => sum + items(line), 0);
    const rounds = final ? roundsFor(size) : fewRounds;
    const error = numberOf
      ? standardDeviation(lines.map(line => numberOf(line)!)) / Math.sqrt(lines.length)
      : bootstrapError(lines, statistic, rounds);
    const pairs =
      random === undefined || random === method
        ? []
        : [...method.measures].flatMap(([line, ours]) => {
            const theirs = random.measures.get(line);
            return theirs && has(ours) && has(theirs) ? [[ours, theirs] as const] : [];
          });
    const againstRandom =
      pairs.length === 0 ? null : compare(pairs, statistic, columnWords[name].better, rounds);
    return { mean, error, lines: lines.length, againstRandom };
  }
}

const fewRounds = 100;
