/** The lines with the largest and with the smallest scores, among all and among those whose label the model does not believe. */
import type { HealthCheck } from '../../protocol/explanation';
import type { Extremes, InfluenceRow } from '../../protocol/influence';
import type { RunOptions } from '../task/predictRows';
import { mayDisagree } from './disagreement';
import { extremesOf, type Ranked } from './head/extremes';
import type { InfluenceScores } from './method';
import { readLines } from './rows';
import type { TrainingSet } from './trainingSet';

/** The k best helpers and the k worst lines, only of their own sign; of equal scores the earlier line comes first. */
export async function extremeLines(
  train: TrainingSet,
  scores: Float64Array,
  k: number,
  options: RunOptions,
): Promise<Extremes> {
  const { helps, hurts } = ownSigns(scores, k);
  const rows = await rowsOf(train, [...helps, ...hurts], options);
  return { helps: rows.slice(0, helps.length), hurts: rows.slice(helps.length) };
}

/** Candidates that are read for each line that is wanted, where it is not known which lines disagree. */
const readsPerLine = 10;

/** The same among the lines whose label is not what the model says, and a note where not all candidates could be read. */
export async function disagreeingLines(
  train: TrainingSet,
  found: InfluenceScores,
  k: number,
  options: RunOptions,
): Promise<{ disagreeing: Extremes; notes: HealthCheck[] }> {
  const { head, maxTokens } = train.model.about;
  const may = mayDisagree(head, maxTokens, found);
  const candidates = found.scores.map((score, number) => (may(number) ? score : NaN));
  const most = readsPerLine * k;
  // One more than is read, to know whether that was all.
  const { helps, hurts } = ownSigns(candidates, most + 1);
  const [a, b] = [
    await firstDisagreeing(train, helps.slice(0, most), k, options),
    await firstDisagreeing(train, hurts.slice(0, most), k, options),
  ];
  const short = (a.length < k && helps.length > most) || (b.length < k && hurts.length > most);
  const says = `Lines on which label and prediction disagree were looked for among the ${most.toLocaleString('en')} most extreme ones only: there may be more.`;
  const notes = short ? [{ check: 'disagreeing', ok: false, value: most, says }] : [];
  return { disagreeing: { helps: a, hurts: b }, notes };
}

async function firstDisagreeing(
  train: TrainingSet,
  candidates: readonly Ranked[],
  k: number,
  options: RunOptions,
): Promise<InfluenceRow[]> {
  const found: InfluenceRow[] = [];
  for (let at = 0; at < candidates.length && found.length < k; at += k) {
    const rows = await rowsOf(train, candidates.slice(at, at + k), options);
    found.push(...rows.filter(({ agrees }) => agrees === false));
  }
  return found.slice(0, k);
}

function ownSigns(scores: Float64Array, k: number): { helps: Ranked[]; hurts: Ranked[] } {
  const { top, bottom } = extremesOf(scores, k);
  return {
    helps: top.filter(({ score }) => score > 0),
    hurts: bottom.filter(({ score }) => score < 0),
  };
}

async function rowsOf(
  train: TrainingSet,
  ranked: readonly Ranked[],
  options: RunOptions,
): Promise<InfluenceRow[]> {
  const lines = await readLines(
    train,
    ranked.map(({ row }) => row),
    options,
  );
  return ranked.map(({ row, score }) => ({ ...lines.get(row)!, score }));
}
