/** What other extensions (and our own tests) get from `extensions.getExtension('glassbox.glassbox').exports`. */
import type * as vscode from 'vscode';
import type { PanelState } from '../protocol';
import type { Explainer } from './explain/explainer';
import type { Failures } from './failures';
import { tintOf } from './heatmap/heatmap';
import type { Heatmap } from './heatmap/heatmap';
import { strengthOf } from './heatmap/spans';
import type { Strength } from './heatmap/spans';
import type { Tint } from './heatmap/styles';
import type { Failure } from './report';

/** Characters of the explained record and how they are tinted. */
export interface TintedRange {
  readonly range: vscode.Range;
  readonly tint: Tint;
  readonly strength: Strength;
}

export interface GlassboxApi {
  /** Raised when something below changes its meaning. */
  readonly version: 1;
  /** Milliseconds from the first line of the extension's code to the end of its activation. */
  readonly activationMilliseconds: number;
  /** What was explained last, or null. */
  lastState(): PanelState | null;
  /** What was told to the user last, or null. */
  lastFailure(): Failure | null;
  /** The tints that are shown now; empty after Clear Heatmap and while the line differs from what was explained. */
  heatmap(): readonly TintedRange[];
  /** Characters of the record that the model did not see, marked as such. */
  unseen(): readonly vscode.Range[];
  /** Whether the line was edited since it was explained. */
  isStale(): boolean;
  readonly onDidExplain: vscode.Event<PanelState>;
  readonly onDidFail: vscode.Event<Failure>;
}

/** The listener on failures lives as long as the failures, which own the event. */
export function makeApi(
  explainer: Explainer,
  failures: Failures,
  heatmap: Heatmap,
  activationMilliseconds: number,
): GlassboxApi {
  let failure: Failure | null = null;
  failures.onDidFail(latest => {
    failure = latest;
  });
  return {
    version: 1,
    activationMilliseconds,
    lastState: () => explainer.current?.state ?? null,
    lastFailure: () => failure,
    heatmap() {
      const picture = heatmap.shown();
      if (!picture) return [];
      return picture.spans.map(({ span, range }) => ({
        range,
        tint: tintOf(span, picture.explanation.signed),
        strength: strengthOf(span),
      }));
    },
    unseen: () => heatmap.shown()?.unseen ?? [],
    isStale: () => explainer.current?.stale ?? false,
    onDidExplain: explainer.onDidExplain,
    onDidFail: failures.onDidFail,
  };
}
