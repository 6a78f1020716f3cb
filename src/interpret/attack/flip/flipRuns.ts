/** How the questions to the flip program are cut into runs, and what each run is fed. */
import { columnsOf, feedsOf, wholeNumbers } from '../../../model/inputs';
import type { Model, ModelFacts } from '../../../model/model';
import type { Feeds, TensorValue } from '../../../runtime/session';
import { decisionFeeds } from '../../saliency/gradients/decisionFeeds';
import { groupsOf } from '../../task/predictRows';
import { excluded, flipInputs as input } from './flipGraph';
import type { FlipFrame, FlipQuestion } from './flipQuestion';

/** A question, or as many of its positions as go into one run: those of a long text and a large vocabulary are asked in turn. */
export interface FlipPart {
  /** Of the question. */
  readonly index: number;
  readonly question: FlipQuestion;
  readonly positions: readonly number[];
}

/** The questions in groups whose rows may run together; at most `most` positions in a part. */
export function partsOf(
  model: Model,
  questions: readonly FlipQuestion[],
  most: number,
): FlipPart[][] {
  const rows = questions.map(({ row }) => row);
  return groupsOf(model, rows).map(group =>
    group.flatMap(index => {
      const question = questions[index]!;
      const wanted = [...question.filterOf.keys()].filter(
        at => (question.filterOf[at] ?? null) !== null,
      );
      const parts: FlipPart[] = [];
      for (let first = 0; first === 0 || first < wanted.length; first += most) {
        parts.push({ index, question, positions: wanted.slice(first, first + most) });
      }
      return parts;
    }),
  );
}

/** The parts of the next run: at most `rows` of them, with at most `most` positions; at least one part. */
export function nextRun(parts: readonly FlipPart[], rows: number, most: number): FlipPart[] {
  let positions = 0;
  const end = parts.findIndex((part, count) => {
    positions += part.positions.length;
    return count > 0 && (count >= rows || positions > most);
  });
  return parts.slice(0, end < 0 ? parts.length : end);
}

export function columnsIn({ inputs }: ModelFacts, parts: readonly FlipPart[]): number {
  return columnsOf(
    inputs,
    parts.map(({ question }) => question.row),
  );
}

/** The filters as the program takes them: [F, V]. */
export function filterFeed(
  { embedding: { vocabulary } }: ModelFacts,
  filters: readonly Uint8Array[],
): TensorValue {
  // Without a wanted position none is needed, but a tensor of no rows cannot be read from.
  const count = Math.max(1, filters.length);
  const data = new Float32Array(count * vocabulary).fill(excluded);
  filters.forEach((filter, index) => {
    for (let id = 0; id < vocabulary; id++) {
      if (filter[id] === 1) data[index * vocabulary + id] = 0;
    }
  });
  return { dtype: 'float32', dims: [count, vocabulary], data };
}

/** What a run is fed but for the filters. */
export function runFeeds(
  { inputs, head, embedding }: ModelFacts,
  parts: readonly FlipPart[],
  { best, minCosine }: FlipFrame,
): Feeds {
  // An export with a fixed batch is filled up with rows that nobody reads.
  const count = inputs.batch ?? parts.length;
  const all = Array.from({ length: count }, (_, i) => parts[i] ?? parts[0]!);
  const rows = all.map(({ question }) => question.row);
  const columns = columnsOf(inputs, rows);
  const wanted = parts.flatMap(({ positions }, row) => positions.map(at => row * columns + at));
  const filterOf = parts.flatMap(({ question, positions }) =>
    positions.map(at => question.filterOf[at]!),
  );
  const mask = rows.flatMap(row => Array.from({ length: columns }, (_, i) => row.mask[i] ?? 0));
  const identity = { ...head, link: 'identity' } as const;
  const decisions = all.map(({ question }) => question.decisions);
  // Where no position is wanted the first stands in: no tensor may be empty.
  const whole = (numbers: readonly number[]): TensorValue =>
    wholeNumbers('int64', [Math.max(1, numbers.length)], numbers.length > 0 ? numbers : [0]);
  return {
    ...feedsOf(inputs, rows),
    ...decisionFeeds(identity, { decisions, scalar: 'logit' }, columns),
    [input.rowOf]: whole([...rows.keys()]),
    [input.rowMask]: floats([count, columns], mask),
    [input.wanted]: whole(wanted),
    [input.filterOf]: whole(filterOf),
    // One more, for the token that stands there may be among them.
    [input.best]: whole([Math.min(best + 1, embedding.vocabulary)]),
    ...(minCosine !== null && { [input.leastCosine]: floats([1], [minCosine]) }),
  };
}

function floats(dims: readonly number[], numbers: readonly number[]): TensorValue {
  return { dtype: 'float32', dims, data: Float32Array.from(numbers) };
}
