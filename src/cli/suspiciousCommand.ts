/** `glassbox suspicious`: the probably mislabelled lines of a training file. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { suspicionJson } from '../batch/suspicionJson';
import type { EngineClient } from '../engine/client';
import { resolveSuspicionOptions } from '../interpret/influence/options';
import {
  suspicionMethods,
  type SuspicionMethodName,
  type SuspicionRequest,
} from '../protocol/influence';
import { exitCodes } from './exitCodes';
import { progressLines } from './progressLines';
import { reportSuspicion } from './suspiciousReport';
import { interruptible } from './trainingCommand';
import { aboutTraining, addTrainingOptions, given, type TrainingOptions } from './trainingOptions';
import type { CommandTerminal } from './terminal';

/** As commander hands them over; what was not given is undefined. */
export interface SuspiciousOptions extends TrainingOptions {
  readonly method: SuspicionMethodName;
}

export function addSuspiciousOptions(command: Command): Command {
  command.addOption(
    new Option('--method <name>', 'self-influence of the head or of deeper parameters, or the loss')
      .choices(suspicionMethods)
      .default('head'),
  );
  return addTrainingOptions(command, 'how many lines; otherwise 100; 0: all');
}

/** Prints the ranked lines and returns the exit code. Throws GlassboxError. */
export async function rankTraining(
  train: string,
  options: SuspiciousOptions,
  engine: EngineClient,
  terminal: CommandTerminal,
): Promise<number> {
  const { out, err, colors, signal } = terminal;
  const question = suspicionQuestion(train, options);
  resolveSuspicionOptions(question.options);
  return await interruptible(options, engine, terminal, async () => {
    const result = await engine.call('suspicious', question, {
      signal,
      ...(!options.quiet && { onProgress: progressLines(err) }),
    });
    out(
      options.json
        ? `${JSON.stringify(suspicionJson(result))}\n`
        : `${reportSuspicion(result, colors)}\n`,
    );
    return exitCodes.well;
  });
}

/** The engine knows the defaults and refuses what makes no sense. */
function suspicionQuestion(train: string, options: SuspiciousOptions): SuspicionRequest {
  const { k, damping, params, lastBlocks, curvatureLines, seed } = options;
  const { field, pairField, labelField } = options;
  return {
    ...aboutTraining(options, train, { textField: field, pairField, labelField }),
    method: options.method,
    options: given({ k, damping, params, lastBlocks, curvatureLines, seed }),
  };
}
