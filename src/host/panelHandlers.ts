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
import { copyJson, savePicture } from './panel/exports';
import type { LinesHandlerParts } from './lines/linesHandlers';
import { makeLinesHandlers } from './lines/linesHandlers';
import type { PanelHandlers } from './panel/listen';
import type { PanelHost } from './panel/panelHost';
import { reveal } from './records/reveal';
import type { RewriteHandlerParts } from './rewrite/rewriteHandlers';
import { makeRewriteHandlers } from './rewrite/rewriteHandlers';

export interface PanelHandlerParts
  extends AttackHandlerParts, RewriteHandlerParts, LinesHandlerParts, InfluenceHandlerParts {
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

/** Stops what is at work for the tab in front: of several lines, of a training file, or of a single line. */
function cancelTab(parts: PanelHandlerParts): void {
  const { explainer, attacker, maps, rewriter, linesAttacker, tracer, rowMaps, suspicions } = parts;
  const workOf = {
    lines: [linesAttacker()],
    influence: [tracer(), rowMaps()],
    suspicious: [suspicions()],
    line: [explainer(), attacker(), maps(), rewriter()],
  };
  const { tab } = parts.panel();
  const works =
    tab === 'lines' || tab === 'influence' || tab === 'suspicious' ? workOf[tab] : workOf.line;
  for (const work of works) work.cancel();
}

const nothing = () => undefined;

export function makePanelHandlers(parts: PanelHandlerParts): PanelHandlers {
  const { choices, heatmap } = parts;
  /** Runs `work`; what it throws is told as every failure is. */
  const guarded = (work: () => Promise<unknown>) => {
    work().catch((error: unknown) => {
      parts.failures().tell(error);
    });
  };
  return {
    choose(chosen) {
      guarded(async () => {
        await choices.set(chosen);
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
      cancelTab(parts);
    },
    copyJson() {
      const state = parts.explainer().current?.state;
      if (state) guarded(() => copyJson(state));
    },
    savePicture({ svg }) {
      const { current } = parts.explainer();
      if (current) guarded(() => savePicture(svg, current.uri, current.state));
    },
    ...makeAttackHandlers(parts, guarded),
    ...makeInfluenceHandlers(parts, guarded),
    ...makeRewriteHandlers(parts, guarded),
    ...makeLinesHandlers(parts, guarded),
    compareRow: nothing,
    compareOpen: nothing,
    compareModel: nothing,
    evaluationReveal: nothing,
    evaluationExplain: nothing,
    evaluationShowCell: nothing,
    evaluationResume: nothing,
    evaluationProblems: nothing,
    evaluationShowFile: nothing,
    driversAgain: nothing,
    driversReveal: nothing,
    modelsReveal: nothing,
    modelsOpen: nothing,
    modelsResume: nothing,
    measuresResume: nothing,
    measuresShowFile: nothing,
    savePng: nothing,
    copyPicture: nothing,
    savePage: nothing,
    selectModel() {
      void vscode.commands.executeCommand(commands.selectModel);
    },
    showLog() {
      void vscode.commands.executeCommand(commands.showLog);
    },
  };
}
