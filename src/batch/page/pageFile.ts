/** Pages on disk: written whole, and only in the place of one of ours. */
import { open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { GlassboxError } from '../../protocol/messages';
import { elsewhere, refuseSame, sizeOf, writing } from '../outputFile';

/** Stands near the beginning of every page of ours. */
const ours = '<meta name="generator" content="Glassbox ';
const beginning = 2048;

/**
 * Before anything is computed. Throws GlassboxError 'bad-input' where the file is one of `datasets`, or there already and no page that
 * Glassbox wrote.
 */
export async function checkPageFile(file: string, datasets: readonly string[]): Promise<void> {
  for (const dataset of datasets) await refuseSame(file, dataset);
  if ((await sizeOf(file)) === null) return;
  const text = await writing(file, async () => {
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(beginning), 0, beginning, 0);
      return buffer.subarray(0, bytesRead).toString('utf8');
    } finally {
      await handle.close();
    }
  });
  if (text.startsWith('<!DOCTYPE html>') && text.includes(ours)) return;
  throw new GlassboxError(
    'bad-input',
    `${path.basename(file)} is there already and is no page of Glassbox; ${elsewhere}.`,
  );
}

/** Nobody sees half of a page. Throws GlassboxError 'bad-input'. */
export async function writePage(file: string, html: string): Promise<void> {
  const growing = `${file}.${process.pid}.part`;
  await writing(file, async () => {
    try {
      await writeFile(growing, html, { flag: 'wx' });
      await rename(growing, file);
    } catch (error) {
      await rm(growing, { force: true });
      throw error;
    }
  });
}
