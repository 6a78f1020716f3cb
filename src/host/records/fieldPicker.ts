/** Asks which field is the text and which the label, showing what stands in them on this line. */
import * as vscode from 'vscode';
import type { Field } from '../../dataset';
import type { ChosenFields } from './fieldChoice';

interface FieldItem extends vscode.QuickPickItem {
  /** Null: no label. */
  readonly field: string | null;
}

const longestSample = 80;

function fieldItem({ name, value }: Field): FieldItem {
  const sample = value.replace(/\s+/g, ' ').trim();
  const description =
    sample.length > longestSample ? `${sample.slice(0, longestSample - 1)}…` : sample;
  return { label: name, description, field: name };
}

/** Null when the user changed their mind at either question. */
export async function pickFields(fields: readonly Field[]): Promise<ChosenFields | null> {
  const title = vscode.l10n.t('Glassbox: Select Fields');
  const text = await vscode.window.showQuickPick(
    fields.filter(({ type }) => type === 'string' || type === 'number').map(fieldItem),
    {
      title: `${title} (1/2)`,
      placeHolder: vscode.l10n.t('Which field is the text that the model reads?'),
    },
  );
  if (typeof text?.field !== 'string') return null;
  const none: FieldItem = {
    label: vscode.l10n.t('No label'),
    description: vscode.l10n.t('these lines have no gold label'),
    field: null,
  };
  const label = await vscode.window.showQuickPick(
    [...fields.filter(({ name }) => name !== text.field).map(fieldItem), none],
    {
      title: `${title} (2/2)`,
      placeHolder: vscode.l10n.t('Which field is the gold label?'),
    },
  );
  return label ? { textField: text.field, labelField: label.field } : null;
}
