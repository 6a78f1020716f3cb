/** The reader of each task. */
import type { TaskKind } from '../../protocol/task';
import { readAnswering } from './answering';
import { readClassification } from './classifying';
import { readMasked } from './masked';
import type { Reader } from './reading';
import { readRegression } from './regressing';
import { readTagging } from './tagging';

export const readers: Readonly<Record<TaskKind, Reader>> = {
  'text-classification': readClassification,
  'binary-classification': readClassification,
  'multi-label-classification': readClassification,
  regression: readRegression,
  'token-classification': readTagging,
  'fill-mask': readMasked,
  'question-answering': readAnswering,
};
