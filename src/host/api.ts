/** What other extensions (and our own tests) get from `extensions.getExtension('glassbox.glassbox').exports`. */
import type * as vscode from 'vscode';
import type {
  AttackState,
  AttackTable,
  ComparisonState,
  DriversState,
  EvaluationState,
  InfluenceState,
  MeasureReport,
  ModelChangesState,
  PanelState,
  RewriteState,
  SuspicionState,
} from '../protocol';
import type { Attacker } from './attack/attacker';
import type { Comparer } from './comparison/comparer';
import type { DriversFinder } from './drivers/driversFinder';
import type { Evaluator } from './evaluation/evaluator';
import type { Explainer } from './explain/explainer';
import type { Failures } from './failures';
import { tintOf } from './heatmap/heatmap';
import type { Heatmap } from './heatmap/heatmap';
import { strengthOf } from './heatmap/spans';
import type { Strength } from './heatmap/spans';
import type { Tint } from './heatmap/styles';
import type { Suspicions } from './influence/suspicions';
import type { Tracer } from './influence/tracer';
import type { LinesAttacker } from './lines/linesAttacker';
import type { Measurer } from './measuring/measurer';
import type { ModelChanges } from './modelChanges/modelChanges';
import type { Failure } from './report';
import type { Rewriter } from './rewrite/rewriter';

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
  /** The attack on a line that is shown, as far as it has come, or null. */
  lastAttack(): AttackState | null;
  /** The line that is being rewritten, or null. */
  lastRewrite(): RewriteState | null;
  /** The attack on several lines, as far as it has come, or null. */
  lastTable(): AttackTable | null;
  /** The training lines behind a line or several, finished or on their way, or null. */
  lastTrace(): InfluenceState | null;
  /** The suspicious lines of a training file, finished or on their way, or null. */
  lastSuspicions(): SuspicionState | null;
  /** Maps of a line side by side, finished or on their way, or null; and the other reports. */
  lastComparison(): ComparisonState | null;
  lastEvaluation(): EvaluationState | null;
  lastDrivers(): DriversState | null;
  lastModelChanges(): ModelChangesState | null;
  lastMeasures(): MeasureReport | null;
  /** Stops what is at work, as Cancel in the panel does; what was found so far stays. */
  cancel(): void;
  readonly onDidExplain: vscode.Event<PanelState>;
  /** An attack on a line has come further, or has ended. */
  readonly onDidAttack: vscode.Event<AttackState>;
  readonly onDidRewrite: vscode.Event<RewriteState>;
  /** After each line of an attack on several, and at its end. */
  readonly onDidAttackLines: vscode.Event<AttackTable>;
  /** A trace has come further, or has ended. */
  readonly onDidTrace: vscode.Event<InfluenceState>;
  readonly onDidFindSuspicious: vscode.Event<SuspicionState>;
  /** A row of a comparison is done, or the comparison has ended. */
  readonly onDidCompare: vscode.Event<ComparisonState>;
  /** An evaluation has come further, or has ended; and so the other reports. */
  readonly onDidEvaluate: vscode.Event<EvaluationState>;
  readonly onDidFindDrivers: vscode.Event<DriversState>;
  readonly onDidCompareModels: vscode.Event<ModelChangesState>;
  readonly onDidMeasure: vscode.Event<MeasureReport>;
  readonly onDidFail: vscode.Event<Failure>;
}

export interface ApiParts {
  readonly explainer: Explainer;
  readonly attacker: Attacker;
  readonly rewriter: Rewriter;
  readonly linesAttacker: LinesAttacker;
  readonly tracer: Tracer;
  readonly suspicions: Suspicions;
  readonly comparer: Comparer;
  readonly evaluator: Evaluator;
  readonly driversFinder: DriversFinder;
  readonly modelChanges: ModelChanges;
  readonly measurer: Measurer;
  readonly failures: Failures;
  readonly heatmap: Heatmap;
  /** Everything that may be at work. */
  readonly works: readonly { cancel(): void }[];
}

/** The listener on failures lives as long as the failures, which own the event. */
export function makeApi(parts: ApiParts, activationMilliseconds: number): GlassboxApi {
  const { explainer, attacker, rewriter, linesAttacker, tracer, suspicions } = parts;
  const { comparer, evaluator, driversFinder, modelChanges, measurer } = parts;
  const { failures, heatmap, works } = parts;
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
    lastAttack: () => attacker.current?.state ?? null,
    lastRewrite: () => rewriter.current?.state ?? null,
    lastTable: () => linesAttacker.current?.state ?? null,
    lastTrace: () => tracer.current?.state ?? null,
    lastSuspicions: () => suspicions.current?.state ?? null,
    lastComparison: () => comparer.current?.state ?? null,
    lastEvaluation: () => evaluator.runner.current?.state ?? null,
    lastDrivers: () => driversFinder.current?.state ?? null,
    lastModelChanges: () => modelChanges.current?.state ?? null,
    lastMeasures: () => measurer.current?.state ?? null,
    cancel() {
      for (const work of works) work.cancel();
    },
    onDidExplain: explainer.onDidExplain,
    onDidAttack: attacker.onDidAttack,
    onDidRewrite: rewriter.onDidRewrite,
    onDidAttackLines: linesAttacker.onDidChange,
    onDidTrace: tracer.onDidTrace,
    onDidFindSuspicious: suspicions.onDidFind,
    onDidCompare: comparer.onDidCompare,
    onDidEvaluate: evaluator.runner.onDidChange,
    onDidFindDrivers: driversFinder.onDidChange,
    onDidCompareModels: modelChanges.onDidChange,
    onDidMeasure: measurer.onDidChange,
    onDidFail: failures.onDidFail,
  };
}
