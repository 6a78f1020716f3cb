/** `glassbox explain`: one line of a dataset, or rows of token ids. */
import path from 'node:path';
import type { DatasetRecord } from '../dataset';
import { formatOf, openFileLines, recordAt } from '../dataset';
import type { EngineClient } from '../engine/client';
import type { Explanation } from '../protocol/explanation';
import { GlassboxError } from '../protocol/messages';
import { readGoldenRows } from './goldenRows';
import type { ExplainOptions } from './options';
import { parametersOf } from './options';
import type { LineTarget } from './target';
import { parseTarget } from './target';

/** An explanation and where its text came from. */
export interface ExplainedRecord extends Explanation {
  readonly record: {
    readonly file: string;
    /** Line on which the record starts, from 1. */
    readonly line: number;
    readonly field: string;
    readonly text: string;
    readonly gold: string | null;
  };
}

/** Reads what is to be explained and asks the engine. Throws GlassboxError. */
export async function explainTarget(
  target: string | undefined,
  options: ExplainOptions,
  engine: EngineClient,
): Promise<ExplainedRecord | Explanation[]> {
  const { ids } = options;
  if (target === undefined && ids === undefined) {
    throw new GlassboxError('bad-input', 'Say what to explain: FILE:LINE, or --ids FILE.');
  }
  if (target !== undefined && ids !== undefined) {
    throw new GlassboxError('bad-input', 'Give FILE:LINE or --ids, not both.');
  }
  return ids === undefined
    ? await explainLine(engine, parseTarget(target!), options)
    : await explainRows(engine, ids, options);
}

async function explainLine(
  engine: EngineClient,
  { file, line }: LineTarget,
  options: ExplainOptions,
): Promise<ExplainedRecord> {
  const { startLine, text, label } = await readRecord(file, line, options);
  const explanation = await engine.call('explain', {
    ...questionOf(options),
    text: text.value,
    ...(label ? { gold: label.value } : {}),
  });
  const gold = label?.value ?? null;
  const record = { file, line: startLine + 1, field: text.name, text: text.value, gold };
  return { ...explanation, record };
}

async function readRecord(
  file: string,
  line: number,
  { field, labelField }: ExplainOptions,
): Promise<DatasetRecord> {
  const format = formatOf(file);
  if (!format) {
    throw new GlassboxError(
      'bad-input',
      `${path.basename(file)} is not a dataset that Glassbox reads; use a .jsonl, .csv, .tsv or .txt file.`,
    );
  }
  const lines = await openFileLines(file);
  try {
    return recordAt(lines, format, line - 1, { textField: field, labelField });
  } finally {
    await lines.close();
  }
}

async function explainRows(
  engine: EngineClient,
  file: string,
  options: ExplainOptions,
): Promise<Explanation[]> {
  const { rows, gold } = await readGoldenRows(file);
  return await engine.call('explainIds', { ...questionOf(options), rows, gold });
}

/** What is the same for a line and for rows of ids. The engine's own folder may be another one. */
function questionOf(options: ExplainOptions) {
  const { model, device, method, scalar, label } = options;
  const parameters = parametersOf(options);
  return { modelDir: path.resolve(model), device, method, parameters, scalar, label };
}
