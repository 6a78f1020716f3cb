/** What `influence` can be asked for. */
import path from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import {
  influenceMethods,
  type InfluenceMethodName,
  type InfluenceOptions,
  type InfluenceRequest,
} from '../protocol/influence';
import { decimalNumber, wholeNumber } from './numberOptions';
import { aboutTraining, addTrainingOptions, given, type TrainingOptions } from './trainingOptions';

/** As commander hands them over; what was not given is undefined. */
export interface InfluenceCommandOptions extends TrainingOptions {
  readonly train: string;
  readonly method: InfluenceMethodName;
  readonly trainField?: string;
  readonly trainPairField?: string;
  readonly trainLabelField?: string;
  readonly curvature?: 'gauss-newton' | 'hessian';
  readonly tolerance?: number;
  readonly maxSteps?: number;
  readonly candidates?: number;
  readonly lissaBatchSize?: number;
  readonly numSamples?: number;
  readonly recursionDepth?: number;
  readonly scale?: number | 'auto';
  readonly paramsToFreeze?: readonly string[];
  readonly checkpoint?: readonly string[];
  readonly rate?: readonly number[];
  readonly distance?: 'cosine' | 'euclidean';
  readonly unit?: 'line' | 'entity';
  readonly together?: true;
  readonly allScores?: string;
}

export function addInfluenceOptions(command: Command): Command {
  const choice = (flags: string, about: string, choices: readonly string[]) =>
    new Option(flags, about).choices(choices);
  command
    .requiredOption('--train <file>', 'the dataset that the model was trained on; never written')
    .addOption(
      choice(
        '--method <name>',
        'exact at the head, deeper and approximate, or a preview',
        influenceMethods,
      ).default('head'),
    );
  return addTrainingOptions(command, 'how many lines that help, and that hurt; otherwise 20')
    .option('--train-field <name>', "the training file's field with the text")
    .option('--train-pair-field <name>', "the training file's field with the second text")
    .option('--train-label-field <name>', "the training file's field with the gold label")
    .addOption(
      choice('--curvature <kind>', 'cg, lissa: which products with the curvature', [
        'gauss-newton',
        'hessian',
      ]),
    )
    .option('--tolerance <x>', 'cg: relative residual at which it stops', decimalNumber)
    .option('--max-steps <n>', 'cg: most steps', wholeNumber)
    .option(
      '--candidates <n>',
      "score only so many lines, the nearest by the model's features; its recall is told",
      wholeNumber,
    )
    .option('--lissa-batch-size <n>', 'lissa: training lines of a step', wholeNumber)
    .option('--num-samples <n>', 'lissa: series that the answer is a mean of', wholeNumber)
    .option(
      '--recursion-depth <x>',
      'lissa: steps of a series if a whole number, else the share of all batches',
      decimalNumber,
    )
    .option('--scale <x>', 'lissa: what the curvature is divided by, or "auto"', numberOrAuto)
    .option(
      '--params-to-freeze <regex...>',
      'beginnings of the names of parameters that are not chosen',
    )
    .option('--checkpoint <dir>', 'tracin: a model folder, in the order of training', collectText)
    .option('--rate <x>', 'tracin: the learning rate at each checkpoint', collectNumber)
    .addOption(choice('--distance <kind>', 'neighbours: by which', ['cosine', 'euclidean']))
    .addOption(
      choice('--unit <what>', 'token classification: the loss of the line, or of one entity', [
        'line',
        'entity',
      ]),
    )
    .option('--together', 'with FILE: the mean loss of all its lines, in place of each alone')
    .option('--all-scores <file>', 'write the score of every training line to this .csv file');
}

/** What the engine is asked about some texts; it knows the defaults and refuses what makes no sense. */
export function influenceQuestion(
  options: InfluenceCommandOptions,
): Omit<InfluenceRequest, 'tests'> {
  const { trainField, trainPairField, trainLabelField, allScores } = options;
  const fields = { textField: trainField, pairField: trainPairField, labelField: trainLabelField };
  return {
    ...aboutTraining(options, options.train, fields),
    method: options.method,
    options: methodOptionsOf(options),
    ...(allScores !== undefined && { allScores: true }),
  };
}

function methodOptionsOf(options: InfluenceCommandOptions): InfluenceOptions {
  const { k, seed, damping, params, lastBlocks, curvature, curvatureLines } = options;
  const { tolerance, maxSteps, candidates, scale, distance, unit } = options;
  return given({
    ...{ k, seed, damping, params, lastBlocks, curvature, curvatureLines },
    ...{ tolerance, maxSteps, candidates, scale, distance, unit },
    lissa_batch_size: options.lissaBatchSize,
    num_samples: options.numSamples,
    recursion_depth: options.recursionDepth,
    params_to_freeze: options.paramsToFreeze,
    checkpoints: options.checkpoint?.map(dir => path.resolve(dir)),
    rates: options.rate,
  });
}

function numberOrAuto(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('A number or "auto" is expected.');
  return value;
}

function collectText(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

function collectNumber(text: string, before: readonly number[] = []): number[] {
  return [...before, decimalNumber(text)];
}
