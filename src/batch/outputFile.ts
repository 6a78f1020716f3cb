/** What can be said about a file that is to be written. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { isSameFile } from '../dataset';
import { GlassboxError, reasonOf } from '../protocol/messages';

/** The way out of every refusal. */
export const elsewhere = 'choose another file name for the results';

/** Bytes, or null where there is no such file. Throws GlassboxError 'bad-input' where that cannot be told. */
export async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw notWritten(file, error);
  }
}

/** Throws GlassboxError 'bad-input' where both names lead to one file, also through links. */
export async function refuseSame(output: string, dataset: string): Promise<void> {
  if (await isSameFile(output, dataset)) {
    throw new GlassboxError(
      'bad-input',
      `${path.basename(dataset)} is the dataset itself, which is never written; ${elsewhere}.`,
    );
  }
}

/** Turns errors of the file system into a sentence for the user. */
export async function writing<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof GlassboxError ? error : notWritten(file, error);
  }
}

function notWritten(file: string, error: unknown): GlassboxError {
  return new GlassboxError(
    'bad-input',
    `The results cannot be written to ${file} (${codeOf(error) ?? reasonOf(error)}); ${elsewhere}.`,
  );
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null;
}
