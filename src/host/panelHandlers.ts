/** What the panel asks for, done. */
import * as vscode from 'vscode';
import type { Attacker } from './attack/attacker';
import type { AttackHandlerParts } from './attack/attackHandlers';
import { makeAttackHandlers } from './attack/attackHandlers';
import type { ChoiceMemory } from './choices';
import type { Explained } from './explain/explained';
import type { Explainer } from './explain/explainer';
import type { Failures } from './failures';
import type { Heatmap } from './heatmap/heatmap';
import { spanOfToken } from './heatmap/spans';
import { commands } from './ids';
import type { InfluenceHandlerParts } from './influence/influenceHandlers';
import { makeInfluenceHandlers } from './influence/influenceHandlers';
import { copyJson, copyPicture, savePage, savePicture, savePng } from './panel/exports';
import type { ComparisonHandlerParts } from './comparison/comparisonHandlers';
import { makeComparisonHandlers } from './comparison/comparisonHandlers';
import type { DriversHandlerParts } from './drivers/driversHandlers';
import { makeDriversHandlers } from './drivers/driversHandlers';
import type { EvaluationHandlerParts } from './evaluation/evaluationHandlers';
import { makeEvaluationHandlers } from './evaluation/evaluationHandlers';
import type { MeasuringHandlerParts } from './measuring/measuringHandlers';
import { makeMeasuringHandlers } from './measuring/measuringHandlers';
import type { ModelChangesHandlerParts } from './modelChanges/modelChangesHandlers';
import { makeModelChangesHandlers } from './modelChanges/modelChangesHandlers';
import { tabOf } from './tabWorks';
import type { LinesHandlerParts } from './lines/linesHandlers';
import { makeLinesHandlers } from './lines/linesHandlers';
import type { PanelHandlers } from './panel/listen';
import type { PanelHost } from './panel/panelHost';
import { reveal } from './records/reveal';
import type { RewriteHandlerParts } from './rewrite/rewriteHandlers';
import { makeRewriteHandlers } from './rewrite/rewriteHandlers';

export interface PanelHandlerParts
  extends
    AttackHandlerParts,
    RewriteHandlerParts,
    LinesHandlerParts,
    InfluenceHandlerParts,
    ComparisonHandlerParts,
    EvaluationHandlerParts,
    DriversHandlerParts,
    ModelChangesHandlerParts,
    MeasuringHandlerParts {
  readonly explainer: () => Explainer;
  readonly attacker: () => Attacker;
  readonly failures: () => Failures;
  readonly choices: ChoiceMemory;
  readonly heatmap: Heatmap;
  readonly panel: () => Pick<PanelHost, 'tab'>;
}

/** Where a token of the shown record stands now; null for special tokens and edited lines. */
function rangeOfToken(explained: Explained | null, token: number | null): vscode.Range | null {
  if (!explained || explained.stale || token === null) return null;
  const span = spanOfToken(explained.spans, token);
  return span && explained.rangeOf(span);
}

export function makePanelHandlers(parts: PanelHandlerParts): PanelHandlers {
  const { choices, heatmap } = parts;
  /** Runs `work`; what it throws is told as every failure is. */
  const guarded = (work: () => Promise<unknown>) => {
    work().catch((error: unknown) => {
      parts.failures().tell(error);
    });
  };
  const subject = () => tabOf(parts, parts.panel().tab).subject;
  return {
    choose(chosen) {
      guarded(async () => {
        await choices.choose(chosen, parts.explainer().current?.state ?? null);
        await parts.explainer().again({ keepTab: true });
        const { tab } = parts.panel();
        if (tab === 'attack') await parts.maps().again();
        if (tab === 'rewrite') await parts.rewriter().again();
      });
    },
    hover({ token }) {
      heatmap.emphasise(rangeOfToken(parts.explainer().current, token));
    },
    reveal({ token }) {
      const { current } = parts.explainer();
      const range = rangeOfToken(current, token);
      if (current && range) guarded(() => reveal(current.uri, range));
    },
    cancel() {
      for (const work of tabOf(parts, parts.panel().tab).works) work.cancel();
    },
    copyJson() {
      const state = parts.explainer().current?.state;
      if (state) guarded(() => copyJson(state));
    },
    savePicture({ svg }) {
      guarded(() => savePicture(svg, subject()));
    },
    ...makeAttackHandlers(parts, guarded),
    ...makeInfluenceHandlers(parts, guarded),
    ...makeRewriteHandlers(parts, guarded),
    ...makeLinesHandlers(parts, guarded),
    ...makeComparisonHandlers(parts, guarded),
    ...makeEvaluationHandlers(parts, guarded),
    ...makeDriversHandlers(parts, guarded),
    ...makeModelChangesHandlers(parts, guarded),
    ...makeMeasuringHandlers(parts, guarded),
    savePng({ base64 }) {
      guarded(() => savePng(base64, subject()));
    },
    copyPicture({ svg }) {
      guarded(() => copyPicture(svg));
    },
    savePage({ html, name }) {
      guarded(() => savePage(html, name, subject()));
    },
    selectModel() {
      void vscode.commands.executeCommand(commands.selectModel);
    },
    showLog() {
      void vscode.commands.executeCommand(commands.showLog);
    },
  };
}
