/** One line, several methods: their maps, how much they agree, and how faithful each is. */
import type { ComparisonRow } from '../protocol/comparison';
import type { MeasureName, MeasuredMethod, MeasuredText } from '../protocol/measures';
import type { Compared, Comparing } from './compareCommand';
import { random, usualMethods, type ChosenMethod } from './methodList';

const usualMeasures: readonly MeasureName[] = ['comprehensiveness', 'sufficiency', 'tau-loo'];

/** The random explainer is always among them, at the end: it says what the numbers are worth. Throws GlassboxError. */
export async function compareMethods(
  { question, by, engine, signal, progress }: Comparing,
  methods: readonly ChosenMethod[] = usualMethods(),
  measures: readonly MeasureName[] = usualMeasures,
): Promise<Compared> {
  const hasRandom = methods.some(({ method }) => method === random.method);
  const choices = [...methods, ...(hasRandom ? [] : [random])].map(({ method, parameters }) => ({
    method,
    parameters: { ...by.parameters, ...parameters },
    weights: 'real' as const,
  }));
  const measured = await engine.call(
    'measure',
    { ...question, choices, options: { measures } },
    { signal, onProgress: progress },
  );
  const first = measured.methods.find(({ explanation }) => explanation !== null);
  return {
    kind: 'methods',
    about: first?.explanation?.explained.says ?? '',
    rows: measured.methods.map((method, index) => rowOf(method, measured, index)),
    agreement: measured.agreement,
  };
}

function rowOf(
  { choice, title, family, explanation, measures, failed }: MeasuredMethod,
  { agreement }: MeasuredText,
  index: number,
): ComparisonRow {
  return {
    key: choice.method,
    title,
    family,
    state: failed === null ? 'done' : 'failed',
    says: failed ?? '',
    explanation,
    measures,
    agreement: agreement[0]?.[index] ?? null,
  };
}
