/** What a run is asked: the first line of its results, and what a run that goes on must agree with. */
import path from 'node:path';
import { version } from '../../package.json';
import type { ResolvedAttackOptions } from '../protocol/attack';
import type { ModelInfo } from '../protocol/explanation';
import type { AttackRun } from './attackRun';
import type { RunHeader } from './runLines';

/** `options` with all defaults filled in: a default that is said aloud is no other setting. */
export function runHeader(
  { dataset, question }: AttackRun,
  options: ResolvedAttackOptions,
  model: ModelInfo,
): RunHeader {
  const { attack, target, label, task, answerPart, wordScores, longText } = question;
  const reading = {
    ...(task && { task }),
    ...(answerPart && { answerPart }),
    ...(wordScores && { wordScores }),
    ...(longText && { longText }),
  };
  const lines = dataset.lines ?? null;
  return {
    glassbox: 'attack-run',
    version,
    dataset: path.basename(dataset.file),
    settings: {
      attack,
      options,
      target,
      label,
      reading,
      fields: dataset.fields ?? {},
      lines: lines && [...new Set(lines)].sort((a, b) => a - b).map(line => line + 1),
    },
    model_name: model.name,
    model_hash: model.hash,
    started: new Date().toISOString(),
  };
}
