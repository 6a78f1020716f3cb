/** The engine processes that the windows of this run have started. */
import { readdir, readFile } from 'node:fs/promises';
import { session } from './session';

/** Process ids of engines of our own server, whose files no other program runs. Linux only. */
export async function enginePids(): Promise<number[]> {
  const { home } = await session();
  const pids: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(home) && command.includes('engine.js')) pids.push(Number(name));
  }
  return pids;
}
