/** What the panel asks for in its tabs of influence and of suspicious labels, done. */
import * as vscode from 'vscode';
import type { InfluenceRow, SuspiciousRow } from '../../protocol';
import type { Explainer } from '../explain/explainer';
import type { PanelHandlers } from '../panel/listen';
import type { RecordReader } from '../records/readRecord';
import type { RowMaps } from './rowMaps';
import type { ResultSaver } from './saveResults';
import { suspicionText } from './saveResults';
import type { SuspicionProblems } from './suspicionProblems';
import type { Suspicions } from './suspicions';
import { traceText } from './traceJson';
import type { Tracer } from './tracer';
import type { Row, RowPlaces } from '../records/rowPlaces';
import { revealRow, rowTarget, textRow } from '../records/rowPlaces';

export interface InfluenceHandlerParts {
  readonly tracer: () => Tracer;
  readonly suspicions: () => Suspicions;
  readonly rowMaps: () => RowMaps;
  readonly explainer: () => Pick<Explainer, 'explain'>;
  readonly problems: SuspicionProblems;
  readonly saver: ResultSaver;
  readonly reader: RecordReader;
}

type Names = Extract<keyof PanelHandlers, `influence${string}` | `suspicious${string}`>;

/** `guarded` tells what its work throws. */
export function makeInfluenceHandlers(
  { tracer, suspicions, rowMaps, explainer, problems, saver, reader }: InfluenceHandlerParts,
  guarded: (work: () => Promise<unknown>) => void,
): Pick<PanelHandlers, Names> {
  const withRow = (
    row: SuspiciousRow | InfluenceRow | null,
    places: RowPlaces | undefined,
    work: (row: Row, places: RowPlaces) => Promise<unknown>,
  ) => {
    if (row && places) guarded(() => work(textRow(row), places));
  };
  const reveal = (row: Row, places: RowPlaces) => revealRow(row, places, reader);
  const explain = async (row: Row, places: RowPlaces) =>
    explainer().explain(await rowTarget(row, places, reader));
  return {
    influenceAgain(settings) {
      guarded(() => tracer().again(settings));
    },
    influenceTrain() {
      guarded(() => tracer().otherTrain());
    },
    influenceReveal(place) {
      withRow(tracer().rowAt(place), tracer().current?.places, reveal);
    },
    influenceExplain(place) {
      withRow(tracer().rowAt(place), tracer().current?.places, explain);
    },
    influenceSaliency(place) {
      guarded(() => rowMaps().ask(place));
    },
    influenceCopy() {
      const { current } = tracer();
      const text = current && traceText(current);
      if (text) guarded(() => copy(text, vscode.l10n.t('the trace')));
    },
    influenceSave() {
      const { current } = tracer();
      if (current) guarded(() => saver.saveTrace(current));
    },
    suspiciousAgain(settings) {
      guarded(() => suspicions().again(settings));
    },
    suspiciousTrain() {
      guarded(() => suspicions().otherTrain());
    },
    suspiciousReveal({ row }) {
      withRow(suspicions().rowAt(row), suspicions().current?.places, reveal);
    },
    suspiciousExplain({ row }) {
      withRow(suspicions().rowAt(row), suspicions().current?.places, explain);
    },
    suspiciousProblems({ on }) {
      guarded(() => problems.turn(on));
    },
    suspiciousCopy() {
      const result = suspicions().current?.state.result;
      if (result) guarded(() => copy(suspicionText(result), vscode.l10n.t('the list')));
    },
    suspiciousSave() {
      const { current } = suspicions();
      if (current) guarded(() => saver.saveSuspicions(current));
    },
  };
}

async function copy(text: string, what: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('Glassbox: {0} is in the clipboard as JSON.', what),
    4000,
  );
}
