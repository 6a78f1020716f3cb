/** The commands that compare, measure and evaluate, as a program has them. */
import type { Command } from 'commander';
import type { EngineClient } from '../engine/client';
import { addChangesOptions, changesOfFile, type ChangesOptions } from './changesCommand';
import { addCompareOptions, compareLine, type CompareOptions } from './compareCommand';
import { addDriversOptions, driversOfFile, type DriversOptions } from './driversCommand';
import { addEvaluateOptions, evaluateFile, type EvaluateOptions } from './evaluateCommand';
import { addMeasureOptions, measureTarget, type MeasureCommandOptions } from './measureCommand';
import type { CommandTerminal } from './terminal';

/** Runs a command with an engine of its own; Ctrl-C aborts the terminal's signal. */
export type Interruptible = (
  verbose: true | undefined,
  work: (engine: EngineClient, terminal: CommandTerminal) => Promise<number>,
) => Promise<void>;

export function addComparingCommands(program: Command, run: Interruptible): void {
  addCompareOptions(
    program
      .command('compare')
      .description('maps of a line side by side: of methods, of labels, or of two models')
      .argument('<file:line>', 'a dataset and a line of it, from 1'),
  ).action(async (target: string, options: CompareOptions) => {
    await run(options.verbose, (engine, terminal) =>
      compareLine(target, options, engine, terminal),
    );
  });
  addEvaluateOptions(
    program
      .command('evaluate')
      .description('what the model says of every record of a dataset, and how right it is')
      .argument('<file>', 'a dataset; never written'),
  ).action(async (file: string, options: EvaluateOptions) => {
    await run(options.verbose, (engine, terminal) => evaluateFile(file, options, engine, terminal));
  });
  addDriversOptions(
    program
      .command('drivers')
      .description('which words drive the predictions of a dataset, and towards which label')
      .argument('<file>', 'a dataset; never written'),
  ).action(async (file: string, options: DriversOptions) => {
    await run(options.verbose, (engine, terminal) =>
      driversOfFile(file, options, engine, terminal),
    );
  });
  addChangesOptions(
    program
      .command('changes')
      .description('two models on a dataset: predictions and maps that changed')
      .argument('<file>', 'a dataset; never written'),
  ).action(async (file: string, options: ChangesOptions) => {
    await run(options.verbose, (engine, terminal) =>
      changesOfFile(file, options, engine, terminal),
    );
  });
  addMeasureOptions(
    program
      .command('measure')
      .description('how good the explanations of some methods are')
      .argument('<file:line>', 'a dataset and a line of it, from 1; a dataset alone: its records'),
  ).action(async (target: string, options: MeasureCommandOptions) => {
    await run(options.verbose, (engine, terminal) =>
      measureTarget(target, options, engine, terminal),
    );
  });
}
