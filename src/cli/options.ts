/** What the command line can ask for, as plain data. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type {
  Aggregation,
  BaselineKind,
  DevicePreference,
  LabelChoice,
  MethodParameters,
  Quadrature,
  ScalarKind,
} from '../protocol/explanation';

/** The options of `explain`, as commander hands them over. */
export interface ExplainOptions extends MethodParameters {
  readonly model: string;
  readonly method: string;
  readonly scalar: ScalarKind;
  readonly label: LabelChoice;
  readonly device: DevicePreference;
  readonly field?: string;
  readonly labelField?: string;
  readonly ids?: string;
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
      new Option(
        '--label <name>',
        'predicted, gold, contrast (predicted minus gold), or a label of the model',
      )
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
    .option('--label-field <name>', 'field that holds the gold label')
    .option('--ids <file>', 'explain rows of token ids (JSON with input_ids) instead of a line')
    .option('--json', 'print JSON')
    .option('--verbose', "print the engine's log to stderr");
}

/** Only what was given: the methods know the defaults. */
export function parametersOf(options: ExplainOptions): MethodParameters {
  const { aggregate, steps, quadrature, baseline } = options;
  const { samples, noise, noiseScale, moment, seed } = options;
  const all = { aggregate, steps, quadrature, baseline, samples, noise, noiseScale, moment, seed };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function parseLabel(text: string): LabelChoice {
  switch (text) {
    case 'predicted':
    case 'gold':
    case 'contrast':
      return { kind: text };
    default:
      return { kind: 'label', label: text };
  }
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('A whole number is expected.');
  return Number(text);
}

function decimalNumber(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('A number is expected.');
  return value;
}
