/** What programs of losses are fed. */
import { labelsInput } from '../../../autodiff/compose';
import { columnsOf, feedsOf, type ModelInputs } from '../../../model/inputs';
import type { Model } from '../../../model/model';
import type { Feeds, Session } from '../../../runtime/session';
import type { Example } from './batches';
import type { HeadLoss } from './rowLoss';

/** The model's inputs and the labels. An export with a fixed batch is filled up with the last example, to be given weight 0. */
export function feedsOfExamples(
  inputs: ModelInputs,
  loss: HeadLoss,
  examples: readonly Example[],
): Feeds {
  const rows = examples.map(({ row }) => row);
  const count = inputs.batch ?? rows.length;
  const all = Array.from({ length: count }, (_, i) => examples[i] ?? examples.at(-1)!);
  const targets = all.map(({ target }) => target);
  return {
    ...feedsOf(inputs, rows),
    [labelsInput]: loss.feed(targets, columnsOf(inputs, rows)),
  };
}

/** Inputs of the sizes from which the model's facts were learned; their content does not matter to shapes. */
export function probesOf({ about: { inputs, facts } }: Model): Feeds[] {
  return facts.get(inputs.ids)!.dims.map(([rows, columns]) => {
    const ids = Array.from({ length: columns! }, (_, i) => i % 2);
    const row = { ids, mask: ids.map(() => 1), typeIds: ids.map(() => 0) };
    return feedsOf(inputs, Array<typeof row>(rows!).fill(row));
  });
}

/** To try a program out with. */
export function shortExample({ about: { head, embedding, maxTokens } }: Model): Example {
  const length = Math.min(7, maxTokens);
  const ids = Array.from({ length }, (_, i) => (3 + 11 * i) % embedding.vocabulary);
  const row = { ids, mask: ids.map(() => 1), typeIds: ids.map(() => 0) };
  const text = head.link === 'softmax' ? 0 : Array<number>(head.classes ?? 1).fill(0);
  return { row, target: head.decides === 'token' ? ids.map(() => 0) : text };
}

/** Those that a session takes. */
export function only(feeds: Feeds, { inputs }: Session): Feeds {
  return Object.fromEntries(
    inputs.flatMap(name => {
      const value = feeds[name];
      return value ? [[name, value]] : [];
    }),
  );
}
