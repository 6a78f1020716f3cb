/** What a score is, in one sentence; nobody should have to guess what a sign means. */
import type { InfluenceMethodName, SuspicionMethodName } from '../../protocol/influence';

export interface Meaning {
  /** What is asked about: 'the label "positive"'. */
  readonly of: string;
  /** n, and the file's base name. */
  readonly lines: number;
  readonly file: string;
  readonly distance: 'cosine' | 'euclidean';
  /** The model gives numbers, not labels. */
  readonly numbers: boolean;
}

const previews = 'this is a preview and no influence';

/** Of a trace. */
export function scoreInWords(
  method: InfluenceMethodName,
  { of, lines, file, distance, numbers }: Meaning,
): string {
  const sides = 'Positive helps, negative hurts';
  const n = lines.toLocaleString('en');
  const loss = `the loss of ${of}`;
  switch (method) {
    case 'head':
    case 'cg':
    case 'lissa':
    case 'ekfac':
      return `${sides}: the score is g_test^T (C + damping I)^-1 g_train, with C the mean curvature over the n = ${n} lines of ${file}, so that giving a training line one more weight changes ${loss} by about -score / n.`;
    case 'tracin':
      return `${sides}: the score is g_test . g_train times the learning rate, summed over the checkpoints, about by how much training steps on the line have lowered ${loss}; no curvature is in it.`;
    case 'gradient-dot':
      return `${sides}: the score is g_test . g_train, by how much a small step of training on the line would lower ${loss}, per unit of learning rate; ${previews}, because what the other lines say (the curvature) is not in it.`;
    case 'gradient-cosine':
      return `${sides}: the score is the cosine between g_test and g_train, the gradients of ${loss} and of the training line; ${previews}, and how strong the line's own gradient is does not count.`;
    case 'neighbours': {
      const size = distance === 'cosine' ? 'the cosine' : '1 / (1 + the Euclidean distance)';
      const what = `The score is a similarity and no influence: ${size} between the features of the test line and of the training line`;
      return numbers
        ? `${what}; numbers have no sides, so "helps" are the nearest lines and none "hurts".`
        : `${what}, positive where their labels are the same and negative where they differ, so that "helps" are the nearest lines with the same label and "hurts" the nearest with another.`;
    }
  }
}

/** Of the search for wrong labels. */
export function suspicionInWords(method: SuspicionMethodName, lines: number, file: string): string {
  if (method === 'loss') {
    return "The score is the loss of the line's own label: large where the model does not believe it, whether or not it was trained to.";
  }
  return `The score is the line's influence on its own loss, g^T (C + damping I)^-1 g, with C the mean curvature over the n = ${lines.toLocaleString('en')} lines of ${file}: large where the other lines speak against the label, so that leaving the line out would raise the loss of its label by about score / n.`;
}
