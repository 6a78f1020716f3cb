/** One line, explained for one label after the other, or for each thing that can be asked about it. */
import * as vscode from 'vscode';
import type { CallOptions, LabelChoice, PanelChoices } from '../../protocol';
import { fitChoices } from '../choices';
import { checkShape, requestFor } from '../explain/askEngine';
import type { Engine } from '../explain/engine';
import { labelsOf } from './askedLabels';
import type { Ground } from './ground';
import type { ComparisonPlan, RowAnswer, RowPlan } from './plan';

/** Asks once, for what is predicted: that says which labels there are. Throws what the engine throws. */
export async function compareLabels(
  engine: Engine,
  ground: Ground,
  calling: CallOptions,
): Promise<ComparisonPlan> {
  const { found, used, model, wanted } = ground;
  const { methods, labels } = model;
  const around = { methods, labels, record: found.info, sameText: ground.sameText };
  const choices = fitChoices({ ...wanted, label: { kind: 'predicted' } }, around);
  const ask = async (label: LabelChoice, how: CallOptions): Promise<RowAnswer> => {
    const asked: PanelChoices = { ...choices, label };
    const explanation = await engine.call('explain', requestFor(used, found, asked), how);
    checkShape(explanation);
    return { explanation, measures: null, choices: asked, methods };
  };
  const first = await ask(choices.label, calling);
  const rows = labelsOf(first.explanation).map(({ title, choice }): RowPlan => {
    const isFirst = sameChoice(choice, first.explanation.explained.choice);
    return {
      key: JSON.stringify(choice),
      title,
      family: null,
      costs: null,
      ask: how =>
        isFirst
          ? Promise.resolve({ ...first, choices: { ...choices, label: choice } })
          : ask(choice, how),
    };
  });
  const about = vscode.l10n.t(
    'the {0} of each label, by {1}',
    choices.scalar,
    first.explanation.method.title,
  );
  return { kind: 'labels', found, about, rows };
}

function sameChoice(one: LabelChoice, other: LabelChoice): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
