/** The command line as a function: arguments in, text and exit code out. */
import { Command, CommanderError } from 'commander';
import type { Colors } from 'picocolors/types';
import { printable } from '../batch/printable';
import { version } from '../../package.json';
import type { EngineClientOptions, EngineLogger } from '../engine/client';
import { EngineClient } from '../engine/client';
import { methodDescriptions } from '../interpret/saliency/methods';
import { GlassboxError, reasonOf } from '../protocol/messages';
import { attackTarget } from './attackCommand';
import { addAttackOptions, type AttackCommandOptions } from './attackOptions';
import { addCheckOptions, checkFolder } from './checkCommand';
import type { CheckOptions } from './checkCommand';
import { reportCheck } from './checkReport';
import { addComparingCommands } from './comparingCommands';
import { exitCodes } from './exitCodes';
import { explainTarget } from './explainCommand';
import { traceTarget } from './influenceCommand';
import { addInfluenceOptions, type InfluenceCommandOptions } from './influenceOptions';
import { reportMethods } from './methodsReport';
import type { ExplainOptions } from './options';
import { addExplainOptions } from './options';
import { reportRecord, reportRows } from './report';
import type { CommandTerminal } from './terminal';
import { addSuspiciousOptions, rankTraining, type SuspiciousOptions } from './suspiciousCommand';

export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly colors: Colors;
  /** How the engine's process is started. */
  readonly engine: Pick<EngineClientOptions, 'entry' | 'execArgv'>;
  /** Calls `stop` at Ctrl-C, in place of ending the process, until the function that it returns is called. */
  readonly onInterrupt?: (stop: () => void) => () => void;
}

/** Milliseconds that the engine gets at Ctrl-C to write down what it has; nobody waits in front of a panel. */
const grace = 2000;

