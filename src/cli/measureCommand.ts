/** `glassbox measure`: how good explanations of a file, of some lines or of one are. */
import path from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { measureRun, type MeasureQuestion } from '../batch/measuring/measureRun';
import { inNumber } from '../batch/numbers';
import { measurePage } from '../batch/page/measurePage';
import { writePage } from '../batch/page/pageFile';
import type { EngineClient } from '../engine/client';
import type { Removal } from '../protocol/explanation';
import { GlassboxError } from '../protocol/messages';
import type { MeasureName } from '../protocol/measures';
import { exitCodes } from './exitCodes';
import { addMeasuresOption } from './measureList';
import { reportMeasures } from './measureReport';
import { methodsHelp, parseMethods, usualMethods, type ChosenMethod } from './methodList';
import { decimalNumber, wholeNumber } from './numberOptions';
import {
  addModelOption,
  addOutputOptions,
  addQuestionOptions,
  addTextOptions,
  readingOf,
  type ModelOptions,
  type QuestionOptions,
  type TextOptions,
} from './options';
import { removals } from './parameterOptions';
import { progressLines } from './progressLines';
import { addLinesOption, addOutFiles, tellEnd, withRun, type RunFileOptions } from './runFile';
import { parseTarget } from './target';
import type { CommandTerminal } from './terminal';

export interface MeasureCommandOptions
  extends ModelOptions, TextOptions, QuestionOptions, RunFileOptions {
  readonly methods?: readonly ChosenMethod[];
  readonly measures?: readonly MeasureName[];
  readonly removal?: Removal;
  readonly shares?: readonly number[];
  readonly samples?: number;
  readonly seed?: number;
}

export function addMeasureOptions(command: Command): Command {
  addModelOption(command).option('--methods <list>', methodsHelp, parseMethods);
  addMeasuresOption(command, 'all')
    .addOption(new Option('--removal <how>', 'how tokens are taken away').choices(removals))
    .option('--shares <list>', 'shares of the tokens that are taken away, by commas', parseShares)
    .option('--samples <n>', 'perturbed copies of each line', wholeNumber)
    .option('--seed <n>', 'of the perturbations', wholeNumber);
  addLinesOption(addTextOptions(addQuestionOptions(command)));
  return addOutputOptions(addOutFiles(command));
}

/** Measures at FILE or FILE:LINE, prints the report, and returns the exit code. Throws GlassboxError. */
export async function measureTarget(
  target: string,
  options: MeasureCommandOptions,
  engine: EngineClient,
  terminal: CommandTerminal,
): Promise<number> {
  const { out, err, colors, signal } = terminal;
  const { file, selected } = selectionOf(target, options);
  const told = options.quiet ? () => undefined : progressLines(err);
  const measured = await withRun(file, selected, terminal, dataset =>
    measureRun({ dataset, question: questionOf(options), output: options.out ?? null }, engine, {
      signal,
      onLine: (done, total) => {
        told({ done, total, says: `Measured ${inNumber(done)} of ${inNumber(total)} records` });
      },
    }),
  );
  const { html } = options;
  const report = { ...measured, saved: { ...measured.saved, html: html ?? '' } };
  if (html !== undefined) await writePage(html, measurePage(report));
  out(`${options.json ? JSON.stringify(report) : reportMeasures(report, colors)}\n`);
  tellEnd(report.state, options, terminal);
  if (report.state === 'stopped') return exitCodes.interrupted;
  return report.errors === report.done ? exitCodes.failed : exitCodes.well;
}

/** FILE:LINE is the one line of FILE. */
function selectionOf(
  target: string,
  options: MeasureCommandOptions,
): { readonly file: string; readonly selected: RunFileOptions } {
  if (!/:\d+$/.test(target)) return { file: target, selected: options };
  if (options.lines !== undefined) {
    throw new GlassboxError('bad-input', 'Give --lines with FILE; FILE:LINE is one line already.');
  }
  const { file, line } = parseTarget(target);
  return { file, selected: { ...options, lines: { kind: 'ranges', ranges: [[line, line]] } } };
}

function questionOf(options: MeasureCommandOptions): MeasureQuestion {
  const { model, device, scalar, label, methods = usualMethods() } = options;
  const { measures, removal, shares, samples, seed } = options;
  const asked = { measures, removal, shares, samples, seed };
  return {
    modelDir: path.resolve(model),
    device,
    choices: methods.map(chosen => ({ ...chosen, weights: 'real' })),
    scalar,
    label,
    // The engine knows the defaults.
    options: Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)),
    ...readingOf(options),
  };
}

function parseShares(text: string): number[] {
  return text.split(',').map(part => {
    const share = decimalNumber(part);
    if (share > 0 && share <= 1) return share;
    throw new InvalidArgumentError('Shares are numbers above 0 and up to 1, divided by commas.');
  });
}
