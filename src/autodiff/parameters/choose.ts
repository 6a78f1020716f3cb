/** The parameters that a user names, or those of the last blocks. */
import { GlassboxError } from '../../protocol/messages';
import { findNames } from './findNames';
import type { Parameter } from './parametersOf';

/**
 * A regular expression for names; or the last so many blocks (the numbered layers) and all that is first used after
 * them (pooler, classifier). 0 blocks: only what comes after the last one.
 */
export type Choice = RegExp | { readonly lastBlocks: number };

/** Names listed in an error; more would hide the sentence. */
const shown = 8;

/**
 * `parameters` in the order of `parametersOf`. Those whose names begin as one of `frozen` says (Python's re.match) are not chosen.
 * Throws GlassboxError 'bad-input' that lists names when nothing is left, and for an expression that takes too long.
 */
export function chooseParameters(
  parameters: readonly Parameter[],
  choice: Choice,
  frozen: readonly RegExp[] = [],
): Parameter[] {
  const fitting =
    choice instanceof RegExp
      ? foundIn(parameters, choice)
      : lastBlocks(parameters, choice.lastBlocks);
  const begins = frozen.map(({ source, flags }) => new RegExp(`^(?:${source})`, flags));
  const left = new Set(begins.flatMap(begin => foundIn(fitting, begin)));
  const chosen = fitting.filter(parameter => !left.has(parameter));
  if (chosen.length > 0) return chosen;
  throw new GlassboxError('bad-input', missing(parameters, choice, fitting.length > 0));
}

function foundIn(parameters: readonly Parameter[], pattern: RegExp): Parameter[] {
  const found = findNames(
    parameters.map(({ name }) => name),
    pattern,
  );
  return parameters.filter((_, at) => found[at]);
}

function missing(parameters: readonly Parameter[], choice: Choice, allFrozen: boolean): string {
  const names = `its parameters are ${listed(parameters)}`;
  if (allFrozen) {
    return `All parameters that were chosen are frozen by params_to_freeze; freeze fewer of the model's, or choose others (${names}).`;
  }
  if (choice instanceof RegExp) {
    return `The model has no parameters named like ${String(choice)}; ${names}.`;
  }
  const blocks = 'numbered blocks (such as encoder.layer.3)';
  return `The model has no parameters in ${blocks}; choose some by name (params): ${names}.`;
}

function listed(parameters: readonly Parameter[]): string {
  const names = parameters.map(({ name }) => name);
  if (names.length <= shown) return names.join(', ') || 'none at all';
  const half = shown / 2;
  const left = names.length - shown;
  return `${names.slice(0, half).join(', ')}, ... (${left} more) ..., ${names.slice(-half).join(', ')}`;
}

/** 'encoder.layer' and 3 of 'encoder.layer.3.attention.query.weight'. */
const blockName = /^(?<list>.*?)\.(?<index>\d+)\./u;

/** Whether there are numbered blocks; recurrent models have none. */
export function hasBlocks(parameters: readonly Parameter[]): boolean {
  return parameters.some(({ name }) => blockName.test(name));
}

function lastBlocks(parameters: readonly Parameter[], count: number): Parameter[] {
  const blocks = parameters.map(({ name }) => {
    const groups = blockName.exec(name)?.groups;
    return groups ? { list: groups['list']!, index: Number(groups['index']) } : undefined;
  });
  // Lists of modules inside a head are no blocks: those are the list with the most parameters.
  const sizes = new Map<string, number>();
  for (const block of blocks) if (block) sizes.set(block.list, (sizes.get(block.list) ?? 0) + 1);
  const [largest] = [...sizes].sort((a, b) => b[1] - a[1]);
  if (!largest) return [];
  const indices = blocks.flatMap(block => (block?.list === largest[0] ? [block.index] : []));
  const from = Math.max(...indices) - count + 1;
  const inBlocks = (i: number): boolean =>
    blocks[i]?.list === largest[0] && blocks[i].index >= from;
  const last = blocks.findLastIndex(block => block?.list === largest[0]);
  return parameters.filter((_, i) => inBlocks(i) || i > last);
}
