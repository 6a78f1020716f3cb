/** `glassbox explain`: one line of a dataset, or rows of token ids. */
import path from 'node:path';
import type { Word } from '../dataset';
import { textInput } from '../dataset';
import type { EngineClient } from '../engine/client';
import type { Explanation } from '../protocol/explanation';
import { GlassboxError } from '../protocol/messages';
import { readGoldenRows } from './goldenRows';
import type { ExplainOptions } from './options';
import { readingOf } from './options';
import { parametersOf } from './parameterOptions';
import { readRecord } from './readRecord';
import { recordInfo } from './recordInfo';
import type { LineTarget } from './target';
import { parseTarget } from './target';
import { topWords, type TopWord } from './topTable';
import { strongest } from './heatLine';

/** An explanation and where its text came from. */
export interface ExplainedRecord extends Explanation {
  readonly record: {
    readonly file: string;
    /** Line on which the record starts, from 1. */
    readonly line: number;
    /** '' where the text has no name, as in plain text and CoNLL. */
    readonly field: string;
    readonly text: string;
    readonly pair: { readonly field: string; readonly text: string } | null;
    /** The dataset's own words of `text`, with their gold tags. */
    readonly words: readonly Word[] | null;
    /** The right answer as the dataset has it, in words. */
    readonly gold: string | null;
  };
  /** With --top: the strongest words, the strongest first. */
  readonly top?: readonly TopWord[];
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
  if (ids === undefined && options.position !== undefined) {
    throw new GlassboxError(
      'bad-input',
      'Give --position with --ids; in a line, say which word or mask by --label.',
    );
  }
  if (ids !== undefined && options.top !== undefined) {
    throw new GlassboxError('bad-input', 'Give --top with FILE:LINE; rows of ids have no words.');
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
  const record = await readRecord({ file, line }, options);
  const explanation = await engine.call('explain', {
    ...questionOf(options),
    ...textInput(record, line - 1),
  });
  const { words } = record;
  const explained: ExplainedRecord = {
    ...explanation,
    // The file as the user wrote it, and the words with their tags.
    record: { ...recordInfo(file, record), file, words },
  };
  const { top } = options;
  return top === undefined
    ? explained
    : { ...explained, top: topWords(explained, strongest(explained, top)) };
}

async function explainRows(
  engine: EngineClient,
  file: string,
  options: ExplainOptions,
): Promise<Explanation[]> {
  const { rows, gold } = await readGoldenRows(file);
  const { position } = options;
  return await engine.call('explainIds', {
    ...questionOf(options),
    rows,
    gold,
    ...(position !== undefined && { position }),
  });
}

/** What is the same for a line and for rows of ids. The engine's own folder may be another one. */
function questionOf(options: ExplainOptions) {
  const { model, device, method, scalar, label } = options;
  const parameters = parametersOf(options);
  const asked = { modelDir: path.resolve(model), device, method, parameters, scalar, label };
  return { ...asked, ...readingOf(options) };
}
