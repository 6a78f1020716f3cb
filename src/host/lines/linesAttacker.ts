/** An attack on several lines. */
import * as vscode from 'vscode';
import type { AttackQuestion } from '../../batch/attackRun';
import { attackRun } from '../../batch/attackRun';
import { csvBeside } from '../../batch/resultFiles';
import { resolveAttackOptions } from '../../interpret/attack/options';
import type { AttackSettings, AttackTable } from '../../protocol';
import { fitSettings } from '../attack/attackMemory';
import { targetsOf } from '../attack/targets';
import { readingOf } from '../explain/askEngine';
import { shortPath } from './linesDataset';
import type { LinesKind, LinesRunnerParts, LinesWork } from './linesRunner';
import { LinesRunner } from './linesRunner';
import { loadForLines, type LinesModelParts } from './linesModel';
import { keyOf } from './resultPlaces';

export interface AttackWork extends LinesWork {
  readonly wanted: AttackSettings;
}

export type LinesAttacker = LinesRunner<AttackWork, 'lines'>;

export function makeLinesAttacker(parts: LinesRunnerParts & LinesModelParts): LinesAttacker {
  return new LinesRunner(parts, attacks(parts));
}

function attacks(parts: LinesModelParts): LinesKind<AttackWork, 'lines'> {
  return {
    event: 'lines',
    tab: 'lines',
    wholeFile: {
      many: 200,
      question: (records, file) => vscode.l10n.t('Attack all {0} records of {1}?', records, file),
      yes: vscode.l10n.t('Attack'),
    },
    says: file => ({
      busy: vscode.l10n.t('Attacking lines of {0}', file),
      title: vscode.l10n.t('Glassbox: attacking {0}', file),
    }),
    progress: ({ summary: { done, total, succeeded } }) => ({
      ...{ done, total },
      says: vscode.l10n.t('{0} of {1}, {2} succeeded', done, total, succeeded),
    }),
    rows: ({ rows }) => rows.length,
    async prepare({ work: { lines, wanted }, dataset, modelDir, controller }) {
      const reading = readingOf(parts.choices.get(), lines.uri);
      const { used, model } = await loadForLines(parts, modelDir, reading, controller);
      const settings = fitSettings(wanted, targetsOf(model));
      const options = resolveAttackOptions(settings.attack, settings.options);
      const { fields } = dataset;
      const decides = { ...settings, options, reading, fields, model: model.hash };
      const label = { kind: 'predicted' } as const;
      const question: AttackQuestion = { ...used, ...reading, ...settings, label };
      return {
        save: {
          key: keyOf({ ...decides, file: lines.uri.toString(), lines: lines.lines }),
          name: {
            suffix: `attack-${question.attack}`,
            beside: csvBeside,
            dialog: {
              title: vscode.l10n.t(
                'Save the results of the attack (a table in CSV is written beside it)',
              ),
              saveLabel: vscode.l10n.t('Attack'),
            },
          },
        },
        run: (jsonl, tell) => {
          const output = jsonl === null ? null : { jsonl, csv: csvBeside(jsonl) };
          const watch = { signal: controller.signal, onStart: tell, onRow: tell };
          return attackRun({ dataset, question, output }, parts.engine, watch);
        },
      };
    },
    complete: (raw, jsonl): AttackTable => ({
      ...raw,
      saved:
        jsonl === null
          ? { jsonl: '', csv: '' }
          : { jsonl: shortPath(jsonl), csv: shortPath(csvBeside(jsonl)) },
    }),
  };
}
