/** What commands about a whole file have in common: the records, where results go, progress, and Ctrl-C. */
import type { Command } from 'commander';
import { checkPageFile } from '../batch/page/pageFile';
import { refuseSame } from '../batch/outputFile';
import { printable } from '../batch/printable';
import type { RunDataset } from '../batch/runDataset';
import { GlassboxError } from '../protocol/messages';
import { chosenLines, linesHelp, parseLines, type LineSelection } from './lineSelection';
import { fieldsOf, withDataset, type FieldNames } from './readRecord';
import type { CommandTerminal } from './terminal';

export interface RunFileOptions extends FieldNames {
  readonly lines?: LineSelection;
  readonly out?: string;
  readonly html?: string;
  readonly quiet?: true;
}

export function addLinesOption(command: Command): Command {
  return command
    .option('--lines <which>', linesHelp, parseLines)
    .option('--quiet', 'no progress on standard error');
}

export function addOutFile(command: Command): Command {
  return command.option(
    '--out <file>',
    'write the results to this .jsonl file, or go on where they end in it',
  );
}

export function addOutFiles(command: Command): Command {
  return addOutFile(command).option('--html <file>', 'write the report as a page without scripts');
}

/** The records that are asked for, for as long as `use` works on them. Throws GlassboxError 'bad-input'. */
export async function withRun<T>(
  file: string,
  options: RunFileOptions,
  { signal }: CommandTerminal,
  use: (dataset: RunDataset) => Promise<T>,
): Promise<T> {
  const { out, html } = options;
  if (html !== undefined) {
    await checkPageFile(html, [file]);
    if (out !== undefined && html === out) {
      throw new GlassboxError('bad-input', 'Give --out and --html different files.');
    }
  }
  if (out !== undefined) await refuseSame(out, file);
  return await withDataset(file, async (source, format) => {
    const fields = fieldsOf(options);
    const lines = await chosenLines(options.lines, source, format, { fields, signal });
    return await use({ file, path: file, source, format, fields, lines });
  });
}

/** Where the results lie, on standard error; a run that was stopped says how it goes on. */
export function tellEnd(
  state: 'running' | 'done' | 'stopped',
  { out, html }: RunFileOptions,
  { err, colors }: CommandTerminal,
): void {
  const files = [out, html].filter(file => file !== undefined);
  if (files.length > 0) err(`results in ${files.map(printable).join(' and ')}\n`);
  if (state !== 'stopped') return;
  const on =
    out === undefined ? 'with --out, it could have gone on' : 'the same command goes on from there';
  err(colors.yellow(`Stopped; ${on}.\n`));
}
