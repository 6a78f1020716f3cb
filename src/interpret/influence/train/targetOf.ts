/** From what a dataset calls right to the target that a model's loss is computed with. */
import { listNames, quoteName } from '../../../dataset/complaint';
import type { Head } from '../../../model/head';
import { GlassboxError } from '../../../protocol/messages';
import type { Gold } from '../../../protocol/task';
import { goldLabels } from '../../task/goldLabels';
import { namedTags } from '../../task/tagging';
import { inSchemeOf } from '../../task/tagSchemes';
import type { Target } from '../curvature/rowLoss';

/**
 * The target of a text as the loss wants it (rowLoss.ts), but of a tagger by word: the index of each word's tag. Else `problem`: why there
 * is none, without a full stop.
 */
export type FoundTarget = { readonly target: Target } | { readonly problem: string };

/** Throws GlassboxError 'unsupported' for a model whose answers are no labels. */
export function refuseTask({ task, decides }: Head, file: string): void {
  if (decides !== 'ends' && task !== 'fill-mask') return;
  throw new GlassboxError(
    'unsupported',
    `${file} is a model for the task "${task}", whose answers are no labels; influence needs a model that labels texts or tokens, or gives numbers.`,
  );
}

/** `words`: how many the text has, for taggers; null where the dataset has not cut it. */
export function targetOf(head: Head, gold: Gold | undefined, words: number | null): FoundTarget {
  if (head.decides === 'token') return tagTarget(head, gold, words);
  if (gold === undefined) return problem('there is no label');
  if (gold.kind === 'tags') return problem('there is a tag for each word, but no label');
  if (gold.kind === 'answers') return problem('there are answers in a context, but no label');
  if (head.task === 'regression') return numberTarget(head, gold);
  const several = head.task === 'multi-label-classification';
  const { found, missing } = goldLabels(gold, head.labels, several);
  if (missing.length > 0) return unknownLabel('label', missing[0]!, head);
  if (several) return { target: head.labels.map((_, index) => Number(found.includes(index))) };
  const [label] = found;
  if (label === undefined) return problem('there is no label');
  if (new Set(found).size > 1) {
    return problem(`there are ${found.length} labels, and the model gives one`);
  }
  return { target: head.task === 'binary-classification' ? [label] : label };
}

function numberTarget(
  { labels }: Head,
  gold: Extract<Gold, { kind: 'label' | 'labels' }>,
): FoundTarget {
  const given = gold.kind === 'label' ? [gold.label] : gold.labels;
  // Number('') is 0.
  const wrong = given.find(text => text.trim() === '' || !Number.isFinite(Number(text)));
  if (wrong !== undefined) return problem(`the label ${quoteName(wrong)} is no number`);
  if (given.length === labels.length) return { target: given.map(Number) };
  const count = given.length === 1 ? 'is 1 number' : `are ${given.length} numbers`;
  return problem(`there ${count}, and the model gives ${labels.length}`);
}

function tagTarget(head: Head, gold: Gold | undefined, words: number | null): FoundTarget {
  if (gold === undefined) return problem('there are no tags');
  if (gold.kind !== 'tags' || words === null) {
    return problem('there is a label for the text, but no tag for each word');
  }
  if (gold.tags.length !== words) {
    return problem(`there are ${gold.tags.length} tags for ${words} words`);
  }
  const { labels } = head;
  const found = inSchemeOf(labels, namedTags(gold.tags, labels));
  if ('unknown' in found) return unknownLabel('tag', found.unknown, head);
  return { target: found.tags.map(tag => labels.indexOf(tag)) };
}

function unknownLabel(what: string, name: string, { labels }: Head): FoundTarget {
  return problem(`the ${what} ${quoteName(name)} is none of the model's (${listNames(labels)})`);
}

function problem(says: string): FoundTarget {
  return { problem: says };
}
