/**
 * A trace as JSON: what the command line prints, what a file of traces holds line by line, what Copy as JSON copies. Names are
 * AllenNLP's where it has one (`test_instance`, `top_k_train_instances`, `loss`, `score`); it has no `bottom_k_train_instances`.
 */
import { version } from '../../package.json';
import type { HealthCheck } from '../protocol/explanation';
import {
  influenceNames,
  influenceOptionsRead,
  type Extremes,
  type InfluenceInstance,
  type InfluenceResult,
  type InfluenceRow,
  type TestInstance,
  type TrainingProblem,
} from '../protocol/influence';

/** Where the text that was asked about came from. */
export interface TestPlace {
  readonly file: string;
  /** On which its record starts, from 1; null: several of the file's lines were asked about. */
  readonly line: number | null;
}

/** A text with a label and what the model says of it. */
export interface InstanceJson {
  readonly text: string;
  /** Only where there is a second text. */
  readonly pair?: string;
  /** Only where the dataset has cut the text into words. */
  readonly words?: readonly string[];
  /** The label whose loss is meant. */
  readonly label: string;
  readonly predicted: string;
  /** Of the prediction; null where there is none. */
  readonly probability: number | null;
  /** Null of a regression. */
  readonly agrees: boolean | null;
  readonly loss: number;
}

export interface TestInstanceJson extends InstanceJson {
  readonly file?: string;
  readonly line?: number;
  /** 'predicted': there is no gold label. */
  readonly label_from: TestInstance['labelFrom'];
  /** What the loss is of, in words. */
  readonly loss_of: string;
}

/** Several texts: `loss` is their mean. */
export interface TestInstancesJson {
  readonly file?: string;
  readonly instances: number;
  readonly loss: number;
}

export interface TrainInstanceJson extends InstanceJson {
  /** In the training file, from 1; both belong to the record. */
  readonly line: number;
  readonly end_line: number;
  /** Positive helps. */
  readonly score: number;
}

/** The lines that help most and those that hurt most, the most extreme first. */
export interface ExtremesJson {
  readonly top_k_train_instances: readonly TrainInstanceJson[];
  readonly bottom_k_train_instances: readonly TrainInstanceJson[];
}

/** Name and title, and the options that the method reads, under their own names; null: found by itself. */
export type MethodJson = Readonly<Record<string, unknown>> & {
  readonly name: string;
  readonly title: string;
};

/** What is said of every trace and of every list of suspicious labels. */
export interface TrainingJson {
  readonly train_file: string;
  /** Lines that were used. */
  readonly n_train: number;
  /** Lines that could not be used, and why. */
  readonly problems: readonly TrainingProblem[];
  /** What was added to the eigenvalues; null where nothing was. */
  readonly damping: number | null;
  readonly notes: readonly HealthCheck[];
  readonly model_name: string;
  /** SHA-256 of model.onnx, hexadecimal. */
  readonly model_hash: string;
  readonly device: string;
  readonly milliseconds: number;
  /** Version of Glassbox. */
  readonly glassbox: string;
}

export interface InfluenceJson extends ExtremesJson, TrainingJson {
  readonly test_instance: TestInstanceJson | TestInstancesJson;
  readonly method: MethodJson;
  /** Method and parameters in one sentence. */
  readonly says: string;
  /** What a score is, and that positive helps. */
  readonly score_says: string;
  /** The same lists of those lines only on which label and prediction disagree. */
  readonly disagreeing: ExtremesJson;
  /** Relative, of the linear system; null where none was solved. */
  readonly residual: number | null;
}

/** `place`: null where the texts stand in no file. */
export function influenceJson(result: InfluenceResult, place: TestPlace | null): InfluenceJson {
  const { method, options } = result;
  return {
    test_instance: testJson(result, place),
    ...extremesJson(result),
    method: methodJson(method, influenceNames[method], options, influenceOptionsRead[method]),
    says: result.says,
    score_says: result.scoreSays,
    residual: result.residual,
    ...trainingJson(result),
    disagreeing: extremesJson(result.disagreeing),
  };
}

/** The same as a line of a JSONL file, with its line break. */
export function influenceJsonLine(result: InfluenceResult, place: TestPlace | null): string {
  return `${JSON.stringify(influenceJson(result, place))}\n`;
}

export function methodJson<Options extends object>(
  name: string,
  title: string,
  options: Options,
  names: readonly (keyof Options & string)[],
): MethodJson {
  return { name, title, ...Object.fromEntries(names.map(each => [each, options[each]])) };
}

function testJson(
  { test, tests, testLoss }: InfluenceResult,
  place: TestPlace | null,
): TestInstanceJson | TestInstancesJson {
  const file = place && { file: place.file };
  if (!test) return { ...file, instances: tests, loss: testLoss };
  const { labelFrom, says } = test;
  return {
    ...file,
    ...(typeof place?.line === 'number' && { line: place.line }),
    ...instanceJson(test),
    label_from: labelFrom,
    loss_of: says,
  };
}

function extremesJson({ helps, hurts }: Extremes): ExtremesJson {
  return {
    top_k_train_instances: helps.map(rowJson),
    bottom_k_train_instances: hurts.map(rowJson),
  };
}

export function rowJson(row: InfluenceRow): TrainInstanceJson {
  const { line, endLine, score } = row;
  return { line, end_line: endLine, ...instanceJson(row), score };
}

function instanceJson(instance: InfluenceInstance): InstanceJson {
  const { text, pair, words, label, predicted, probability, agrees, loss } = instance;
  return {
    text,
    ...(pair !== null && { pair }),
    ...(words && { words: words.map(({ start, end }) => text.slice(start, end)) }),
    ...{ label, predicted, probability, agrees, loss },
  };
}

type AboutTraining = Pick<
  InfluenceResult,
  'train' | 'damping' | 'notes' | 'modelName' | 'modelHash' | 'device' | 'milliseconds'
>;

export function trainingJson(result: AboutTraining): TrainingJson {
  const { train } = result;
  return {
    train_file: train.path,
    n_train: train.lines,
    problems: train.problems,
    damping: result.damping,
    notes: result.notes,
    model_name: result.modelName,
    model_hash: result.modelHash,
    device: result.device,
    milliseconds: result.milliseconds,
    glassbox: version,
  };
}
