/** What a run is asked: the first line of its results, and what a run that goes on must agree with. */
import path from 'node:path';
import { version } from '../../package.json';
import type { FieldOptions } from '../dataset';
import type { ModelInfo } from '../protocol/explanation';
import type { ReadingOptions } from '../protocol/task';
import type { RunDataset } from './runDataset';

/** A kind of run, and how sentences name it. */
export interface RunKind {
  /** 'attack-run' */
  readonly glassbox: string;
  /** 'an attack' */
  readonly what: string;
  /** What was done to a record: 'attacked'. */
  readonly past: string;
}

/** What decides the records and how they are read. */
export interface RecordSettings {
  readonly reading: ReadingOptions;
  readonly fields: FieldOptions;
  /** Chosen lines, from 1, in order; null: all. */
  readonly lines: readonly number[] | null;
}

/** `Settings`: everything but text and model that decides what comes out, with all defaults filled in. */
export interface RunHeader<Settings extends object = object> {
  readonly glassbox: string;
  /** Version of Glassbox that began it. */
  readonly version: string;
  /** Base name of the dataset file. */
  readonly dataset: string;
  readonly settings: Settings;
  readonly model_name: string;
  readonly model_hash: string;
  /** ISO 8601. */
  readonly started: string;
}

/** `settings` with all defaults filled in: a default that is said aloud is no other setting. */
export function runHeader<Settings extends object>(
  { glassbox }: RunKind,
  { file }: RunDataset,
  settings: Settings,
  model: Pick<ModelInfo, 'name' | 'hash'>,
): RunHeader<Settings> {
  return {
    glassbox,
    version,
    dataset: path.basename(file),
    settings,
    model_name: model.name,
    model_hash: model.hash,
    started: new Date().toISOString(),
  };
}

/** Reading options that are set say so; the others are no settings. */
export function recordSettings(
  { fields = {}, lines = null }: RunDataset,
  { task, answerPart, wordScores, longText }: ReadingOptions,
): RecordSettings {
  const reading = {
    ...(task && { task }),
    ...(answerPart && { answerPart }),
    ...(wordScores && { wordScores }),
    ...(longText && { longText }),
  };
  const chosen = lines && [...new Set(lines)].sort((a, b) => a - b).map(line => line + 1);
  return { reading, fields, lines: chosen };
}

/** Null where the text is no header of a run of this kind. */
export function parseHeader(text: string, { glassbox }: RunKind): RunHeader | null {
  const value = parseObject(text);
  const fits =
    value?.['glassbox'] === glassbox &&
    typeof value['dataset'] === 'string' &&
    typeof value['model_hash'] === 'string' &&
    isObject(value['settings']);
  return fits ? (value as unknown as RunHeader) : null;
}

/** Null where the text is no JSON object. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
