/** Files that Glassbox may add lines to: those that it began, and never a dataset that is at hand. */
import { open, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { isSameFile, openFileLines } from '../../dataset';
import { GlassboxError, reasonOf } from '../../protocol';
import { provenanceKey } from './datasetLine';

/**
 * Adds a line at the end of a file, which is begun where it is not there; nothing in it is ever changed.
 * @param datasets files that are never written.
 * @throws GlassboxError 'bad-input' where the file is one of them, is not one that Glassbox began, or cannot be written.
 */
export async function appendLine(
  file: string,
  line: string,
  datasets: readonly string[],
): Promise<void> {
  for (const dataset of datasets) await refuseDataset(file, dataset);
  const exists = (await stat(file).catch(() => null)) !== null;
  if (exists) await refuseForeign(file);
  try {
    const handle = await open(file, exists ? 'a' : 'ax');
    try {
      const start = exists && (await lacksLineBreak(file)) ? '\n' : '';
      await handle.appendFile(`${start}${line}\n`, 'utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new GlassboxError(
      'bad-input',
      `The line could not be written to ${file} (${reasonOf(error)}). Choose another file.`,
    );
  }
}

async function refuseDataset(file: string, dataset: string): Promise<void> {
  if (!(await isSameFile(file, dataset))) return;
  throw new GlassboxError(
    'bad-input',
    `${path.basename(file)} is the dataset itself, which Glassbox never writes. Choose a new file.`,
  );
}

/** Every line must say that Glassbox has made it. */
async function refuseForeign(file: string): Promise<void> {
  const name = path.basename(file);
  const lines = await openFileLines(file);
  try {
    for (let index = 0; index < lines.lineCount; index++) {
      const text = lines.line(index);
      const isEnd = index === lines.lineCount - 1 && text === '';
      if (isEnd || isOwn(text)) continue;
      throw new GlassboxError(
        'bad-input',
        `${name} is not a dataset that Glassbox began (line ${index + 1} does not say so), so nothing was added to it. Choose a new file.`,
      );
    }
  } finally {
    await lines.close();
  }
}

/** The lines of results of an attack on many records have a text under the same key, and are none of these. */
function isOwn(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const provenance = Object.entries(value).find(([key]) => key === provenanceKey)?.[1] as unknown;
    return typeof provenance === 'object' && provenance !== null && 'from' in provenance;
  } catch {
    return false;
  }
}

async function lacksLineBreak(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size === 0) return false;
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    return bytesRead === 1 && buffer[0] !== 0x0a;
  } finally {
    await handle.close();
  }
}
