/** The checkpoints of TracIn are models, too: named as the setting of the model names one, and opened only where models may be. */
import type { InfluenceOptions } from '../../protocol';
import { resolveInWorkspace } from '../models/modelChoice';
import type { ModelUse } from '../models/modelUse';

/** The options with absolute folders. Throws a HostError for a folder in a workspace that is not trusted. */
export async function withCheckpoints(
  options: InfluenceOptions,
  use: Pick<ModelUse, 'checkTrust'>,
): Promise<InfluenceOptions> {
  if (!options.checkpoints?.length) return options;
  const checkpoints = options.checkpoints.map(dir => resolveInWorkspace(dir) ?? dir);
  for (const dir of checkpoints) await use.checkTrust(dir);
  return { ...options, checkpoints };
}
