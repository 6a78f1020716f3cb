/** What the editor waits for, measured inside the extension host of a real VS Code. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Figure } from './report';

export async function editorFigures(): Promise<Figure[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['scripts/test.mjs', 'host', '--grep', 'Measures'],
    { maxBuffer: 1e8 },
  );
  const read = (name: string): number => {
    const found = new RegExp(`${name}: ([\\d.]+) ms`, 'u').exec(stdout);
    if (!found) throw new Error(`The host tests did not print "${name}".`);
    return Number(found[1]);
  };
  return [
    {
      name: 'Activation of the extension',
      value: read('activation'),
      unit: ' ms',
      goal: 50,
      details:
        'from the first line of the code to the end of activate(); no native module is loaded',
    },
    {
      name: 'From the command to the message to the panel',
      value: read('command to panel'),
      unit: ' ms',
      goal: 150,
      details:
        'integrated gradients, 50 points, on the sample model with a warm engine; median of 10',
    },
  ];
}
