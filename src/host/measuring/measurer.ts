/** How good explanations of lines are: a report that grows in the panel, and lies on the disk as JSONL and as a page. */
import * as vscode from 'vscode';
import type { MeasureQuestion } from '../../batch/measuring/measureRun';
import { measureRun } from '../../batch/measuring/measureRun';
import { measurePage } from '../../batch/page/measurePage';
import { checkPageFile, writePage } from '../../batch/page/pageFile';
import type { MeasuredChoice, MethodDescription, ModelInfo, PanelChoices } from '../../protocol';
import { fitChoices, withMethod } from '../choices';
import { readingOf } from '../explain/askEngine';
import { contentOf, shortPath } from '../lines/linesDataset';
import type { LinesModelParts } from '../lines/linesModel';
import { loadForLines } from '../lines/linesModel';
import type { LinesKind, LinesRunnerParts, LinesWork } from '../lines/linesRunner';
import { LinesRunner } from '../lines/linesRunner';
import type { ResultName } from '../lines/resultPlaces';
import { keyOf } from '../lines/resultPlaces';

export interface MeasureWork extends LinesWork {
  /** Names of methods; null: a person is asked. */
  readonly methods: readonly string[] | null;
}

export type Measurer = LinesRunner<MeasureWork, 'measures'>;

export interface MeasurerParts extends LinesRunnerParts, LinesModelParts {
  /** Null when the user changed their mind. */
  readonly pickMethods: (
    methods: readonly MethodDescription[],
    chosen: string,
  ) => Promise<readonly string[] | null>;
}

export function makeMeasurer(parts: MeasurerParts): Measurer {
  return new LinesRunner(parts, measuring(parts));
}

/** The page that belongs to a JSONL file: 'results.jsonl' and 'results.html'. */
export function pageBeside(jsonl: string): string {
  return `${jsonl.replace(/\.(?:jsonl|ndjson)$/i, '')}.html`;
}

function measuring(parts: MeasurerParts): LinesKind<MeasureWork, 'measures'> {
  return {
    event: 'measures',
    tab: 'measures',
    wholeFile: {
      many: 50,
      question: (records, file) =>
        vscode.l10n.t('Measure the explanations of all {0} records of {1}?', records, file),
      yes: vscode.l10n.t('Measure'),
    },
    says: file => ({
      busy: vscode.l10n.t('Measuring explanations of {0}', file),
      title: vscode.l10n.t('Glassbox: measuring explanations of {0}', file),
    }),
    progress: ({ done, total }) => ({
      done,
      total,
      says: vscode.l10n.t('{0} of {1}', done, total),
    }),
    rows: ({ methods }) => methods.length,
    async prepare({ work, dataset, modelDir, controller }) {
      const { lines } = work;
      const { signal } = controller;
      const wanted = parts.choices.get();
      const reading = readingOf(wanted, lines.uri);
      const { used, model } = await loadForLines(parts, modelDir, reading, controller);
      const names = work.methods ?? (await parts.pickMethods(model.methods, wanted.method));
      if (names === null || signal.aborted) return null;
      const question: MeasureQuestion = {
        ...used,
        ...reading,
        choices: names.map(name => choiceOf(name, wanted, model)),
        scalar: wanted.scalar,
        label: { kind: 'predicted' },
        options: {},
      };
      const content = await contentOf(dataset, signal);
      const decides = { measures: 1, question, fields: dataset.fields, model: model.hash, content };
      return {
        work: { ...work, methods: names },
        save: {
          key: keyOf({ ...decides, file: lines.uri.toString(), lines: lines.lines }),
          name: nameFor(lines.lines),
        },
        run: async (output, tell) => {
          const page = output === null ? null : pageBeside(output);
          if (page !== null) await checkPageFile(page, [dataset.path]);
          const run = { dataset, question, output };
          const last = await measureRun(run, parts.engine, { signal, onReport: tell });
          if (page !== null) await writePage(page, measurePage(last));
          return last;
        },
      };
    },
    complete: (raw, jsonl) => ({
      ...raw,
      saved:
        jsonl === null
          ? { jsonl: '', html: '' }
          : {
              jsonl: shortPath(jsonl),
              // It is written at the end.
              html: raw.state === 'running' ? '' : shortPath(pageBeside(jsonl)),
            },
    }),
  };
}

/** The chosen method is measured with the parameters that were chosen for it, every other one with its defaults. */
function choiceOf(
  name: string,
  wanted: PanelChoices,
  { methods, labels }: ModelInfo,
): MeasuredChoice {
  const record = { gold: null, words: null, pair: null };
  const around = { methods, labels, record, sameText: false };
  const fitting =
    name === wanted.method ? fitChoices(wanted, around) : withMethod(wanted, name, around);
  return {
    method: fitting.method,
    parameters: { ...fitting.parameters, aggregate: fitting.aggregate },
    weights: 'real',
  };
}

/** Of a single line nobody is asked where the results shall lie. */
function nameFor(lines: readonly number[] | null): ResultName {
  const dialog = {
    title: vscode.l10n.t('Save the measures (a page with plots is written beside them)'),
    saveLabel: vscode.l10n.t('Measure'),
  };
  return { suffix: 'measures', beside: pageBeside, dialog: lines?.length === 1 ? null : dialog };
}
