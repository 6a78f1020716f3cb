/** Which tokens drive a file: a table that grows in the panel. */
import * as vscode from 'vscode';
import { driversRun } from '../../batch/drivers/driversRun';
import type { DriversSettings, DriversState } from '../../protocol';
import { readingOf } from '../explain/askEngine';
import type { LinesModelParts } from '../lines/linesModel';
import { loadForLines } from '../lines/linesModel';
import type { LinesKind, LinesRunnerParts, LinesWork } from '../lines/linesRunner';
import { LinesRunner } from '../lines/linesRunner';
import { fitDrivers } from './driversMemory';

export interface DriversWork extends LinesWork {
  readonly settings: DriversSettings;
}

export type DriversFinder = LinesRunner<DriversWork, 'drivers'>;

export function makeDriversFinder(parts: LinesRunnerParts & LinesModelParts): DriversFinder {
  return new LinesRunner(parts, drivers(parts));
}

function drivers(parts: LinesModelParts): LinesKind<DriversWork, 'drivers'> {
  return {
    event: 'drivers',
    tab: 'drivers',
    wholeFile: {
      many: 2000,
      question: (records, file) => vscode.l10n.t('Explain all {0} records of {1}?', records, file),
      yes: vscode.l10n.t('Explain'),
    },
    says: file => ({
      busy: vscode.l10n.t('Looking for the tokens that drive {0}', file),
      title: vscode.l10n.t('Glassbox: which tokens drive {0}', file),
    }),
    progress: ({ done, total }) => ({
      done,
      total,
      says: vscode.l10n.t('{0} of {1}', done, total),
    }),
    rows: ({ rows }) => rows.length,
    async prepare({ work: { lines, settings }, dataset, modelDir, controller }) {
      const { task, longText } = readingOf(parts.choices.get(), lines.uri);
      const reading = { ...(task && { task }), ...(longText && { longText }) };
      const { used, model } = await loadForLines(parts, modelDir, reading, controller);
      const run = {
        dataset,
        question: { ...used, ...reading },
        settings: fitDrivers(settings, model.methods),
      };
      const { signal } = controller;
      // The panel offers what the model can be explained by.
      const offering = (state: DriversState) => ({ ...state, methods: model.methods });
      return {
        save: null,
        run: async (_jsonl, tell) =>
          offering(
            await driversRun(run, parts.engine, {
              signal,
              onProgress: state => {
                tell(offering(state));
              },
            }),
          ),
      };
    },
    complete: raw => raw,
  };
}
