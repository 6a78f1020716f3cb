/** What every training of the sample's network shares, so that a retraining on fewer lines differs in nothing else. */
import path from 'node:path';
import type { Example } from './batches';
import { readReviews, toExamples, tokenizerFor } from './examples';
import type { NetworkSize } from './network';
import type { TrainOptions } from './train';
import { trainWordPiece } from './wordPiece';

/** The sample's folder. */
export const sample = path.resolve(import.meta.dirname, '..', '..', 'media', 'sample');

/** The sample's lines as the network reads them, and how it is trained on them. */
export interface Setup {
  readonly examples: readonly Example[];
  readonly dev: readonly Example[];
  readonly options: Omit<TrainOptions, 'report'>;
  /** Tokenizes further reviews alike. */
  readonly read: (reviews: Parameters<typeof toExamples>[0]) => Promise<Example[]>;
}

/** Reads the sample's data; writes the tokenizer, which is learned from all training lines, to `folder`. */
export async function setUp(
  folder: string,
  { seed = 1, epochs = 36, threads = 1 } = {},
): Promise<Setup> {
  const reviews = readReviews(path.join(sample, 'reviews.train.jsonl'));
  const vocabulary = trainWordPiece(
    reviews.map(({ text }) => text),
    2000,
  );
  const size: NetworkSize = {
    vocab_size: vocabulary.length,
    max_position_embeddings: 128,
    dim: 96,
    n_layers: 2,
    n_heads: 4,
    hidden_dim: 192,
    num_labels: 2,
  };
  const maxTokens = size.max_position_embeddings;
  const tokenizer = await tokenizerFor(vocabulary, maxTokens, folder);
  const read: Setup['read'] = some => toExamples(some, tokenizer, maxTokens);
  return {
    examples: await read(reviews),
    dev: await read(readReviews(path.join(sample, 'reviews.dev.jsonl'))),
    options: {
      size,
      padId: vocabulary.indexOf('[PAD]'),
      substitutes: ['[MASK]', '[UNK]'].map(token => vocabulary.indexOf(token)),
      seed,
      epochs,
      batchSize: 32,
      peakRate: 1e-3,
      dropout: 0.3,
      wordDropout: { times: 2, most: 0.3 },
      smoothing: 0.05,
      weightDecay: 0.1,
      threads,
    },
    read,
  };
}
