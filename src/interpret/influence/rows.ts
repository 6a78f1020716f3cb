/** Lines of a training file as they are shown: read again from the file, with what the model says of them now. */
import type { InfluenceRow } from '../../protocol/influence';
import type { RunOptions } from '../task/predictRows';
import { judgeExamples } from './judged';
import type { TrainingSet } from './trainingSet';

/** A row without its score. */
export type TrainingLine = Omit<InfluenceRow, 'score'>;

/** Lines that are remembered: the next trace often shows them again. */
const mostKept = 1000;

/** By number. Throws GlassboxError 'cancelled', and 'bad-input' where the file was changed. */
export async function readLines(
  train: TrainingSet,
  numbers: Iterable<number>,
  options: RunOptions,
): Promise<ReadonlyMap<number, TrainingLine>> {
  const kept = await train.keep('shown lines', () =>
    Promise.resolve(new Map<number, TrainingLine>()),
  );
  const wanted = [...new Set(numbers)].sort((a, b) => a - b);
  const found = new Map(
    wanted.flatMap(number => {
      const line = kept.get(number);
      return line ? [[number, line] as const] : [];
    }),
  );
  const missing = wanted.filter(number => !found.has(number));
  if (kept.size + missing.length > mostKept) kept.clear();
  for await (const block of missing.length > 0
    ? train.examples({ ...options, numbers: missing })
    : []) {
    const judged = await judgeExamples(train.model, block.examples, options);
    block.numbers.forEach((number, i) => {
      const line = { ...textOf(train, number), ...judged[i]! };
      found.set(number, line);
      if (kept.size < mostKept) kept.set(number, line);
    });
  }
  return found;
}

function textOf(
  train: TrainingSet,
  number: number,
): Pick<TrainingLine, 'text' | 'pair' | 'words' | 'line' | 'endLine'> {
  const { text, pair, words } = train.recordOf(number);
  const ofTokens = train.model.about.head.decides === 'token';
  return {
    ...train.linesOf(number),
    text: text.value,
    pair: ofTokens ? null : (pair?.value ?? null),
    words: words?.map(({ start, end }) => ({ start, end })) ?? null,
  };
}
