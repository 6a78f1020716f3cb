/** `glassbox compare`: maps of one line side by side, by several methods, for each label, or of two models. */
import path from 'node:path';
import type { Command } from 'commander';
import { textInput } from '../dataset';
import type { EngineClient } from '../engine/client';
import type { ComparisonState } from '../protocol/comparison';
import type { ExplainRequest, MethodParameters } from '../protocol/explanation';
import { GlassboxError, type Progress } from '../protocol/messages';
import type { MeasureName } from '../protocol/measures';
import { compareLabels } from './compareLabels';
import { compareMethods } from './compareMethods';
import { compareModels } from './compareModels';
import { reportComparison } from './compareReport';
import { exitCodes } from './exitCodes';
import { methodsHelp, parseMethods, type ChosenMethod } from './methodList';
import { addMeasuresOption } from './measureList';
import {
  addModelOption,
  addOutputOptions,
  addQuestionOptions,
  addTextOptions,
  readingOf,
  type ModelOptions,
  type QuestionOptions,
  type TextOptions,
} from './options';
import { addParameterOptions, parametersOf } from './parameterOptions';
import { progressLines } from './progressLines';
import { readRecord } from './readRecord';
import { recordInfo } from './recordInfo';
import { parseTarget } from './target';
import type { CommandTerminal } from './terminal';

export interface CompareOptions
  extends ModelOptions, TextOptions, QuestionOptions, MethodParameters {
  readonly methods?: readonly ChosenMethod[];
  readonly measures?: readonly MeasureName[];
  readonly labels?: true;
  readonly with?: string;
  readonly method: string;
  readonly quiet?: true;
}

/** What comparisons share: the question about the line, and how it is asked. */
export interface Comparing {
  readonly question: Omit<ExplainRequest, keyof ChosenMethod>;
  /** Of labels and models; of methods the parameters are those that all share. */
  readonly by: ChosenMethod;
  readonly engine: EngineClient;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

/** A comparison without the line, which is the same for all kinds. */
export type Compared = Omit<ComparisonState, 'record' | 'running'>;

export function addCompareOptions(command: Command): Command {
  addModelOption(command)
    .option('--methods <list>', `compare methods: ${methodsHelp}`, parseMethods)
    .option('--labels', 'compare the labels of the model, or what else can be asked')
    .option('--with <dir>', 'compare with another model folder')
    .option('--method <name>', 'with --labels and --with', 'integrated-gradients');
  addMeasuresOption(command, 'of methods: comprehensiveness, sufficiency and tau-loo');
  addTextOptions(addParameterOptions(addQuestionOptions(command)));
  return addOutputOptions(command.option('--quiet', 'no progress on standard error'));
}

/** Compares at FILE:LINE, prints what comes out, and returns the exit code. Throws GlassboxError. */
export async function compareLine(
  target: string,
  options: CompareOptions,
  engine: EngineClient,
  { out, err, colors, signal }: CommandTerminal,
): Promise<number> {
  const { labels, methods, measures, with: other } = options;
  if ([labels, methods, other].filter(each => each !== undefined).length > 1) {
    throw new GlassboxError('bad-input', 'Give one of --methods, --labels and --with.');
  }
  if (measures !== undefined && (labels !== undefined || other !== undefined)) {
    throw new GlassboxError('bad-input', 'Give --measures with methods that are compared.');
  }
  const { file, line } = parseTarget(target);
  const record = await readRecord({ file, line }, options);
  const comparing: Comparing = {
    question: {
      ...textInput(record, line - 1),
      ...readingOf(options),
      modelDir: path.resolve(options.model),
      device: options.device,
      scalar: options.scalar,
      label: options.label,
    },
    by: { method: options.method, parameters: parametersOf(options) },
    engine,
    signal,
    progress: options.quiet ? () => undefined : progressLines(err),
  };
  try {
    const compared = labels
      ? await compareLabels(comparing)
      : other !== undefined
        ? await compareModels(comparing, other)
        : await compareMethods(comparing, methods, measures);
    const state: ComparisonState = {
      ...compared,
      record: recordInfo(file, record),
      running: null,
    };
    out(`${options.json ? JSON.stringify(state) : reportComparison(state, colors)}\n`);
    const failed = state.rows.every(({ state: reached }) => reached === 'failed');
    return failed ? exitCodes.failed : exitCodes.well;
  } catch (error) {
    if (!signal.aborted) throw error;
    err('glassbox: The comparison was cancelled.\n');
    return exitCodes.interrupted;
  }
}
