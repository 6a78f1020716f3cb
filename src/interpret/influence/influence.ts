/** Which training lines help and which hurt the prediction of a text. */
import type { Model } from '../../model/model';
import type { HealthCheck } from '../../protocol/explanation';
import type { InfluenceRequest, InfluenceResult } from '../../protocol/influence';
import type { RunOptions } from '../task/predictRows';
import { disagreeingLines, extremeLines } from './extremeLines';
import type { MethodContext } from './method';
import { influenceMethodTable } from './methods';
import { resolveInfluenceOptions } from './options';
import { scoreInWords } from './says';
import { readTests } from './testLines';
import { useFolder } from './train/cacheFolders';
import { readingHash } from './train/reading';
import type { TrainingSet } from './trainingSet';

export interface TraceCalls extends RunOptions {
  /** Loads another model, for the same device and task. */
  readonly openModel: (dir: string) => Promise<Model>;
}

/**
 * Answers a request about a training set that was opened with its model. Throws GlassboxError: 'cancelled'; 'bad-input' for texts, options or
 * a training file that cannot be used; 'unsupported' where the model does not allow the method.
 */
export async function traceInfluence(
  model: Model,
  request: InfluenceRequest,
  train: TrainingSet,
  calls: TraceCalls,
): Promise<InfluenceResult> {
  const started = performance.now();
  const options = resolveInfluenceOptions(request.options);
  const tests = await readTests(model, request.tests, options.unit, calls);
  const context = await contextOf(model, request.cacheDir, train, calls);
  const found = await influenceMethodTable[request.method](tests.examples, options, context);
  const quiet: RunOptions = calls.signal ? { signal: calls.signal } : {};
  calls.progress?.({ done: 0, total: 1, says: 'Reading the lines that are shown' });
  const extremes = await extremeLines(train, found.scores, options.k, quiet);
  const { disagreeing, notes } = await disagreeingLines(train, found, options.k, quiet);
  const meaning = {
    of: tests.says,
    lines: train.count,
    file: train.file,
    distance: options.distance,
    numbers: model.about.head.task === 'regression',
  };
  return {
    method: request.method,
    options,
    says: found.says,
    scoreSays: scoreInWords(request.method, meaning),
    test: tests.test,
    tests: tests.count,
    testLoss: tests.meanLoss,
    ...extremes,
    disagreeing,
    train: train.summary(),
    residual: found.residual,
    damping: found.damping,
    notes: [...tests.notes, ...found.notes, ...notes, ...fileNotes(train)],
    scores: request.allScores ? allScores(train, found.scores) : null,
    ...aboutRun(model, started),
  };
}

/** What methods are given; the folder of partial results is made. Throws GlassboxError 'bad-input' where it cannot be. */
export async function contextOf(
  model: Model,
  folder: string,
  train: TrainingSet,
  calls: TraceCalls,
): Promise<MethodContext> {
  const hashes = [model.about.hash, await readingHash(model), train.sha256];
  const name = ['partial', ...hashes.map(hash => hash.slice(0, digits))].join('-');
  const cacheDir = await useFolder(folder, name);
  return { model, train, cacheDir, ...calls };
}

/** Of the hashes in a folder's name: enough that no two are the same. */
const digits = 16;

/** What holds for everything that is said with this model and file. */
export function fileNotes(train: TrainingSet): HealthCheck[] {
  const { problems } = train.summary();
  const count = problems.reduce((sum, problem) => sum + problem.count, 0);
  const lines = count === 1 ? '1 line' : `${count.toLocaleString('en')} lines`;
  const [first] = problems;
  const says = first && `${lines} of ${train.file} could not be used; most often, ${first.says}.`;
  const skipped: HealthCheck[] = says
    ? [{ check: 'training-lines', ok: false, value: count, says }]
    : [];
  return [...skipped, ...train.notes, ...train.model.about.notes];
}

export function aboutRun(
  { about }: Model,
  started: number,
): Pick<InfluenceResult, 'device' | 'milliseconds' | 'modelHash' | 'modelName'> {
  return {
    device: about.device,
    milliseconds: performance.now() - started,
    modelHash: about.hash,
    modelName: about.name,
  };
}

function allScores(train: TrainingSet, scores: Float64Array): InfluenceResult['scores'] {
  return {
    lines: Array.from(scores, (_, number) => train.linesOf(number).line),
    scores: [...scores],
  };
}
