/** Two models on lines of a file: a table of what changed that grows in the panel. */
import * as vscode from 'vscode';
import { defaultMaps, modelChangesRun } from '../../batch/modelChanges/modelChangesRun';
import { readingOf } from '../explain/askEngine';
import { contentOf } from '../lines/linesDataset';
import type { LinesModelParts } from '../lines/linesModel';
import { loadForLines } from '../lines/linesModel';
import type { LinesKind, LinesRunnerParts, LinesWork } from '../lines/linesRunner';
import { LinesRunner } from '../lines/linesRunner';
import { keyOf } from '../lines/resultPlaces';
import type { OtherModel } from '../models/otherModel';

export type ChangesWork = LinesWork & {
  /** Pick the second model now, whatever is remembered. */
  readonly anew: boolean;
};

export type ModelChanges = LinesRunner<ChangesWork, 'modelChanges'>;

export interface ModelChangesParts extends LinesRunnerParts, LinesModelParts {
  readonly otherModel: Pick<OtherModel, 'find'>;
}

export function makeModelChanges(parts: ModelChangesParts): ModelChanges {
  return new LinesRunner(parts, changes(parts));
}

function changes(parts: ModelChangesParts): LinesKind<ChangesWork, 'modelChanges'> {
  return {
    event: 'modelChanges',
    tab: 'models',
    wholeFile: {
      many: 2000,
      question: (records, file) =>
        vscode.l10n.t('Compare the models on all {0} records of {1}?', records, file),
      yes: vscode.l10n.t('Compare'),
    },
    says: file => ({
      busy: vscode.l10n.t('Comparing models on {0}', file),
      title: vscode.l10n.t('Glassbox: comparing models on {0}', file),
    }),
    progress: ({ done, total, flipped }) => ({
      ...{ done, total },
      says: vscode.l10n.t('{0} of {1}, {2} predictions changed', done, total, flipped),
    }),
    rows: ({ rows }) => rows.length,
    async prepare({ work, dataset, modelDir, controller }) {
      const { lines, anew } = work;
      const otherDir = await parts.otherModel.find(modelDir, anew);
      if (otherDir === null || controller.signal.aborted) return null;
      const chosen = parts.choices.get();
      const load = async (dir: string, task: typeof chosen.task) => {
        const { task: kind, longText } = readingOf({ ...chosen, task }, lines.uri);
        const reading = { ...(kind && { task: kind }), ...(longText && { longText }) };
        const { used, model } = await loadForLines(parts, dir, reading, controller);
        return { question: { ...used, ...reading }, hash: model.hash };
      };
      const before = await load(modelDir, chosen.task);
      // A task that was chosen for the one model need not be one of the other.
      const after = await load(otherDir, null);
      const maps = defaultMaps;
      const { signal } = controller;
      const content = await contentOf(dataset, signal);
      const decides = { changes: 1, before, after, maps, fields: dataset.fields, content };
      return {
        work: { ...work, anew: false },
        save: {
          key: keyOf({ ...decides, file: lines.uri.toString(), lines: lines.lines }),
          name: { suffix: 'models', dialog: null },
        },
        run: async (output, tell) => {
          const questions = { before: before.question, after: after.question };
          const run = { dataset, ...questions, maps, output };
          return (await modelChangesRun(run, parts.engine, { signal, onProgress: tell })).state;
        },
      };
    },
    complete: raw => raw,
  };
}
