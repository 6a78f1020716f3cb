/** What a run over many records asks the engine, which may crash. */
import type { DevicePreference, ModelInfo } from '../protocol/explanation';
import { GlassboxError } from '../protocol/messages';
import type { TaskKind } from '../protocol/task';
import type { BatchEngine } from './engine';

export interface ModelPlace {
  readonly modelDir: string;
  readonly device: DevicePreference;
  readonly task?: TaskKind;
}

/** Throws GlassboxError where the model cannot be used or there is no engine any more. */
export async function loadModelOf(
  engine: BatchEngine<never>,
  { modelDir, device, task }: ModelPlace,
  signal: AbortSignal | undefined,
): Promise<ModelInfo> {
  return await engine.call('loadModel', { modelDir, device, ...(task && { task }) }, { signal });
}

/**
 * Asks about a record. A crash of the engine costs one more try; a text that crashes it twice is an error of that record.
 * @returns the answer, or what is wrong with this record alone.
 * @throws GlassboxError for what concerns all records: 'cancelled', 'bad-model', 'version', and what loading the model again throws.
 */
export async function askAboutRecord<Answer>(
  ask: () => Promise<Answer>,
  loadAgain: () => Promise<unknown>,
  signal: AbortSignal | undefined,
): Promise<Answer | GlassboxError> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (signal?.aborted) throw new GlassboxError('cancelled', 'Cancelled.');
      if (!(error instanceof GlassboxError) || isAboutAll(error)) throw error;
      if (error.code === 'engine-lost') {
        // Throws when there is no engine any more: then nothing is wrong with the text.
        await loadAgain();
        if (attempt === 1) continue;
      }
      return error;
    }
  }
}

function isAboutAll({ code }: GlassboxError): boolean {
  return code === 'cancelled' || code === 'bad-model' || code === 'version';
}
