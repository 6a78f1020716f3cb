/** What the scripts say while they work: one line a step, so that nobody wonders what takes long. */

const isColoured = process.stdout.isTTY && !process.env['NO_COLOR'];

/** @param {number} code @param {string} text */
const paint = (code, text) => (isColoured ? `\u001b[${code}m${text}\u001b[0m` : text);

/** @param {string} text */
export const bold = text => paint(1, text);
/** @param {string} text */
export const red = text => paint(31, text);
/** @param {string} text */
export const green = text => paint(32, text);

/** @param {string} text */
export function step(text) {
  console.log(`${bold('>')} ${text}`);
}

/** A failure that needs no stack trace: its sentence says what to do. */
export class PlainError extends Error {}

/**
 * Runs the main function of a script; a failure becomes a sentence and a non-zero exit code.
 * @param {() => Promise<number | undefined>} main resolves with the exit code
 */
export async function runScript(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(red(error instanceof PlainError ? error.message : String(errorDetail(error))));
    process.exitCode = 1;
  }
}

/** @param {unknown} error */
function errorDetail(error) {
  return error instanceof Error ? (error.stack ?? error.message) : error;
}
