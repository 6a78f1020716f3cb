/** What several commands can be asked for: the model, how texts are read, and which question is explained. */
import { Option } from 'commander';
import type { Command } from 'commander';
import type { DevicePreference, MethodParameters, ScalarKind } from '../protocol/explanation';
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
import { wholeNumber } from './numberOptions';
import { addParameterOptions } from './parameterOptions';

/** How a dataset's texts are read and where the model runs; what was not given is undefined. */
export interface TextOptions {
  readonly device: DevicePreference;
  readonly field?: string;
  readonly pairField?: string;
  readonly labelField?: string;
  readonly task?: TaskKind;
  readonly long?: LongText['mode'];
  readonly overlap?: number;
}

/** What is explained. */
export interface QuestionOptions {
  readonly scalar: ScalarKind;
  readonly label: LabelChoice;
  readonly words?: WordScores;
  readonly answerPart?: AnswerPart;
}

/** What every command has. */
export interface ModelOptions {
  readonly model: string;
  readonly json?: true;
  readonly verbose?: true;
}

/** The options of `explain`, as commander hands them over. */
export interface ExplainOptions
  extends ModelOptions, TextOptions, QuestionOptions, MethodParameters {
  readonly method: string;
  readonly top?: number;
  readonly ids?: string;
  readonly position?: number;
}

const scalars: readonly ScalarKind[] = ['logit', 'probability', 'loss'];
const devices: readonly DevicePreference[] = ['cpu', 'webgpu', 'auto'];
const wordScores: readonly WordScores[] = ['pieces', 'sum', 'mean', 'max'];
const answerParts: readonly AnswerPart[] = ['both', 'start', 'end'];
const longModes: readonly LongText['mode'][] = ['windows', 'start'];

function choice(flags: string, about: string, choices: readonly string[]): Option {
  return new Option(flags, about).choices(choices);
}

/** Adds the options of `explain` to a command. Methods and their defaults are told by `methods`. */
export function addExplainOptions(command: Command): Command {
  addModelOption(command).option('--method <name>', 'see `methods`', 'integrated-gradients');
  addParameterOptions(addQuestionOptions(command)).option(
    '--top <k>',
    'only the k strongest words, with their weights beside the probabilities',
    wholeNumber,
  );
  return addOutputOptions(
    addTextOptions(command)
      .option('--ids <file>', 'explain rows of token ids (JSON with input_ids) instead of a line')
      .option('--position <n>', 'with --ids: the token that is decided, from 0', wholeNumber),
  );
}

export function addModelOption(command: Command): Command {
  return command.requiredOption(
    '--model <dir>',
    'folder with model.onnx, config.json and tokenizer.json',
  );
}

/** Adds which decision is explained, and by which number. */
export function addQuestionOptions(command: Command): Command {
  return addScalarOption(command)
    .addOption(
      new Option('--label <what>', labelHelp)
        .argParser(parseLabel)
        .default({ kind: 'predicted' } satisfies LabelChoice, 'predicted'),
    )
    .addOption(choice('--words <how>', "how pieces' scores become those of words", wordScores))
    .addOption(choice('--answer-part <end>', 'which ends of an answer are explained', answerParts));
}

export function addScalarOption(command: Command, usual: ScalarKind = 'logit'): Command {
  return command.addOption(
    choice('--scalar <kind>', 'which number is explained', scalars).default(usual),
  );
}

/** Adds how a dataset's texts are read and where the model runs. */
export function addTextOptions(command: Command): Command {
  return command
    .option('--field <name>', 'field that holds the text, when it cannot be told by its name')
    .option('--pair-field <name>', 'field that holds the second text; "(none)": there is none')
    .option('--label-field <name>', 'field that holds the gold label; "(none)": there is none')
    .addOption(choice('--task <kind>', 'what the model does, when its files mislead', taskKinds))
    .addOption(choice('--device <name>', 'where the model runs', devices).default('auto'))
    .addOption(choice('--long <mode>', 'how a text too long for the model is read', longModes))
    .option('--overlap <n>', 'tokens that neighbouring windows share', wholeNumber);
}

export function addOutputOptions(command: Command): Command {
  return command
    .option('--json', 'print JSON')
    .option('--verbose', "print the engine's log to stderr");
}

/** How a text is read; the engine knows the defaults. */
export function readingOf(
  options: Omit<TextOptions, 'device'> & Pick<QuestionOptions, 'words' | 'answerPart'>,
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
