/**
 * `npm run measure-study`: how good the maps of all methods are, on 200 lines each of two small models. Writes the tables of docs/measures.md,
 * each between its marks. `-- --only sst2` makes one of them again (sst2, tweets), `-- --lines 50` takes fewer lines, `-- --minutes 20` makes the
 * table of what is done after that time. What is measured is kept in .cache and
 * goes on where it was stopped.
 */
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { measureRun, type MeasureRun } from '../../src/batch/measuring/measureRun';
import { DatasetCache, formatOf, openFileLines, walkRecords } from '../../src/dataset';
import { EngineServer } from '../../src/engine/server';
import { methodDescriptions } from '../../src/interpret/saliency/methods';
import type { MethodParameters } from '../../src/protocol/explanation';
import {
  measureColumns,
  type MeasureColumn,
  type MeasuredChoice,
  type MeasuredValue,
  type MeasureReport,
} from '../../src/protocol/measures';
import { columnWords } from '../../src/protocol/measureWords';
import { kit } from '../support/models';
import { writeBetween } from './docsTables';

const docs = path.resolve('docs', 'measures.md');
const cache = path.resolve('.cache', 'measure-study');

const studies: Readonly<Record<string, { readonly model: string; readonly data: string }>> = {
  sst2: { model: 'sst2-bert', data: 'sst2/dev.jsonl' },
  tweets: { model: 'tweet-cnn', data: 'tweet-sentiment/dev.csv' },
};

/** Fewer samples than by default: every map is made some ten times for the measures of stability. */
const parameters: Readonly<Record<string, MethodParameters>> = {
  lime: { samples: 100 },
  'kernel-shap': { samples: 224 },
  'shapley-sampling': { samples: 5 },
};
const options = { samples: 3, seed: 0 };
/** As with these the map of a model that knows nothing is compared. */
const shuffled = ['integrated-gradients', 'gradient', 'lrp'];

function choices(): MeasuredChoice[] {
  const real = methodDescriptions.map(({ name }) => choice(name, 'real'));
  return [...real, ...shuffled.map(name => choice(name, 'shuffled'))];
}

function choice(method: string, weights: MeasuredChoice['weights']): MeasuredChoice {
  return { method, parameters: parameters[method] ?? {}, weights };
}

async function study(name: string, most: number, signal: AbortSignal): Promise<MeasureReport> {
  const { model, data } = studies[name]!;
  const file = path.join(kit, 'data', data);
  const format = formatOf(file)!;
  const source = await openFileLines(file);
  const server = new EngineServer();
  try {
    const starts = [...walkRecords(source, format, { cache: new DatasetCache() })].map(
      ({ start }) => start,
    );
    const some = Math.min(most, starts.length);
    const lines = Array.from(
      { length: some },
      (_, i) => starts[Math.floor((i * starts.length) / some)]!,
    );
    mkdirSync(cache, { recursive: true });
    const run: MeasureRun = {
      dataset: { file: path.basename(file), path: file, source, format, lines },
      question: {
        modelDir: path.join(kit, 'models', model),
        device: 'cpu',
        choices: choices(),
        scalar: 'logit',
        label: { kind: 'predicted' },
        options,
      },
      output: path.join(cache, `${name}-${some}.jsonl`),
    };
    const started = performance.now();
    return await measureRun(
      run,
      {
        async call(what, params) {
          const answer =
            what === 'measure' ? server.measure(params as never) : server.loadModel(params);
          return await answer;
        },
      },
      {
        signal,
        onLine(done, total) {
          const seconds = Math.round((performance.now() - started) / 1000);
          if (done % 10 === 0) console.log(`${name}: ${done} of ${total} lines, ${seconds} s`);
        },
      },
    );
  } finally {
    await server.release();
    await source.close();
  }
}

const shown = measureColumns.filter(column => !['token-f1', 'iou-f1', 'auprc'].includes(column));

/** A row a method, the best AUC-TP first; what is not better than random says so. */
function table({ methods, done, errors, total }: MeasureReport): string[] {
  const auc = ({ values }: MeasureReport['methods'][number]): number =>
    values['auc-tp']?.mean ?? Infinity;
  const rows = [...methods].sort((a, b) => auc(a) - auc(b));
  const arrow = (column: MeasureColumn): string =>
    columnWords[column].better === 'higher' ? '↑' : '↓';
  return [
    `| method | ${shown.map(column => `${columnWords[column].title} ${arrow(column)}`).join(' | ')} | ms a line |`,
    `| --- |${shown.map(() => ' --- |').join('')} ---: |`,
    ...rows.map(({ title, values, millisecondsPerLine, lines }) =>
      lines === 0
        ? `| ${title} | not for this model |${shown.map(() => ' |').join('')}`
        : `| ${title} | ${shown.map(column => cell(values[column])).join(' | ')} | ${millisecondsPerLine.toFixed(0)} |`,
    ),
    '',
    `${done - errors} of ${total} lines.`,
  ];
}

function cell(value: MeasuredValue | null): string {
  if (!value) return '';
  const { mean, error, againstRandom } = value;
  const number = `${mean.toFixed(3)} ± ${error.toFixed(3)}`;
  if (againstRandom === 'better') return `**${number}**`;
  return againstRandom === null ? number : `${number} (${againstRandom})`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      lines: { type: 'string', default: '200' },
      minutes: { type: 'string', default: '600' },
    },
  });
  if (!existsSync(kit)) throw new Error(`The models of the study are not there: ${kit}.`);
  const signal = AbortSignal.timeout(60_000 * Number(values.minutes));
  for (const name of Object.keys(studies)) {
    if (values.only !== undefined && values.only !== name) continue;
    const lines = table(await study(name, Number(values.lines), signal));
    console.log(lines.join('\n'));
    await writeBetween(docs, name, lines);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
