/** Training lines whose labels are probably wrong, the most suspicious first. */
import type { Model } from '../../model/model';
import type {
  SuspicionMethodName,
  SuspicionRequest,
  SuspicionResult,
  SuspiciousRow,
} from '../../protocol/influence';
import { countDisagreeing } from './disagreement';
import { aboutRun, contextOf, fileNotes, type TraceCalls } from './influence';
import { suspicionMethodTable } from './methods';
import { resolveSuspicionOptions } from './options';
import { readLines, type TrainingLine } from './rows';
import { suspicionInWords } from './says';
import type { TrainingSet } from './trainingSet';

/** Answers a request about a training set that was opened with its model. Throws as traceInfluence. */
export async function findSuspicious(
  model: Model,
  request: SuspicionRequest,
  train: TrainingSet,
  calls: TraceCalls,
): Promise<SuspicionResult> {
  const started = performance.now();
  const options = resolveSuspicionOptions(request.options);
  const context = await contextOf(model, request.cacheDir, train, calls);
  const found = await suspicionMethodTable[request.method](options, context);
  const disagreeing = await countDisagreeing(train, found, calls);
  const order = fromTheTop(found.scores);
  const listed = options.k === 0 ? order : order.subarray(0, options.k);
  const lines = await readLines(train, listed, calls);
  const share = shareBelow(found.scores);
  const rows = Array.from(listed, (number, at): SuspiciousRow => {
    const [line, score] = [lines.get(number)!, found.scores[number]!];
    const reason = reasonOf(request.method, line, share(score));
    return { ...line, score, rank: at + 1, reason };
  });
  return {
    method: request.method,
    options,
    says: found.says,
    scoreSays: suspicionInWords(request.method, train.count, train.file),
    rows,
    train: train.summary(),
    disagreeing,
    damping: found.damping,
    notes: [...found.notes, ...fileNotes(train)],
    ...aboutRun(model, started),
  };
}

/** Numbers of the lines that have a score, the largest first; equal ones in the order of the file. */
function fromTheTop(scores: Float64Array): Uint32Array {
  const numbers = Uint32Array.from(scores.keys()).filter(number => !Number.isNaN(scores[number]!));
  return numbers.sort((a, b) => scores[b]! - scores[a]! || a - b);
}

/** The share of all scores that are smaller. */
function shareBelow(scores: Float64Array): (score: number) => number {
  const sorted = scores.filter(score => !Number.isNaN(score)).sort();
  return score => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < score) low = middle + 1;
      else high = middle;
    }
    return low / sorted.length;
  };
}

/** 'labelled positive, but the model says negative (0.98); its self-influence is above that of 99.8 % of the lines: ...' */
function reasonOf(method: SuspicionMethodName, line: TrainingLine, share: number): string {
  const { label, predicted, probability, agrees, loss } = line;
  const sure = probability === null ? '' : ` (${probability.toFixed(2)})`;
  const opinion =
    agrees === null
      ? `labelled ${label}, and the model says ${predicted}`
      : agrees
        ? `labelled ${label}, as the model says, too${sure}`
        : `labelled ${label}, but the model says ${predicted}${sure}`;
  // Never 100 %: the line itself is not below itself.
  const percent = `${(Math.floor(1000 * share) / 10).toFixed(1)} % of the lines`;
  if (method === 'loss')
    return `${opinion}; its loss of ${loss.toPrecision(3)} is above that of ${percent}.`;
  const meaning =
    agrees === true
      ? 'the model believes the label mostly because of this line itself'
      : 'the other lines speak against the label';
  const evidence = share >= telling ? `: ${meaning}` : '';
  return `${opinion}; its self-influence is above that of ${percent}${evidence}.`;
}

/** A self-influence above that of fewer lines proves nothing. */
const telling = 0.9;
