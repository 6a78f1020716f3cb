/** `glassbox evaluate`: what the model says of every record of a file, and how right it is. */
import path from 'node:path';
import type { Command } from 'commander';
import { evaluationRun } from '../batch/evaluation/evaluationRun';
import { inNumber } from '../batch/numbers';
import { evaluationPage } from '../batch/page/evaluationPage';
import { writePage } from '../batch/page/pageFile';
import type { EngineClient } from '../engine/client';
import type { EvaluationState } from '../protocol/evaluation';
import { reportEvaluation } from './evaluateReport';
import { exitCodes } from './exitCodes';
import {
  addModelOption,
  addOutputOptions,
  addTextOptions,
  readingOf,
  type ModelOptions,
  type TextOptions,
} from './options';
import { progressLines } from './progressLines';
import { addLinesOption, addOutFiles, tellEnd, withRun, type RunFileOptions } from './runFile';
import type { CommandTerminal } from './terminal';

export type EvaluateOptions = ModelOptions & TextOptions & RunFileOptions;

export function addEvaluateOptions(command: Command): Command {
  return addOutputOptions(addOutFiles(addLinesOption(addTextOptions(addModelOption(command)))));
}

/** Evaluates FILE, prints the report, and returns the exit code. Throws GlassboxError. */
export async function evaluateFile(
  file: string,
  options: EvaluateOptions,
  engine: EngineClient,
  terminal: CommandTerminal,
): Promise<number> {
  const { out, err, colors, signal } = terminal;
  const told = options.quiet ? () => undefined : progressLines(err);
  const { state } = await withRun(file, options, terminal, dataset =>
    evaluationRun(
      {
        dataset,
        question: {
          modelDir: path.resolve(options.model),
          device: options.device,
          ...readingOf(options),
        },
        output: options.out ?? null,
      },
      engine,
      {
        signal,
        onProgress: ({ state: { summary } }) => {
          const { done, total } = summary;
          told({ done, total, says: `Predicted ${inNumber(done)} of ${inNumber(total)} records` });
        },
      },
    ),
  );
  if (options.html !== undefined) await writePage(options.html, evaluationPage(state));
  out(`${options.json ? JSON.stringify(state) : reportEvaluation(state, colors)}\n`);
  tellEnd(state.state, options, terminal);
  if (state.state === 'stopped') return exitCodes.interrupted;
  return saysNothing(state) ? exitCodes.failed : exitCodes.well;
}

function saysNothing({ summary: { done, problems } }: EvaluationState): boolean {
  return problems.unreadable + problems.empty + problems.failed === done;
}
