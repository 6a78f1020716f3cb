/** The labels that a dataset gives to a whole text, among those of a model. */
import { findLabel } from '../../model/labels';
import type { Gold } from '../../protocol/task';

export interface GoldLabels {
  readonly found: number[];
  /** Names that the model does not have. */
  readonly missing: string[];
}

/**
 * `several`: any number of labels may be right, and tables may write them into one cell ('toxic; insult'), datasets with a 0 or 1 for
 * each label of the model.
 */
export function goldLabels(
  gold: Extract<Gold, { kind: 'label' | 'labels' }>,
  labels: readonly string[],
  several: boolean,
): GoldLabels {
  const names = gold.kind === 'label' ? [gold.label] : gold.labels;
  if (several && isSwitches(names, labels)) {
    return { found: [...names.keys()].filter(at => Number(names[at]) === 1), missing: [] };
  }
  const found = names.map(name => findLabel(labels, name));
  if (several && found.includes(null) && gold.kind === 'label') {
    const parts = gold.label.split(/[,;|]/).map(part => part.trim());
    return goldLabels({ kind: 'labels', labels: parts.filter(part => part !== '') }, labels, false);
  }
  return {
    found: found.filter(index => index !== null),
    missing: names.filter((_, i) => found[i] === null),
  };
}

/** One 0 or 1 for each label: they repeat themselves, which indices of labels do not. */
function isSwitches(names: readonly string[], labels: readonly string[]): boolean {
  return (
    names.length === labels.length &&
    new Set(names).size < names.length &&
    names.every(name => /^[01](\.0*)?$/.test(name.trim()))
  );
}
