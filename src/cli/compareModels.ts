/** One line, one method, two models. */
import path from 'node:path';
import { mapChange } from '../batch/modelChanges/distance';
import type { ComparisonRow } from '../protocol/comparison';
import type { Explanation } from '../protocol/explanation';
import type { LabelChoice } from '../protocol/task';
import type { Compared, Comparing } from './compareCommand';

/** Throws GlassboxError where one of the models cannot be asked. */
export async function compareModels(
  { question, by, engine, signal, progress }: Comparing,
  other: string,
): Promise<Compared> {
  const dirs = [question.modelDir, path.resolve(other)];
  const found: Explanation[] = [];
  let label: LabelChoice = question.label;
  for (const modelDir of dirs) {
    progress({ done: found.length, total: 2, says: `Explaining with ${path.basename(modelDir)}` });
    const request = { ...question, ...by, modelDir, label };
    const explanation = await engine.call('explain', request, { signal });
    found.push(explanation);
    // Both maps answer the same question, whatever the second model predicts.
    const { choice } = explanation.explained;
    if (choice.kind === 'label' || choice.kind === 'not') label = choice;
  }
  const change = mapChange(found[0]!, found[1]!, question);
  const agree = change === null ? null : 1 - change;
  const sameName = found[0]!.modelName === found[1]!.modelName;
  return {
    kind: 'models',
    about: `${found[0]!.method.title} by two models`,
    rows: found.map((explanation, index): ComparisonRow => ({
      key: dirs[index]!,
      title: sameName ? dirs[index]! : explanation.modelName,
      family: null,
      state: 'done',
      says: '',
      explanation,
      measures: null,
      agreement: index === 0 ? 1 : agree,
    })),
    agreement: [
      [1, agree],
      [agree, 1],
    ],
  };
}
