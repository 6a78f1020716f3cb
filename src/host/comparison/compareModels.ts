/** One line by two models: before and after fine-tuning, fp32 and int8. */
import type { Engine } from '../explain/engine';
import { askEngine } from '../explain/askEngine';
import { modelTitle } from '../models/modelFolders';
import type { Ground } from './ground';
import type { ComparisonPlan, RowPlan } from './plan';
import type { LabelChoice } from '../../protocol';

/**
 * Both are asked what the first one was asked, with its label named: of a model that lacks it, or of a text that it reads otherwise, what is
 * predicted is explained, and the row says so.
 */
export function compareModels(
  engine: Engine,
  { found, modelDir, wanted, sameText }: Ground,
  otherDir: string,
): ComparisonPlan {
  let asked: LabelChoice | null = null;
  const row = (dir: string): RowPlan => ({
    key: dir,
    title: modelTitle(dir),
    family: null,
    costs: null,
    async ask(calling) {
      const isFirst = dir === modelDir;
      const label = isFirst ? wanted.label : (asked ?? wanted.label);
      // A task that was chosen for the one model need not be one of the other.
      const choices = { ...wanted, label, ...(!isFirst && { task: null }) };
      const answered = await askEngine(
        engine,
        { modelDir: dir, found, wanted: choices, sameText: isFirst && sameText },
        calling,
      );
      const { explanation, model } = answered;
      if (isFirst) asked = explanation.explained.choice;
      const { methods } = model;
      return { explanation, measures: null, choices: answered.choices, methods };
    },
  });
  return { kind: 'models', found, about: null, rows: [row(modelDir), row(otherDir)] };
}
