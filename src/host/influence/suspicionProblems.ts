/** Suspicious lines as entries of the Problems view, where that is wanted. */
import * as vscode from 'vscode';
import type { SuspicionResult, SuspiciousRow } from '../../protocol';
import { RecordProblems, type RecordProblem } from '../problems/recordProblems';
import type { FieldChoice } from '../records/fieldChoice';
import { textRow, type RowPlaces } from '../records/rowPlaces';
import { inProblemsSetting, settingNames } from '../settings';

/** A ranking, and where its rows stand now. */
export interface RankedRows {
  readonly uri: vscode.Uri;
  readonly places: RowPlaces;
  readonly result: SuspicionResult;
}

export class SuspicionProblems implements vscode.Disposable {
  isOn = inProblemsSetting();
  private readonly shown: RecordProblems;
  private ranked: RankedRows | null = null;
  private readonly switched = new vscode.EventEmitter<boolean>();
  /** They are wanted in the Problems view from now on, or no longer. */
  readonly onDidSwitch = this.switched.event;
  private readonly settingListener: vscode.Disposable;

  constructor(fields: FieldChoice) {
    this.shown = new RecordProblems('glassbox', fields);
    this.settingListener = vscode.workspace.onDidChangeConfiguration(change => {
      if (change.affectsConfiguration(settingNames.suspiciousInProblems)) {
        void this.turn(inProblemsSetting());
      }
    });
  }

  /** The rows of a new ranking take the place of those of the one before. */
  async set(ranked: RankedRows): Promise<void> {
    this.ranked = ranked;
    await this.show();
  }

  /** Puts the rows into the Problems view, or takes them out. */
  async turn(on: boolean): Promise<void> {
    if (this.isOn === on) return;
    this.isOn = on;
    this.switched.fire(on);
    await this.show();
  }

  /** A file was edited, and the places of the rows are right again. */
  follow(uri: vscode.Uri): void {
    this.shown.follow(uri);
  }

  private async show(): Promise<void> {
    const { ranked } = this;
    if (!this.isOn || !ranked) {
      this.shown.clear();
      return;
    }
    const { uri, places, result } = ranked;
    await this.shown.set({ uri, places, problems: result.rows.map(problemOf) });
  }

  dispose(): void {
    this.settingListener.dispose();
    this.switched.dispose();
    this.shown.dispose();
  }
}

/** The reason begins with the label and with what the model says. */
function problemOf(row: SuspiciousRow): RecordProblem {
  const { Warning, Information } = vscode.DiagnosticSeverity;
  return {
    row: textRow(row),
    severity: row.agrees === false ? Warning : Information,
    message: vscode.l10n.t('Suspicious label, number {0} of the list: {1}', row.rank, row.reason),
    code: 'suspicious-label',
    at: 'label',
  };
}
