/** A session of a model's file as it was exported, or of what it was converted to. */
import type { Graph } from '../onnx/graph';
import { writeMapped } from '../onnx/mappedModel';
import type { DevicePreference, HealthCheck } from '../protocol/explanation';
import { GlassboxError, reasonOf } from '../protocol/messages';
import { openSession, type OpenedSession, type Trial } from '../runtime/devices';

export const runsConverted: HealthCheck = {
  check: 'conversion',
  ok: true,
  value: null,
  says: 'The file does not run here as it is, so the predictions are those of the converted graph, too.',
};

/**
 * A session of the file as it was exported. Some files run nowhere near here: their half precision has no kernels on
 * CPU, or a fused node brings the runtime down. Then one of the graph that they were converted to, if they were.
 */
export async function openExported(
  device: DevicePreference,
  trial: Trial,
  exported: Graph,
  converted: Graph | null,
  file: string,
): Promise<OpenedSession & { converted: boolean }> {
  const instead = async (): Promise<OpenedSession & { converted: boolean }> => {
    const opened = await openSession(device, { ...trial, model: writeMapped(converted!) });
    return { ...opened, converted: true };
  };
  try {
    if (converted !== null && bringsRuntimeDown(exported)) return await instead();
    return { ...(await openSession(device, trial)), converted: false };
  } catch (error) {
    const ours = error instanceof GlassboxError && error.code === 'unsupported';
    if (converted === null || ours) throw doesNotRun(file, error);
    return await instead().catch(() => {
      throw doesNotRun(file, error);
    });
  }
}

/** ONNX Runtime 1.30 reads past its inputs at an Attention without a bias. */
function bringsRuntimeDown({ nodes }: Graph): boolean {
  return nodes.some(
    ({ op, domain, inputs }) => op === 'Attention' && domain === 'com.microsoft' && !inputs[2],
  );
}

/** What running a model's file failed with, as one sentence. */
export function doesNotRun(file: string, error: unknown): GlassboxError {
  // The device or the machine is to blame then, not the file.
  if (error instanceof GlassboxError && error.code === 'unsupported') return error;
  return new GlassboxError(
    'bad-model',
    `${file} does not run (${reasonOf(error)}); export or download the model again.`,
  );
}
