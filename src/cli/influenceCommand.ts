/** `glassbox influence`: the training lines behind one line of a dataset, behind each of its lines, or behind all of them together. */
import path from 'node:path';
import { influenceJson, influenceJsonLine } from '../batch/influenceJson';
import { checkScoresFile, writeScores } from '../batch/scoresFile';
import { printable } from '../batch/printable';
import { formatOf, textInput } from '../dataset';
import { countRecords, readRecords, type BatchRecord } from '../dataset/records';
import type { EngineClient } from '../engine/client';
import { resolveInfluenceOptions } from '../interpret/influence/options';
import type { InfluenceResult } from '../protocol/influence';
import { GlassboxError, type Progress } from '../protocol/messages';
import type { TextInput } from '../protocol/task';
import { exitCodes } from './exitCodes';
import { influenceQuestion, type InfluenceCommandOptions } from './influenceOptions';
import { reportInfluence, reportTraced } from './influenceReport';
import { progressLines } from './progressLines';
import { fieldsOf, readRecord, withDataset } from './readRecord';
import { parseTarget } from './target';
import { interruptible } from './trainingCommand';
import type { CommandTerminal } from './terminal';

/**
 * Traces FILE:LINE, or each record of FILE, prints what comes out, and returns the exit code. Throws GlassboxError.
 */
export async function traceTarget(
  target: string,
  options: InfluenceCommandOptions,
  engine: EngineClient,
  terminal: CommandTerminal,
): Promise<number> {
  const progress = options.quiet ? () => undefined : progressLines(terminal.err);
  const traced = { options, engine, terminal, progress };
  // At once, rather than when everything is loaded.
  resolveInfluenceOptions(influenceQuestion(options).options);
  return await interruptible(options, engine, terminal, async () => {
    if (options.together) return await traceTogether(target, traced);
    return /:\d+$/.test(target) ? await traceLine(target, traced) : await traceEach(target, traced);
  });
}

interface Traced {
  readonly options: InfluenceCommandOptions;
  readonly engine: EngineClient;
  readonly terminal: CommandTerminal;
  readonly progress: (progress: Progress) => void;
}

async function traceLine(target: string, traced: Traced): Promise<number> {
  const { file, line } = parseTarget(target);
  const record = await readRecord({ file, line }, traced.options);
  const place = { file, line: record.startLine + 1 };
  return await show(file, place, [textInput(record, line - 1)], traced);
}

/** Lines that cannot be read are told and left out. */
async function traceTogether(file: string, traced: Traced): Promise<number> {
  const { options, terminal } = traced;
  if (formatOf(file) === null && /:\d+$/.test(file)) {
    throw new GlassboxError('bad-input', 'Give --together with FILE; a single line stands alone.');
  }
  const tests = await withDataset(file, async (source, format) => {
    const found: TextInput[] = [];
    const reading = { fields: fieldsOf(options), signal: terminal.signal };
    for await (const record of readRecords(source, format, reading)) {
      const input = inputOf(record);
      if (typeof input === 'string') terminal.err(`${printable(input)}\n`);
      else found.push(input);
    }
    return found;
  });
  if (tests.length === 0) throw noRecords(file);
  return await show(file, { file, line: null }, tests, traced);
}

/** One answer, printed; with `--all-scores`, the scores are written. */
async function show(
  file: string,
  place: { readonly file: string; readonly line: number | null },
  tests: readonly TextInput[],
  traced: Traced,
): Promise<number> {
  const { options, terminal } = traced;
  const { allScores, json } = options;
  if (allScores !== undefined) await checkScoresFile(allScores, [file, options.train]);
  const result = await ask(tests, traced);
  if (allScores !== undefined && result.scores) await writeScores(allScores, result.scores);
  terminal.out(
    json
      ? `${JSON.stringify(influenceJson(result, place))}\n`
      : `${reportInfluence(result, place, terminal.colors)}\n`,
  );
  return exitCodes.well;
}

/** One object a line on standard output, as it comes. */
async function traceEach(file: string, traced: Traced): Promise<number> {
  const { options, terminal } = traced;
  if (options.allScores !== undefined) {
    throw new GlassboxError(
      'bad-input',
      'Give --all-scores with FILE:LINE, or with --together; one file holds the scores of one answer.',
    );
  }
  const { out, err, signal, colors } = terminal;
  const tell = (text: string): void => {
    if (!options.quiet) err(`${text}\n`);
  };
  const [done, failed] = await withDataset(file, async (source, format) => {
    const reading = { fields: fieldsOf(options), signal };
    const total = await countRecords(source, format, reading);
    let [done, failed] = [0, 0];
    for await (const record of readRecords(source, format, reading)) {
      const place = { file, line: record.start + 1 };
      const count = `${++done}/${total}  ${source.name}:${place.line}`;
      const input = inputOf(record);
      try {
        if (typeof input === 'string') throw new GlassboxError('bad-input', input);
        const result = await ask([input], traced);
        out(influenceJsonLine(result, place));
        tell(`${colors.dim(printable(count))}  ${reportTraced(result)}`);
      } catch (error) {
        if (!(error instanceof GlassboxError) || isAboutAll(error, options)) throw error;
        failed++;
        out(`${JSON.stringify({ test_instance: place, error: error.message })}\n`);
        tell(`${colors.dim(printable(count))}  ${colors.yellow(printable(error.message))}`);
      }
    }
    return [done, failed];
  });
  if (done === 0) throw noRecords(file);
  return failed === done ? exitCodes.failed : exitCodes.well;
}

async function ask(
  tests: readonly TextInput[],
  { options, engine, terminal: { signal }, progress: onProgress }: Traced,
): Promise<InfluenceResult> {
  try {
    return await engine.call(
      'influence',
      { ...influenceQuestion(options), tests },
      { signal, onProgress },
    );
  } catch (error) {
    throw error instanceof GlassboxError ? ofTraining(error) : error;
  }
}

/** The engine does not know the tested file: what names the training file holds for every line. */
function isAboutAll({ code, message }: GlassboxError, { train }: InfluenceCommandOptions): boolean {
  return code !== 'bad-input' || message.includes(path.basename(train));
}

/** The tested file was read here; what the engine says of fields is about the training file. */
function ofTraining({ code, message }: GlassboxError): GlassboxError {
  const named = message
    .replaceAll(
      /(?:the setting )?glassbox\.(text|pair|label)Field/g,
      (_, name: 'text' | 'pair' | 'label') => trainFlags[name],
    )
    .replaceAll('in the settings', `by ${trainFlags.text} and ${trainFlags.label}`);
  return new GlassboxError(code, named);
}

const trainFlags = {
  text: '--train-field',
  pair: '--train-pair-field',
  label: '--train-label-field',
} as const;

/** What a record that cannot be read has to say comes as a string. */
function inputOf(record: BatchRecord): TextInput | string {
  try {
    return textInput(record.read());
  } catch (error) {
    if (error instanceof GlassboxError) return error.message;
    throw error;
  }
}

function noRecords(file: string): GlassboxError {
  const name = path.basename(file);
  return new GlassboxError('bad-input', `There is no record in ${name}; choose lines with text.`);
}
