/** What `influence` and `suspicious` can both be asked for: the model, the curvature, and where things are kept. */
import path from 'node:path';
import type { Command } from 'commander';
import type { DevicePreference } from '../protocol/explanation';
import type { FieldNames, InfluenceRequest } from '../protocol/influence';
import type { LongText, TaskKind } from '../protocol/task';
import { cacheFolder } from './cacheFolder';
import { decimalNumber, wholeNumber } from './numberOptions';
import { addTextOptions, readingOf } from './options';

/** As commander hands them over; what was not given is undefined. */
export interface TrainingOptions {
  readonly model: string;
  readonly k?: number;
  readonly damping?: number;
  readonly params?: string;
  readonly lastBlocks?: number;
  readonly curvatureLines?: number;
  readonly seed?: number;
  readonly field?: string;
  readonly pairField?: string;
  readonly labelField?: string;
  readonly task?: TaskKind;
  readonly device: DevicePreference;
  readonly long?: LongText['mode'];
  readonly overlap?: number;
  readonly cache?: string;
  readonly quiet?: true;
  readonly json?: true;
  readonly verbose?: true;
}

/** @param k what so many lines are, with the default. */
export function addTrainingOptions(command: Command, k: string): Command {
  const own = command
    .requiredOption('--model <dir>', 'folder with model.onnx, config.json and tokenizer.json')
    .option('--k <n>', k, wholeNumber)
    .option(
      '--damping <x>',
      'what is added to the eigenvalues of the curvature; otherwise found by itself',
      decimalNumber,
    )
    .option('--params <regex>', 'only parameters with such names, of methods below the head')
    .option(
      '--last-blocks <n>',
      'without --params: parameters of the last n blocks and of what follows them',
      wholeNumber,
    )
    .option('--curvature-lines <n>', 'training lines that the curvature is a mean of', wholeNumber)
    .option('--seed <n>', 'of everything random', wholeNumber);
  return addTextOptions(own)
    .option(
      '--cache <dir>',
      `folder for what a later command need not compute again (${cacheFolder()})`,
    )
    .option('--quiet', 'no progress on standard error')
    .option('--json', 'print JSON')
    .option('--verbose', "print the engine's log to stderr");
}

/** The engine's own folder may be another one. */
export function aboutTraining(
  options: TrainingOptions,
  train: string,
  fields: FieldNames,
): Omit<InfluenceRequest, 'tests' | 'method' | 'options'> {
  const { task, longText } = readingOf(options);
  return {
    modelDir: path.resolve(options.model),
    device: options.device,
    ...(task && { task }),
    ...(longText && { longText }),
    train: { path: path.resolve(train), fields },
    cacheDir: cacheOf(options),
  };
}

export function cacheOf({ cache }: Pick<TrainingOptions, 'cache'>): string {
  return path.resolve(cache ?? cacheFolder());
}

/** Only what was given: the engine knows the defaults. */
export function given<T extends object>(options: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: NonNullable<T[Key]>;
  };
}
