/** What the command line can ask for, as plain data. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type {
  Aggregation,
  BaselineKind,
  DevicePreference,
  MethodParameters,
  Quadrature,
  ScalarKind,
} from '../protocol/explanation';
import { taskKinds } from '../protocol/task';
import type {
  AnswerPart,
  LabelChoice,
  LongText,
  ReadingOptions,
  TaskKind,
  WordScores,
} from '../protocol/task';
import { labelHelp, parseLabel } from './labelChoice';

/** The options of `explain`, as commander hands them over. */
export interface ExplainOptions extends MethodParameters {
  readonly model: string;
  readonly method: string;
  readonly scalar: ScalarKind;
  readonly label: LabelChoice;
  readonly device: DevicePreference;
  readonly field?: string;
  readonly pairField?: string;
  readonly labelField?: string;
  readonly ids?: string;
  readonly position?: number;
  readonly task?: TaskKind;
  readonly words?: WordScores;
  readonly answerPart?: AnswerPart;
  readonly long?: LongText['mode'];
  readonly overlap?: number;
  readonly json?: true;
  readonly verbose?: true;
}

const aggregations: readonly Aggregation[] = ['l2', 'l1', 'dot', 'sum'];
const scalars: readonly ScalarKind[] = ['logit', 'probability', 'loss'];
const baselines: readonly BaselineKind[] = ['zero', 'pad', 'mask'];
const devices: readonly DevicePreference[] = ['cpu', 'webgpu', 'auto'];
const quadratures: readonly Quadrature[] = [
  'gauss-legendre',
  'left',
  'right',
  'middle',
  'trapezoid',
];
const noiseScales = ['relative', 'absolute'] as const;
const wordScores: readonly WordScores[] = ['pieces', 'sum', 'mean', 'max'];
const answerParts: readonly AnswerPart[] = ['both', 'start', 'end'];
const longModes: readonly LongText['mode'][] = ['windows', 'start'];
const moments = ['mean', 'square', 'variance'] as const;

/** Adds the options of `explain` to a command. Methods and their defaults are told by `methods`. */
export function addExplainOptions(command: Command): Command {
  const choice = (flags: string, about: string, choices: readonly string[]) =>
    new Option(flags, about).choices(choices);
  return command
    .requiredOption('--model <dir>', 'folder with model.onnx, config.json and tokenizer.json')
    .option('--method <name>', 'see `methods`', 'integrated-gradients')
    .addOption(choice('--scalar <kind>', 'what is differentiated', scalars).default('logit'))
    .addOption(
      new Option('--label <what>', labelHelp)
        .argParser(parseLabel)
        .default({ kind: 'predicted' } satisfies LabelChoice, 'predicted'),
    )
    .addOption(choice('--aggregate <how>', 'how a vector becomes a number', aggregations))
    .option('--steps <n>', 'points of a path method', wholeNumber)
    .addOption(choice('--quadrature <rule>', 'where the points lie', quadratures))
    .addOption(choice('--baseline <kind>', 'where a path begins', baselines))
    .option('--samples <n>', 'noise samples', wholeNumber)
    .option('--noise <sigma>', 'standard deviation of the noise', decimalNumber)
    .addOption(choice('--noise-scale <kind>', 'what the noise is relative to', noiseScales))
    .addOption(choice('--moment <kind>', 'of the noisy gradients', moments))
    .option('--seed <n>', 'of the noise', wholeNumber)
    .addOption(choice('--device <name>', 'where the model runs', devices).default('auto'))
    .option('--field <name>', 'field that holds the text, when it cannot be told by its name')
    .option('--pair-field <name>', 'field that holds the second text; "(none)": there is none')
    .option('--label-field <name>', 'field that holds the gold label; "(none)": there is none')
    .addOption(choice('--task <kind>', 'what the model does, when its files mislead', taskKinds))
    .addOption(choice('--words <how>', "how pieces' scores become those of words", wordScores))
    .addOption(choice('--answer-part <end>', 'which ends of an answer are explained', answerParts))
    .addOption(choice('--long <mode>', 'how a text too long for the model is read', longModes))
    .option('--overlap <n>', 'tokens that neighbouring windows share', wholeNumber)
    .option('--ids <file>', 'explain rows of token ids (JSON with input_ids) instead of a line')
    .option('--position <n>', 'with --ids: the token that is decided, from 0', wholeNumber)
    .option('--json', 'print JSON')
    .option('--verbose', "print the engine's log to stderr");
}

/** Adds how a dataset's texts are read and where the model runs; `explain` has the same among others of its own. */
export function addTextOptions(command: Command): Command {
  const choice = (flags: string, about: string, choices: readonly string[]) =>
    new Option(flags, about).choices(choices);
  return command
    .option('--field <name>', 'field that holds the text, when it cannot be told by its name')
    .option('--pair-field <name>', 'field that holds the second text; "(none)": there is none')
    .option('--label-field <name>', 'field that holds the gold label; "(none)": there is none')
    .addOption(choice('--task <kind>', 'what the model does, when its files mislead', taskKinds))
    .addOption(choice('--device <name>', 'where the model runs', devices).default('auto'))
    .addOption(choice('--long <mode>', 'how a text too long for the model is read', longModes))
    .option('--overlap <n>', 'tokens that neighbouring windows share', wholeNumber);
}

/** Only what was given: the methods know the defaults. */
export function parametersOf(options: ExplainOptions): MethodParameters {
  const { aggregate, steps, quadrature, baseline } = options;
  const { samples, noise, noiseScale, moment, seed } = options;
  const all = { aggregate, steps, quadrature, baseline, samples, noise, noiseScale, moment, seed };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** How a text is read; the engine knows the defaults. */
export function readingOf(
  options: Pick<ExplainOptions, 'task' | 'words' | 'answerPart' | 'long' | 'overlap'>,
): ReadingOptions {
  const { task, words, answerPart, long = 'windows', overlap } = options;
  const cut = options.long !== undefined || overlap !== undefined;
  return {
    ...(task && { task }),
    ...(words && { wordScores: words }),
    ...(answerPart && { answerPart }),
    ...(cut && { longText: { mode: long, overlap: overlap ?? null } }),
  };
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('A whole number is expected.');
  return Number(text);
}

export function decimalNumber(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('A number is expected.');
  return value;
}
