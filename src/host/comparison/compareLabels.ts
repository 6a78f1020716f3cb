/** One line, explained for one label after the other, or for each thing that can be asked about it. */
import * as vscode from 'vscode';
import type { CallOptions, Explanation, LabelChoice, PanelChoices } from '../../protocol';
import { fitChoices } from '../choices';
import { checkShape, requestFor } from '../explain/askEngine';
import type { Engine } from '../explain/engine';
import type { Ground } from './ground';
import type { ComparisonPlan, RowAnswer, RowPlan } from './plan';

/** A person reads no more; the likeliest are taken. */
const mostRows = 20;

export interface AskedLabel {
  readonly title: string;
  readonly choice: LabelChoice;
}

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

/**
 * Of classifiers the labels, the likeliest first and the gold one among them; elsewhere what the explanation says that can be asked, as it
 * says it.
 */
export function labelsOf({ prediction, questions }: Explanation): readonly AskedLabel[] {
  switch (prediction.task) {
    case 'text-classification':
    case 'binary-classification':
    case 'multi-label-classification': {
      const { labels, logits, right } = prediction;
      const order = labels.map((_, i) => i).sort((a, b) => logits[b]! - logits[a]!);
      const likeliest = order.slice(0, mostRows);
      const gold = right.filter(index => !likeliest.includes(index));
      const shown = [...likeliest.slice(0, mostRows - gold.length), ...gold];
      return shown.map(index => {
        const label = labels[index]!;
        return { title: label, choice: { kind: 'label', label } };
      });
    }
    case 'regression':
    case 'token-classification':
    case 'fill-mask':
    case 'question-answering': {
      const possible = questions.filter(({ possible }) => possible);
      const seen = new Set<string>();
      const each = possible.filter(({ choice }) => {
        const key = JSON.stringify(choice);
        return !seen.has(key) && seen.add(key);
      });
      return each
        .slice(0, mostRows)
        .map(({ group, says, choice }) => ({ title: `${group}: ${says}`, choice }));
    }
  }
}

function sameChoice(one: LabelChoice, other: LabelChoice): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
