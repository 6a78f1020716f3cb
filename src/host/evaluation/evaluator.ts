/** What the model says of every record of a file: a report that grows in the panel. */
import * as vscode from 'vscode';
import type { Evaluation } from '../../batch/evaluation/evaluationRun';
import { evaluationRun } from '../../batch/evaluation/evaluationRun';
import type { LineSource } from '../../dataset';
import { openFileLines } from '../../dataset';
import type { EvaluationCell, EvaluationState } from '../../protocol';
import { readingOf } from '../explain/askEngine';
import { contentOf, shortPath } from '../lines/linesDataset';
import type { LinesModelParts } from '../lines/linesModel';
import { loadForLines } from '../lines/linesModel';
import type { LinesKind, LinesRunnerParts, LinesWork } from '../lines/linesRunner';
import { LinesRunner } from '../lines/linesRunner';
import { keyOf } from '../lines/resultPlaces';
import type { PanelHost } from '../panel/panelHost';
import { RecordProblems } from '../problems/recordProblems';
import { problemsOf } from './evaluationProblems';

export interface EvaluatorParts extends LinesRunnerParts, LinesModelParts {
  readonly panel: LinesRunnerParts['panel'] & Pick<PanelHost, 'evaluationCell'>;
}

export class Evaluator implements vscode.Disposable {
  readonly runner: LinesRunner<LinesWork, 'evaluation'>;
  /** Wrong lines are wanted in the Problems view. */
  private inProblems = false;
  private latest: Evaluation | null = null;
  private readonly problems: RecordProblems;
  private readonly listener: vscode.Disposable;

  constructor(private readonly parts: EvaluatorParts) {
    this.problems = new RecordProblems('glassbox-evaluation', parts.fields);
    this.runner = new LinesRunner(parts, this.kind());
    this.listener = this.runner.onDidChange(({ state }) => {
      if (state === 'running') this.problems.clear();
      else void this.showProblems();
    });
  }

  /** As LinesRunner.start. */
  async evaluate(lines: LinesWork['lines']): Promise<EvaluationState | null> {
    return this.runner.start({ lines });
  }

  /** Tells the panel the lines of a cell of the confusion matrix. */
  async showCell(gold: string, predicted: string): Promise<EvaluationCell | null> {
    const { latest } = this;
    const current = this.runner.current;
    if (!latest || !current) return null;
    const { source, format, fields, places } = current.lines;
    const rowsIn = (lines: LineSource) =>
      latest.cellRows({ source: lines, format, fields }, { gold, predicted });
    let cell: EvaluationCell;
    if (source) cell = rowsIn(source);
    else {
      const file = await openFileLines(places.uri.fsPath);
      try {
        cell = rowsIn(file);
      } finally {
        await file.close();
      }
    }
    this.parts.panel.evaluationCell(cell);
    return cell;
  }

  /** Puts the wrong lines into the Problems view, or takes them out. */
  turn(on: boolean): void {
    if (this.inProblems === on) return;
    this.inProblems = on;
    this.runner.refresh();
  }

  /** Takes everything that evaluations have found out of the Problems view. */
  clearProblems(): void {
    this.turn(false);
    this.problems.clear();
  }

  follow(uri: vscode.Uri, moved: (line: number) => number): void {
    this.runner.follow(uri, moved);
    this.problems.follow(uri);
  }

  private async showProblems(): Promise<void> {
    const { current } = this.runner;
    if (!current) return;
    const { state, lines } = current;
    const { places } = lines;
    await this.problems.set({ uri: places.uri, places, problems: problemsOf(state, lines) });
  }

  private kind(): LinesKind<LinesWork, 'evaluation'> {
    const { parts } = this;
    return {
      event: 'evaluation',
      tab: 'evaluation',
      wholeFile: {
        many: 20_000,
        question: (records, file) =>
          vscode.l10n.t('Evaluate all {0} records of {1}?', records, file),
        yes: vscode.l10n.t('Evaluate'),
      },
      says: file => ({
        busy: vscode.l10n.t('Evaluating {0}', file),
        title: vscode.l10n.t('Glassbox: evaluating {0}', file),
      }),
      progress: ({ summary: { done, total, accuracy } }) => ({
        ...{ done, total },
        says:
          accuracy === null
            ? vscode.l10n.t('{0} of {1}', done, total)
            : vscode.l10n.t('{0} of {1}, accuracy {2}', done, total, accuracy.toFixed(3)),
      }),
      rows: ({ wrong, problems }) => wrong.length + problems.length,
      prepare: async ({ work: { lines }, dataset, modelDir, controller }) => {
        const { task, longText } = readingOf(parts.choices.get(), lines.uri);
        const reading = { ...(task && { task }), ...(longText && { longText }) };
        const { used, model } = await loadForLines(parts, modelDir, reading, controller);
        const { signal } = controller;
        const content = await contentOf(dataset, signal);
        const decides = { evaluation: 1, reading, fields: dataset.fields, model: model.hash };
        return {
          save: {
            key: keyOf({ ...decides, file: lines.uri.toString(), lines: lines.lines, content }),
            name: { suffix: 'evaluation', dialog: null },
          },
          run: async (jsonl, tell) => {
            const onProgress = (evaluation: Evaluation) => {
              this.latest = evaluation;
              tell(evaluation.state);
            };
            const question = { ...used, ...reading };
            const run = { dataset, question, output: jsonl };
            const last = await evaluationRun(run, parts.engine, { signal, onProgress });
            this.latest = last;
            return last.state;
          },
        };
      },
      complete: (raw, jsonl) => ({
        ...raw,
        inProblems: this.inProblems,
        saved: jsonl === null ? '' : shortPath(jsonl),
      }),
    };
  }

  dispose(): void {
    this.listener.dispose();
    this.runner.dispose();
    this.problems.dispose();
  }
}
