/** `glassbox drivers`: which tokens drive a file. */
import path from 'node:path';
import type { Command } from 'commander';
import { defaultDrivers, driversRun } from '../batch/drivers/driversRun';
import { inNumber } from '../batch/numbers';
import type { EngineClient } from '../engine/client';
import { methodNamed } from '../interpret/saliency/methods';
import type { MethodParameters, ScalarKind } from '../protocol/explanation';
import { reportDrivers } from './driversReport';
import { exitCodes } from './exitCodes';
import { wholeNumber } from './numberOptions';
import {
  addModelOption,
  addOutputOptions,
  addScalarOption,
  addTextOptions,
  readingOf,
  type ModelOptions,
  type TextOptions,
} from './options';
import { addParameterOptions, parametersOf } from './parameterOptions';
import { progressLines } from './progressLines';
import { addLinesOption, tellEnd, withRun, type RunFileOptions } from './runFile';
import type { CommandTerminal } from './terminal';

export interface DriversOptions
  extends ModelOptions, TextOptions, MethodParameters, Omit<RunFileOptions, 'out' | 'html'> {
  readonly method: string;
  readonly scalar: ScalarKind;
  readonly leastLines: number;
}

export function addDriversOptions(command: Command): Command {
  const { method, scalar, leastLines } = defaultDrivers;
  addModelOption(command)
    .option('--method <name>', 'see `methods`', method)
    .option('--least-lines <n>', 'leave out words in fewer lines', wholeNumber, leastLines);
  addParameterOptions(addScalarOption(command, scalar));
  return addOutputOptions(addLinesOption(addTextOptions(command)));
}

/** Explains each record of FILE for each label, prints the words, and returns the exit code. Throws GlassboxError. */
export async function driversOfFile(
  file: string,
  options: DriversOptions,
  engine: EngineClient,
  terminal: CommandTerminal,
): Promise<number> {
  const { out, err, colors, signal } = terminal;
  const { method, scalar, leastLines } = options;
  // At once: asked of each record, it would be each record's fault.
  methodNamed(method);
  const told = options.quiet ? () => undefined : progressLines(err);
  const state = await withRun(file, options, terminal, dataset =>
    driversRun(
      {
        dataset,
        question: {
          modelDir: path.resolve(options.model),
          device: options.device,
          ...readingOf(options),
        },
        settings: { method, parameters: parametersOf(options), scalar, leastLines },
      },
      engine,
      {
        signal,
        onProgress: ({ done, total }) => {
          told({ done, total, says: `Explained ${inNumber(done)} of ${inNumber(total)} records` });
        },
      },
    ),
  );
  out(`${options.json ? JSON.stringify(state) : reportDrivers(state, colors)}\n`);
  tellEnd(state.state, {}, terminal);
  return state.state === 'stopped' ? exitCodes.interrupted : exitCodes.well;
}
