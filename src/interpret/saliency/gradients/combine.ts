/** From the numbers of windows to those of a text: the weighted sum over the windows that have a token. */
import type { Window } from '../../../model/windows';
import type { Part } from '../../task/decision';
import { seenTokens } from '../job';
import type { Reductions, RowResult } from './runPoints';

/** The numbers of the tokens that were seen, in the order of the text. */
export interface Combined {
  /** Their indices in the encoding. */
  readonly seen: readonly number[];
  readonly reductions: Reductions;
  /** The scalar at each point. */
  readonly scalars: readonly number[];
}

const names = [
  'rawSum',
  'rawL1',
  'rawL2',
  'productSum',
  'productL1',
  'productL2',
  'inputL2',
] as const;

/** `results` has an entry for each part. A token's own vectors in different windows are different inputs, so they add up. */
export function combine(
  windows: readonly Window[],
  parts: readonly Part[],
  results: readonly RowResult[],
): Combined {
  const seen = seenTokens(windows, parts);
  const place = new Map(seen.map((token, index) => [token, index]));
  const reductions = Object.fromEntries(
    names.map(name => {
      const sums = new Array<number>(seen.length).fill(0);
      parts.forEach(({ window, weight }, part) => {
        windows[window]!.tokens.forEach((token, position) => {
          sums[place.get(token)!]! += weight * results[part]!.reductions[name][position]!;
        });
      });
      return [name, sums];
    }),
  ) as unknown as Reductions;
  const scalars = results[0]!.scalars.map((_, point) =>
    parts.reduce((sum, { weight }, part) => sum + weight * results[part]!.scalars[point]!, 0),
  );
  return { seen, reductions, scalars };
}
