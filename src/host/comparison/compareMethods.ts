/** One line by every method of its model: how the maps agree, and how faithful each of them is. */
import * as vscode from 'vscode';
import type { CallOptions, MeasureName, MethodDescription, PanelChoices } from '../../protocol';
import { GlassboxError } from '../../protocol';
import { fitChoices, withMethod } from '../choices';
import { checkShape, requestFor } from '../explain/askEngine';
import type { Engine } from '../explain/engine';
import type { Ground } from './ground';
import { inOrder } from './methodOrder';
import type { ComparisonPlan, RowAnswer, RowPlan } from './plan';

/** What costs some runs of the model and no more; the rest is for reports. */
const measured: readonly MeasureName[] = ['auc-tp', 'comprehensiveness', 'sufficiency', 'tau-loo'];

/** Method's parameters are the remembered ones of the method that was chosen, defaults of all others. */
export function compareMethods(engine: Engine, ground: Ground): ComparisonPlan {
  const { found, model, wanted } = ground;
  const { methods, labels } = model;
  const around = { methods, labels, record: found.info, sameText: ground.sameText };
  const usual = fitChoices(wanted, around);
  const rows = inOrder(methods, usual.method).map((method): RowPlan => {
    const isChosen = method.name === usual.method;
    const choices = isChosen ? usual : withMethod(usual, method.name, around);
    return {
      key: method.name,
      title: method.title,
      family: method.family,
      costs: method.costly && !isChosen ? costOf(method) : null,
      ask: calling => measure(engine, ground, choices, calling),
    };
  });
  return { kind: 'methods', found, about: null, rows };
}

function costOf({ defaults: { samples } }: MethodDescription): string {
  return samples === undefined
    ? vscode.l10n.t('Runs the model once for each token, and more.')
    : vscode.l10n.t('Runs the model about {0} times.', samples);
}

async function measure(
  engine: Engine,
  { found, model, used }: Ground,
  choices: PanelChoices,
  calling: CallOptions,
): Promise<RowAnswer> {
  const { method, parameters, ...request } = requestFor(used, found, choices);
  const { rationale } = found.record;
  const answer = await engine.call(
    'measure',
    {
      ...request,
      choices: [{ method, parameters, weights: 'real' }],
      options: { measures: measured },
      ...(rationale.length > 0 && { rationale }),
    },
    calling,
  );
  const [only] = answer.methods;
  if (!only?.explanation) {
    const says = only?.failed ?? vscode.l10n.t('The engine has not answered.');
    throw new GlassboxError('bad-input', says);
  }
  const { explanation, measures } = only;
  checkShape(explanation);
  return { explanation, measures, choices, methods: model.methods };
}
