/** Asks which field is the text, which the second text of a pair and which the label, showing what stands in them on this line. */
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

function noneItem(label: string, description: string): FieldItem {
  return { label, description, field: null };
}

/** Null when the user changed their mind at any of the questions. */
export async function pickFields(fields: readonly Field[]): Promise<ChosenFields | null> {
  const ask = (step: number, placeHolder: string, items: readonly FieldItem[]) =>
    vscode.window.showQuickPick(items, {
      title: `${vscode.l10n.t('Glassbox: Select Fields')} (${step}/3)`,
      placeHolder,
    });
  const others = (...taken: readonly (string | null)[]) =>
    fields.filter(({ name }) => !taken.includes(name));
  const isText = ({ type }: Field) => type === 'string' || type === 'number';

  const text = await ask(
    1,
    vscode.l10n.t('Which field is the text that the model reads?'),
    fields.filter(field => isText(field) || field.elements !== null).map(fieldItem),
  );
  if (typeof text?.field !== 'string') return null;
  const pair = await ask(
    2,
    vscode.l10n.t('Which field is the second text: hypothesis, context, other sentence?'),
    [
      noneItem(vscode.l10n.t('No second text'), vscode.l10n.t('the model reads one text')),
      ...others(text.field).filter(isText).map(fieldItem),
    ],
  );
  if (!pair) return null;
  const label = await ask(3, vscode.l10n.t('Which field is the gold label?'), [
    ...others(text.field, pair.field).map(fieldItem),
    noneItem(vscode.l10n.t('No label'), vscode.l10n.t('these lines have no gold label')),
  ]);
  if (!label) return null;
  return { textField: text.field, pairField: pair.field, labelField: label.field };
}
