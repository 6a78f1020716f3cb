import type { NetworkSize } from './network';
import type { TrainOptions } from './train';
import type { Parameters } from './trainingGraph';

export interface CardFacts {
  readonly size: NetworkSize;
  readonly options: Omit<TrainOptions, 'report'>;
  readonly parameters: Parameters;
  /** Accuracies. */
  readonly train: number;
  readonly dev: number;
  readonly fresh: { readonly count: number; readonly accuracy: number };
}

/** The README of the model's folder: what it is, how it was made, how good it is. */
export function modelCard({ size, options, parameters, train, dev, fresh }: CardFacts): string {
  const count = [...parameters.values()].reduce((sum, values) => sum + values.length, 0);
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return `# The sample model

A small text classifier, \`negative\` or \`positive\`, trained on \`../reviews.train.jsonl\` by Glassbox itself: the network is
an ONNX graph built in TypeScript, its gradients come from \`src/autodiff\`, ONNX Runtime runs both, and Adam is 40 lines.
\`npm run train-sample\` makes it again (and writes this file); the same seed gives the same model on the same machine.

| | |
|---|---|
| architecture | DistilBERT for sequence classification: ${size.n_layers} layers, hidden size ${size.dim}, ${size.n_heads} heads, feed-forward ${size.hidden_dim}, GELU, at most ${size.max_position_embeddings} tokens |
| parameters | ${count.toLocaleString('en')} (float32); linear weights are stored as [inputs, outputs] |
| tokenizer | WordPiece, lower case, ${size.vocab_size.toLocaleString('en')} pieces, trained on the same file |
| training | ${options.epochs} epochs, batches of ${options.batchSize}, Adam with peak rate ${options.peakRate} (10 % linear warm-up, linear decay), weight decay ${options.weightDecay}, gradient norm at most 1, dropout ${options.dropout}, label smoothing ${options.smoothing}, rare words replaced by [MASK] or [UNK] now and then, seed ${options.seed} |
| accuracy on the training set | ${percent(train)} of the labels in the file, 24 of which are wrong on purpose |
| accuracy on the dev set | **${percent(dev)}** of 200 |
| accuracy on further reviews | ${percent(fresh.accuracy)} of ${fresh.count.toLocaleString('en')} that the grammar made from another seed |

The dev set was looked at again and again while the data and the training were designed, and both were changed by what
was seen there: its number is flattering. The last one is less so, yet those reviews share their phrases with the
training set. On text from elsewhere the model knows few of the words and is not to be trusted. It is there to be
explained, not to be used: it reacts well to "but" and only partly to "not" ("not bad at all" is a coin toss to it), and
it gets most of the reviews wrong that were written whole by hand.
`;
}