/** Runs `args` (without node and script) and returns the exit code. Never throws. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  const outcome: { code: number } = { code: exitCodes.well };
  try {
    await makeProgram(terminal, outcome).parseAsync([...args], { from: 'user' });
    return outcome.code;
  } catch (error) {
    // Commander has printed its own errors already, through `outputError`.
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? exitCodes.well : exitCodes.failed;
    terminal.err(`glassbox: ${oneLine(withOptions(sentenceOf(error)))}\n`);
    return exitCodes.failed;
  }
}

/** `outcome` gets the exit code of a command that did what it should. */
function makeProgram(
  { out, err, colors, engine, onInterrupt }: Terminal,
  outcome: { code: number },
): Command {
  /** Native libraries write what they like to stderr: in their own process it goes to the log. */
  const withEngine = async <T>(
    verbose: true | undefined,
    work: (client: EngineClient) => Promise<T>,
  ): Promise<T> => {
    const client = new EngineClient({ ...engine, grace, ...(verbose ? { log: logTo(err) } : {}) });
    return await work(client).finally(() => {
      client.dispose();
    });
  };
  /** Ctrl-C cancels what runs, in place of ending the process. */
  const interruptible = async (
    verbose: true | undefined,
    work: (client: EngineClient, terminal: CommandTerminal) => Promise<number>,
  ): Promise<void> => {
    const stop = new AbortController();
    const release = onInterrupt?.(() => {
      stop.abort();
    });
    const { signal } = stop;
    outcome.code = await withEngine(verbose, client =>
      work(client, { out, err, colors, signal }),
    ).finally(release);
  };
  const program = new Command('glassbox')
    .description(
      'Shows which tokens, and which training lines, decided what a text model predicted.',
    )
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: out,
      writeErr: err,
      outputError: message => {
        err(`glassbox: ${oneLine(message.replace(/^error: /, ''))}\n`);
      },
    })
    .argument('[command]')
    .action((command: string | undefined) => {
      const says = command === undefined ? 'Say what to do' : `There is no command "${command}"`;
      throw new GlassboxError(
        'bad-input',
        `${says}: explain, compare, measure, evaluate, drivers, changes, attack, influence, suspicious, check or methods; --help tells more.`,
      );
    });
  addExplainOptions(
    program
      .command('explain')
      .description('explain a line of a dataset')
      .argument(
        '[file:line]',
        'a .jsonl, .csv, .tsv, .conll or .txt file and a line of it, from 1',
      ),
  ).action(async (target: string | undefined, options: ExplainOptions) => {
    const result = await withEngine(options.verbose, client =>
      explainTarget(target, options, client),
    );
    if (options.json) out(`${JSON.stringify(result)}\n`);
    else if ('record' in result) out(`${reportRecord(result, colors, options.top)}\n`);
    else out(`${reportRows(result, colors)}\n`);
  });
  addAttackOptions(
    program
      .command('attack')
      .description('look for the smallest change of a text that changes what is predicted')
      .argument(
        '<file:line>',
        'a dataset and a line of it, from 1; a dataset alone: all of its lines, as JSONL',
      ),
  ).action(async (target: string, options: AttackCommandOptions) => {
    await interruptible(options.verbose, (client, terminal) =>
      attackTarget(target, options, client, terminal),
    );
  });
  addInfluenceOptions(
    program
      .command('influence')
      .description('find the training lines that most help and most hurt a prediction')
      .argument(
        '<file:line>',
        'a dataset and a line of it, from 1; a dataset alone: each of its lines, as JSONL',
      ),
  ).action(async (target: string, options: InfluenceCommandOptions) => {
    await interruptible(options.verbose, (client, terminal) =>
      traceTarget(target, options, client, terminal),
    );
  });
  addSuspiciousOptions(
    program
      .command('suspicious')
      .description('rank the lines of a training file by how suspicious their labels are')
      .argument('<train>', 'the dataset that the model was trained on; never written'),
  ).action(async (train: string, options: SuspiciousOptions) => {
    await interruptible(options.verbose, (client, terminal) =>
      rankTraining(train, options, client, terminal),
    );
  });
  addComparingCommands(program, interruptible);
  addCheckOptions(
    program
      .command('check')
      .description('check a model: its files, operators, derivatives and devices'),
  ).action(async (options: CheckOptions) => {
    const check = await withEngine(options.verbose, client => checkFolder(options, client));
    out(`${options.json ? JSON.stringify(check) : reportCheck(check, colors)}\n`);
    // The answer holds the reasons.
    if (!check.ok) outcome.code = exitCodes.failed;
  });
  program
    .command('methods')
    .description('list the methods, their parameters and defaults')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: true }) => {
      out(
        `${json ? JSON.stringify(methodDescriptions) : reportMethods(methodDescriptions, colors)}\n`,
      );
    });
  return program;
}

function logTo(err: (text: string) => void): EngineLogger {
  const log = (message: string) => {
    err(`${message}\n`);
  };
  return { debug: log, info: log, warn: log, error: log };
}

function sentenceOf(error: unknown): string {
  if (error instanceof GlassboxError) {
    const hasMore = error.code === 'internal' || error.code === 'engine-lost';
    return hasMore ? `${error.message} (--verbose prints the log.)` : error.message;
  }
  return `Something went wrong inside Glassbox: ${reasonOf(error)}`;
}

/** The editor's settings go by other names here. */
function withOptions(sentence: string): string {
  return sentence
    .replaceAll(/(?:the setting )?glassbox\.textField/g, '--field')
    .replaceAll(/(?:the setting )?glassbox\.pairField/g, '--pair-field')
    .replaceAll(/(?:the setting )?glassbox\.labelField/g, '--label-field')
    .replaceAll('in the settings', 'by --field and --label-field');
}

/** Scripts read errors line by line; what was read from files must not steer the terminal. */
function oneLine(text: string): string {
  return printable(text.trim().replace(/\s*[\r\n]+\s*/g, ' '));
}
