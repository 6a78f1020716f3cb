/** Asks two models about the same texts. */
import type { DriversSettings, PredictedText, PredictRequest } from '../../protocol/evaluation';
import type { NotExplained } from '../../protocol/engineMessages';
import type { Explanation } from '../../protocol/explanation';
import type { LabelChoice, TaskKind, TextInput } from '../../protocol/task';
import type { BatchEngine } from '../engine';
import type { BothAnswers } from './changeLine';

/** How maps are made. */
export type MapQuestion = Pick<DriversSettings, 'method' | 'parameters' | 'scalar'>;

type ModelQuestion = Omit<PredictRequest, 'texts'>;

interface Questions {
  readonly before: ModelQuestion;
  readonly after: ModelQuestion;
  readonly maps: MapQuestion | null;
  readonly task: TaskKind;
}

/** In the order of the texts. */
export async function bothAnswers(
  engine: BatchEngine<'predict' | 'explainMany'>,
  { before, after, maps, task }: Questions,
  texts: readonly TextInput[],
  signal: AbortSignal | undefined,
): Promise<BothAnswers[]> {
  const predict = (question: ModelQuestion): Promise<PredictedText[]> =>
    engine.call('predict', { ...question, texts }, { signal });
  const [first, second] = await Promise.all([predict(before), predict(after)]);
  const found = new Array<BothAnswers['maps']>(texts.length).fill(null);
  if (maps) {
    for (const { choice, indices } of byQuestion(first, second, task)) {
      const asked = { ...maps, texts: indices.map(index => texts[index]!), label: choice };
      const explain = (question: ModelQuestion): Promise<(Explanation | NotExplained)[]> =>
        engine.call('explainMany', { ...question, ...asked }, { signal });
      const [old, fresh] = await Promise.all([explain(before), explain(after)]);
      indices.forEach((index, at) => {
        const [one, other] = [old[at]!, fresh[at]!];
        if (!('failed' in one) && !('failed' in other)) found[index] = [one, other];
      });
    }
  }
  return texts.map((_, index) => {
    return { before: first[index]!, after: second[index]!, maps: found[index]! };
  });
}

/**
 * Both maps of a text answer the same question: of a classifier what speaks for the label that the first model predicts (of several labels its
 * likeliest). Elsewhere each model explains its own prediction.
 */
function byQuestion(
  first: readonly PredictedText[],
  second: readonly PredictedText[],
  task: TaskKind,
): { readonly choice: LabelChoice; readonly indices: number[] }[] {
  const groups = new Map<string | null, number[]>();
  first.forEach((answer, index) => {
    if ('failed' in answer || 'failed' in second[index]!) return;
    const { labels, probabilities } = answer.prediction;
    const likeliest = probabilities.indexOf(Math.max(...probabilities));
    const label = task.endsWith('-classification') && task !== 'token-classification';
    const key = label ? (labels[likeliest] ?? null) : null;
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  });
  return [...groups].map(([label, indices]) => ({
    choice: label === null ? { kind: 'predicted' } : { kind: 'label', label },
    indices,
  }));
}
