/** The comparisons of a line: which rows each of them has. */
import { withSlowProgress } from '../explain/slowProgress';
import type { Explainer } from '../explain/explainer';
import type { OtherModel } from '../models/otherModel';
import { openDocument } from '../records/openDocument';
import type { Target } from '../records/target';
import type { ComparisonState } from '../../protocol';
import { compareLabels } from './compareLabels';
import { compareMethods } from './compareMethods';
import { compareModels } from './compareModels';
import type { Comparer } from './comparer';
import { groundOf, type GroundParts } from './ground';
import * as vscode from 'vscode';

export interface ComparisonsParts extends GroundParts {
  readonly comparer: Comparer;
  readonly otherModel: Pick<OtherModel, 'find'>;
  readonly explainer: () => Pick<Explainer, 'adopt'>;
}

/** Two models' folders. */
export interface ModelPair {
  readonly before: string;
  readonly after: string;
}

export class Comparisons {
  constructor(private readonly parts: ComparisonsParts) {}

  async methods(target: Target): Promise<ComparisonState | null> {
    return this.parts.comparer.compare(async controller => {
      const ground = await groundOf(this.parts, target, controller);
      return ground && compareMethods(this.parts.engine, ground);
    });
  }

  async labels(target: Target): Promise<ComparisonState | null> {
    return this.parts.comparer.compare(async controller => {
      const ground = await groundOf(this.parts, target, controller);
      if (!ground) return null;
      const { file, line } = ground.found.info;
      const title = vscode.l10n.t('Glassbox: explaining line {0} of {1}', line, file);
      const { signal } = controller;
      return withSlowProgress(title, controller, onProgress =>
        compareLabels(this.parts.engine, ground, { signal, onProgress }),
      );
    });
  }

  /** With the pair that is named, else with the selected model and the one of the last time; `anew`: with one that is picked now. */
  async models(
    target: Target,
    { pair, anew = false }: { readonly pair?: ModelPair; readonly anew?: boolean } = {},
  ): Promise<ComparisonState | null> {
    const { comparer, engine, otherModel, use } = this.parts;
    return comparer.compare(async controller => {
      const ground = await groundOf(this.parts, target, controller, pair?.before);
      if (!ground) return null;
      if (pair) await use.checkTrust(pair.after);
      const other = pair?.after ?? (await otherModel.find(ground.modelDir, anew));
      return other === null ? null : compareModels(engine, ground, other);
    });
  }

  /** Compares the line that is shown with yet another model. */
  async otherModel(): Promise<ComparisonState | null> {
    const { current } = this.parts.comparer;
    if (current?.state.kind !== 'models') return null;
    const { uri, info } = current.plan.found;
    const document = await openDocument(uri);
    return this.models({ uri, document, line: info.line - 1 }, { anew: true });
  }

  /** Shows a row under the tab of explanations. */
  open(key: string): void {
    const { comparer, explainer } = this.parts;
    const state = comparer.panelState(key);
    if (state && comparer.current) explainer().adopt(comparer.current.plan.found, state);
  }
}
