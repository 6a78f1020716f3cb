/** The names of a model's classes, and which of them a dataset means. */
import { GlassboxError } from '../protocol/messages';
import type { ModelConfig } from './config';

/**
 * Names of the `classes` logits in order. Only config.json knows them; it must agree with the graph.
 * Where it names none, LABEL_0, LABEL_1, ... are used if it says the number of labels (num_labels) and
 * that is right, or if there is no config.json at all; otherwise a guess would look like knowledge.
 * Throws GlassboxError 'bad-model'.
 */
export function labelsOf(config: ModelConfig, classes: number): string[] {
  const file = config.file ?? 'config.json';
  const numbered = Array.from({ length: classes }, (_, index) => `LABEL_${index}`);
  if (config.labels === null) {
    if (config.file === null || config.labelCount === classes) return numbered;
    throw new GlassboxError(
      'bad-model',
      `${file} does not name the labels of the ${classes} logits that the model gives; add "id2label": {"0": "...", ...} with ${classes} names to it.`,
    );
  }
  const labels = numbered.map((_, index) => config.labels?.get(index));
  if (config.labels.size === classes && labels.includes(undefined)) {
    throw new GlassboxError(
      'bad-model',
      `${file} numbers its labels ${[...config.labels.keys()].slice(0, 5).join(', ')}, where 0 to ${classes - 1} are expected; config.json and model.onnx belong to different models, or the numbers in "id2label" must be corrected.`,
    );
  }
  if (!labels.every(label => label !== undefined) || config.labels.size !== classes) {
    throw new GlassboxError(
      'bad-model',
      `${file} names ${config.labels.size} labels (${[...config.labels.values()].slice(0, 5).join(', ')}) but the model gives ${classes} logits; config.json and model.onnx belong to different models, or "id2label" must be corrected.`,
    );
  }
  if (new Set(labels).size !== classes) {
    throw new GlassboxError(
      'bad-model',
      `${file} gives the same name to several labels (${labels.join(', ')}); make the names in "id2label" different.`,
    );
  }
  return labels;
}

/** True where the names are those that config.json gets when nobody names the labels. */
export function namesNothing(labels: ReadonlyMap<number, string>): boolean {
  return [...labels].every(([index, label]) => label.trim().toUpperCase() === `LABEL_${index}`);
}

/** The two labels of a single logit: the second is the one that it speaks for. */
export function binaryLabels({ labels }: ModelConfig): string[] {
  const [first, second] = [labels?.get(0), labels?.get(1)];
  if (first !== undefined && second !== undefined) return [first, second];
  return first === undefined || namesNothing(new Map([[0, first]]))
    ? ['LABEL_0', 'LABEL_1']
    : [`not ${first}`, first];
}

/** What the numbers of a regression are called. */
export function numberNames({ labels }: ModelConfig, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const name = labels?.get(index);
    if (name !== undefined && labels !== null && !namesNothing(labels)) return name;
    return count === 1 ? 'value' : `value ${index}`;
  });
}

/**
 * Index of the label that a dataset's `name` means: the label itself, else the label but for capitals
 * and surrounding space, else an index. Null where the model has no such label.
 */
export function findLabel(labels: readonly string[], name: string): number | null {
  const exact = labels.indexOf(name);
  if (exact >= 0) return exact;
  const folded = name.trim().toLowerCase();
  const alike = labels.flatMap((label, index) =>
    label.trim().toLowerCase() === folded ? [index] : [],
  );
  if (alike.length === 1) return alike[0]!;
  // '1.0' comes from tables where an empty cell made the column a column of floats.
  const index = /^\d+(\.0+)?$/.test(folded) ? Number(folded) : NaN;
  return index < labels.length ? index : null;
}
