/** The lines of a file with measures: the maps of a record by each method, and how good they are. */
import { version } from '../../../package.json';
import type { MethodFamily, MethodParameters } from '../../protocol/explanation';
import type {
  CurvePoint,
  EditDistance,
  LineMeasures,
  MeasuredMethod,
  MeasuredText,
} from '../../protocol/measures';
import type { GlassboxError } from '../../protocol/messages';
import type { TextInput } from '../../protocol/task';
import type { RunPlace } from '../runDataset';
import { isObject, parseObject, type RunKind } from '../runHeader';

export const measureKind: RunKind = {
  glassbox: 'measure-run',
  what: 'a measuring',
  past: 'measured',
};

/** Names are written with underscores, as in Python's JSON. */
export interface MeasuresJson {
  readonly curve: readonly CurvePoint[] | null;
  readonly comprehensiveness: number | null;
  readonly sufficiency: number | null;
  readonly tau_loo: number | null;
  readonly infidelity: number | null;
  readonly sensitivity_max: number | null;
  readonly edits: readonly EditDistance[] | null;
  readonly seed_variance: number | null;
  readonly plausibility: {
    readonly token_f1: number;
    readonly iou_f1: number;
    readonly auprc: number;
  } | null;
  /** By measure: why there is no number. */
  readonly undefined_says: LineMeasures['undefinedSays'];
}

export interface MeasuredMethodJson {
  readonly method: string;
  readonly parameters: MethodParameters;
  readonly weights: 'real' | 'shuffled';
  readonly title: string;
  readonly family: MethodFamily;
  /** Why there is no map; null where there is one. */
  readonly failed: string | null;
  readonly milliseconds: number | null;
  /** One a token, as shown. */
  readonly scores: readonly number[] | null;
  readonly measures: MeasuresJson | null;
}

export interface MeasuredLine {
  readonly record: RunPlace;
  readonly text: string;
  readonly pair?: string;
  /** What is right, else what the model says of the whole text: what the curve is judged by; null where there is no single label. */
  readonly reference: string | null;
  /** What is explained. */
  readonly explained: string | null;
  readonly tokens: readonly string[];
  readonly methods: readonly MeasuredMethodJson[];
  readonly agreement: MeasuredText['agreement'];
  readonly removal: MeasuredText['options']['removal'];
  readonly glassbox: string;
}

/** A record that could not be read or measured. */
export interface NotMeasuredLine {
  readonly record: RunPlace;
  readonly failed: string;
  readonly glassbox: string;
}

export type MeasureLine = MeasuredLine | NotMeasuredLine;

export function failedLine(record: RunPlace, { message }: GlassboxError): NotMeasuredLine {
  return { record, failed: message, glassbox: version };
}

export function measuredLine(
  record: RunPlace,
  { text, pair }: TextInput,
  { methods, agreement, options }: MeasuredText,
): MeasuredLine {
  const first = methods.find(({ explanation }) => explanation)?.explanation ?? null;
  return {
    record,
    text,
    ...(pair !== undefined && { pair }),
    reference: referenceOf(methods),
    explained: first?.explained.label ?? null,
    tokens: first?.tokens.map(token => token.text) ?? [],
    methods: methods.map(methodJson),
    agreement,
    removal: options.removal,
    glassbox: version,
  };
}

/** Of decisions for one label of several only: there is no F1 of other ones' words. */
function referenceOf(methods: readonly MeasuredMethod[]): string | null {
  for (const { choice, explanation } of methods) {
    if (!explanation || choice.weights === 'shuffled') continue;
    const { task, label } = explanation.prediction;
    const single = task === 'text-classification' || task === 'binary-classification';
    return single ? (explanation.gold ?? label) : null;
  }
  return null;
}

function methodJson(measured: MeasuredMethod): MeasuredMethodJson {
  const { choice, title, family, explanation, measures, failed } = measured;
  const { method, parameters, weights } = choice;
  const asked = { method, parameters, weights, title, family, failed };
  return {
    ...asked,
    milliseconds: explanation?.milliseconds ?? null,
    scores: explanation?.scores ?? null,
    measures: measures && measuresJson(measures),
  };
}

export function measuresJson(measures: LineMeasures): MeasuresJson {
  const { curve, comprehensiveness, sufficiency, edits, plausibility } = measures;
  return {
    curve,
    comprehensiveness,
    sufficiency,
    tau_loo: measures.tauLoo,
    infidelity: measures.infidelity,
    sensitivity_max: measures.sensitivityMax,
    edits,
    seed_variance: measures.seedVariance,
    plausibility: plausibility && {
      token_f1: plausibility.tokenF1,
      iou_f1: plausibility.iouF1,
      auprc: plausibility.auprc,
    },
    undefined_says: measures.undefinedSays,
  };
}

/** Null where the text is no line of such a file. Looks at what reports are made of. */
export function parseMeasureLine(text: string): MeasureLine | null {
  const value = parseObject(text);
  const record = value?.['record'];
  if (!value || !isObject(record) || !Number.isInteger(record['line'])) return null;
  if (typeof value['failed'] === 'string') return value as unknown as NotMeasuredLine;
  const { methods, agreement } = value;
  const fits =
    Array.isArray(methods) &&
    methods.every(
      method => isObject(method) && (method['measures'] === null || isObject(method['measures'])),
    ) &&
    Array.isArray(agreement) &&
    agreement.length === methods.length;
  return fits ? (value as unknown as MeasuredLine) : null;
}
