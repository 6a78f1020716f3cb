/** Looks for a user's regular expression in names, for a limited time: some expressions take longer than anyone lives. */
import { Script } from 'node:vm';
import { GlassboxError } from '../../protocol/messages';

/** Milliseconds for all names together; an expression that is no trap takes less than one. */
const limit = 1000;

/** Node's script runner is the one place where a search can be stopped. */
const search = new Script('names.map(name => name.search(pattern) >= 0)');

/** For each name whether the expression is found in it. Throws GlassboxError 'bad-input' for one that takes too long. */
export function findNames(names: readonly string[], pattern: RegExp): boolean[] {
  try {
    const found = search.runInNewContext({ names, pattern }, { timeout: limit }) as boolean[];
    return [...found];
  } catch (error) {
    if (!isTimeout(error)) throw error;
    throw new GlassboxError(
      'bad-input',
      `Looking for ${String(pattern)} in the names of the parameters takes too long; write it without a repetition inside of a repetition, such as (a+)+.`,
    );
  }
}

/** The error comes from the runner's own realm, where "Error" is another one. */
function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === timedOut;
}

const timedOut = 'ERR_SCRIPT_EXECUTION_TIMEOUT';
