/** `glassbox attack`: one line of a dataset, or all of them. */
import { attackJson } from '../batch/attackJson';
import { attackRun } from '../batch/attackRun';
import { csvBeside } from '../batch/resultFiles';
import { printable } from '../batch/printable';
import { textInput } from '../dataset';
import type { EngineClient } from '../engine/client';
import type { AttackResult } from '../protocol/attack';
import { GlassboxError } from '../protocol/messages';
import { attackQuestion, type AttackCommandOptions } from './attackOptions';
import { reportAttack, reportProgress, reportSummary } from './attackReport';
import { exitCodes } from './exitCodes';
import { fieldsOf, readRecord, withDataset } from './readRecord';
import { parseTarget } from './target';
import type { CommandTerminal } from './terminal';

/**
 * Attacks FILE:LINE, or all records of FILE, prints what comes out, and returns the exit code: 0 also where nothing
 * flips. Throws GlassboxError.
 */
export async function attackTarget(
  target: string,
  options: AttackCommandOptions,
  engine: EngineClient,
  terminal: CommandTerminal,
): Promise<number> {
  try {
    return /:\d+$/.test(target)
      ? await attackLine(target, options, engine, terminal)
      : await attackFile(target, options, engine, terminal);
  } catch (error) {
    if (!terminal.signal.aborted) throw error;
    terminal.err('glassbox: The attack was cancelled.\n');
    return exitCodes.interrupted;
  }
}

async function attackLine(
  target: string,
  options: AttackCommandOptions,
  engine: EngineClient,
  { out, colors, signal }: CommandTerminal,
): Promise<number> {
  if (options.output !== undefined) {
    throw new GlassboxError('bad-input', 'Give --output with FILE; a single line is printed.');
  }
  const { file, line } = parseTarget(target);
  const record = await readRecord({ file, line }, options);
  const request = { ...attackQuestion(options), ...textInput(record, line - 1), trace: 'line' };
  const place = { file, line: record.startLine + 1, field: record.text.name };
  const show = (result: AttackResult): void => {
    const shown = options.json
      ? JSON.stringify(attackJson(result, place))
      : reportAttack(result, place, colors);
    out(`${shown}\n`);
  };
  const told: AttackResult[] = [];
  const release = engine.onTrace(({ result }) => told.push(result));
  try {
    show(await engine.call('attack', request, { signal }));
    return exitCodes.well;
  } catch (error) {
    const soFar = told.at(-1);
    if (signal.aborted && soFar) show(soFar);
    throw error;
  } finally {
    release();
  }
}

/** Results go to standard output or to a file, what a person wants to know meanwhile to standard error. */
async function attackFile(
  file: string,
  options: AttackCommandOptions,
  engine: EngineClient,
  { out, err, colors, signal }: CommandTerminal,
): Promise<number> {
  const { output } = options;
  const table = await withDataset(file, (source, format) =>
    attackRun(
      {
        dataset: { file, path: file, source, format, fields: fieldsOf(options) },
        question: attackQuestion(options),
        output: output === undefined ? null : { jsonl: output, csv: csvBeside(output) },
      },
      engine,
      {
        signal,
        onStart: ({ rows, saved }) => {
          if (rows.length > 0) err(`${rows.length} done already in ${printable(saved.jsonl)}\n`);
        },
        onRow: (now, line) => {
          if (output === undefined) out(`${JSON.stringify(line)}\n`);
          err(`${reportProgress(now, colors)}\n`);
        },
      },
    ),
  );
  err(`${reportSummary(table, colors)}\n`);
  if (table.state === 'stopped') return exitCodes.interrupted;
  const { errors, done } = table.summary;
  return errors === done ? exitCodes.failed : exitCodes.well;
}
