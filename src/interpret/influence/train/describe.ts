/** Texts with their label, what the model says of them, and the loss between the two: the rows of a trace. */
import type { Model } from '../../../model/model';
import { logitsAt, type RowOutput } from '../../../model/rowOutput';
import type { InfluenceInstance } from '../../../protocol/influence';
import { GlassboxError } from '../../../protocol/messages';
import type { TextInput } from '../../../protocol/task';
import { predictRows, type RunOptions } from '../../task/predictRows';
import type { Target } from '../curvature/rowLoss';
import { encodeStart, type EncodedExample } from './encodeExample';
import { decided, labelInWords, lossOfLogits, probabilityOf } from './labelInWords';

/** `target`: as `targetOf` gives it, of a tagger by word. */
export interface Labelled {
  readonly input: TextInput;
  readonly target: Target;
}

/**
 * What the model says of each text's beginning, in their order; rows of one length run together. Throws GlassboxError 'cancelled', 'bad-model',
 * and 'bad-input' for a text without a token.
 */
export async function describeTexts(
  model: Model,
  texts: readonly Labelled[],
  options: RunOptions = {},
): Promise<InfluenceInstance[]> {
  const encoded = await Promise.all(
    texts.map(async ({ input }) => needed(await encodeStart(model, input))),
  );
  const { outputs } = await predictRows(
    model,
    encoded.map(({ row }) => row),
    options,
  );
  return texts.map(({ input, target }, i) => ({
    text: input.text,
    pair: model.about.head.decides === 'token' ? null : (input.pair ?? null),
    words: input.words ?? null,
    ...judge(model, encoded[i]!, outputs[i]!, target),
  }));
}

/** Throws GlassboxError 'bad-input' for a text of which nothing is left. */
export function needed(encoded: EncodedExample | null): EncodedExample {
  if (encoded) return encoded;
  throw new GlassboxError('bad-input', 'The text is empty: the tokenizer makes no token of it.');
}

export type Judgement = Pick<
  InfluenceInstance,
  'label' | 'predicted' | 'probability' | 'agrees' | 'loss'
>;

/** `counts`: of a tagger, the words whose tags and loss are meant; by default all that were read. */
export function judge(
  { about: { head } }: Model,
  encoded: EncodedExample,
  output: RowOutput,
  target: Target,
  counts: (word: number) => boolean = () => true,
): Judgement {
  const { read } = encoded;
  if (read === null) {
    const logits = logitsAt(head, output, 0);
    const found = decided(head, [logits]);
    const [label, predicted] = [labelInWords(head, target), labelInWords(head, found)];
    return {
      label,
      predicted,
      probability: probabilityOf(head, logits),
      agrees: head.task === 'regression' ? null : label === predicted,
      loss: lossOfLogits(head, logits, target),
    };
  }
  const tags = target as readonly number[];
  const meant = [...read.words.keys()].filter(i => counts(read.words[i]!));
  const logits = meant.map(i => logitsAt(head, output, read.positions[i]!));
  const right = meant.map(i => tags[read.words[i]!]!);
  const found = decided(head, logits) as readonly number[];
  const losses = logits.map((z, i) => lossOfLogits(head, z, right[i]!));
  return {
    label: labelInWords(head, right),
    predicted: labelInWords(head, found),
    probability: null,
    agrees: right.every((tag, i) => tag === found[i]),
    loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
  };
}
