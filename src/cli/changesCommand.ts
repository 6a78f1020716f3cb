/** `glassbox changes`: two models on the records of a file, the largest change first. */
import path from 'node:path';
import type { Command } from 'commander';
import { defaultMaps, modelChangesRun } from '../batch/modelChanges/modelChangesRun';
import { inNumber } from '../batch/numbers';
import type { EngineClient } from '../engine/client';
import { methodNamed } from '../interpret/saliency/methods';
import type { MethodParameters, ScalarKind } from '../protocol/explanation';
import { reportChanges } from './changesReport';
import { exitCodes } from './exitCodes';
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
import { addLinesOption, addOutFile, tellEnd, withRun, type RunFileOptions } from './runFile';
import type { CommandTerminal } from './terminal';

export interface ChangesOptions
  extends ModelOptions, TextOptions, MethodParameters, Omit<RunFileOptions, 'html'> {
  readonly with: string;
  readonly method: string;
  readonly scalar: ScalarKind;
  /** False: --no-maps. */
  readonly maps: boolean;
}

export function addChangesOptions(command: Command): Command {
  addModelOption(command)
    .requiredOption('--with <dir>', 'the model folder after the change')
    .option('--no-maps', 'compare predictions only, which takes a fraction of the time')
    .option('--method <name>', 'of the maps: see `methods`', defaultMaps.method);
  addParameterOptions(addScalarOption(command, defaultMaps.scalar));
  return addOutputOptions(addOutFile(addLinesOption(addTextOptions(command))));
}

/** Asks both models about each record of FILE, prints what changed, and returns the exit code. Throws GlassboxError. */
export async function changesOfFile(
  file: string,
  options: ChangesOptions,
  engine: EngineClient,
  terminal: CommandTerminal,
): Promise<number> {
  const { out, err, colors, signal } = terminal;
  const { method, scalar, device } = options;
  // At once: asked of each record, it would be each record's fault.
  methodNamed(method);
  const told = options.quiet ? () => undefined : progressLines(err);
  const questionOf = (model: string) => ({
    modelDir: path.resolve(model),
    device,
    ...readingOf(options),
  });
  const { state } = await withRun(file, options, terminal, dataset =>
    modelChangesRun(
      {
        dataset,
        before: questionOf(options.model),
        after: questionOf(options.with),
        maps: options.maps ? { method, parameters: parametersOf(options), scalar } : null,
        output: options.out ?? null,
      },
      engine,
      {
        signal,
        onProgress: ({ done, total }) => {
          told({ done, total, says: `Compared ${inNumber(done)} of ${inNumber(total)} records` });
        },
      },
    ),
  );
  out(`${options.json ? JSON.stringify(state) : reportChanges(state, colors)}\n`);
  tellEnd(state.state, options, terminal);
  if (state.state === 'stopped') return exitCodes.interrupted;
  const failed = state.done > 0 && state.rows.every(row => row.failed !== null);
  return failed ? exitCodes.failed : exitCodes.well;
}
