/** `glassbox check`: everything about a model that can be checked, and whether it is well. */
import path from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import type { EngineClient } from '../engine/client';
import type { ModelCheck } from '../protocol/modelCheck';
import { taskKinds } from '../protocol/task';
import type { TaskKind } from '../protocol/task';
import { wholeNumber } from './numberOptions';

/** The options of `check`, as commander hands them over. */
export interface CheckOptions {
  readonly model: string;
  readonly task?: TaskKind;
  readonly text?: string;
  readonly pair?: string;
  readonly seed?: number;
  readonly json?: true;
  readonly verbose?: true;
}

export function addCheckOptions(command: Command): Command {
  return command
    .requiredOption('--model <dir>', 'folder with model.onnx, config.json and tokenizer.json')
    .addOption(
      new Option('--task <kind>', 'what the model does, when its files mislead').choices(taskKinds),
    )
    .option('--text <text>', 'check the derivative at this text; otherwise at one of ours')
    .option('--pair <text>', 'second text, for models that read two')
    .option('--seed <n>', 'of the random directions', wholeNumber)
    .option('--json', 'print JSON')
    .option('--verbose', "print the engine's log to stderr");
}

/** What is wrong with the model is in the answer; throws GlassboxError where the text cannot be read. */
export async function checkFolder(
  { model, task, text, pair, seed }: CheckOptions,
  engine: EngineClient,
): Promise<ModelCheck> {
  return await engine.call('checkModel', {
    // The engine's own folder may be another one.
    modelDir: path.resolve(model),
    ...(task && { task }),
    ...(text !== undefined && { text }),
    ...(pair !== undefined && { pair }),
    ...(seed !== undefined && { seed }),
  });
}
