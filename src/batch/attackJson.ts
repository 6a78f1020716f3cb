/** An attack as JSON: what the command line prints, what files of results hold, what Copy as JSON copies. */
import { version } from '../../package.json';
import type {
  AttackedText,
  AttackEdit,
  AttackKind,
  AttackOutcome,
  AttackResult,
  AttackStep,
  Change,
  Minimality,
  ResolvedAttackOptions,
} from '../protocol/attack';
import type { HealthCheck, Prediction } from '../protocol/explanation';
import type { LabelChoice } from '../protocol/task';
import type { RunPlace } from './runDataset';

/** Where the attacked text came from. */
export type AttackPlace = Omit<RunPlace, 'sha256'>;

export interface AttackedTextJson {
  readonly text: string;
  /** Only where there is a second text. */
  readonly pair?: string;
  /** The attacked decision in words. */
  readonly label: string;
  /** Of each choice of the decision; of a regression its values. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/** `start` and `end` are UTF-16 offsets of `to` in the step's text (or pair, as `field` says). */
export interface ChangeJson {
  readonly start: number;
  readonly end: number;
  readonly from: string;
  readonly to: string;
  readonly edit: AttackEdit;
  readonly field: 'text' | 'pair';
}

export interface AttackStepJson extends AttackedTextJson {
  /** What this step changed. */
  readonly changed: readonly ChangeJson[];
  /** Texts that the model was asked about up to here. */
  readonly queries: number;
  /** First-order estimate of the rise of the margin; null where none was made. */
  readonly estimate: number | null;
}

/** Names are written with underscores, as in Python's JSON. */
export interface AttackJson {
  readonly record: AttackPlace;
  readonly attack: AttackKind;
  readonly outcome: AttackOutcome;
  readonly says: string;
  readonly success: boolean;
  readonly original: AttackedTextJson;
  readonly steps: readonly AttackStepJson[];
  readonly final: AttackedTextJson;
  readonly words_changed: number;
  readonly words: number;
  readonly queries: number;
  readonly runs: number;
  readonly verified_from_text: boolean;
  readonly minimality: Minimality | null;
  readonly goal: string;
  readonly target: string | null;
  /** The choice that asks for the attacked decision again. */
  readonly choice: LabelChoice;
  readonly gold: string | null;
  /** Whether the prediction for the original is gold; null where that cannot be said. */
  readonly correct: boolean | null;
  readonly cancelled: boolean;
  readonly notes: readonly HealthCheck[];
  readonly options: ResolvedAttackOptions;
  readonly model_name: string;
  /** SHA-256 of model.onnx, hexadecimal. */
  readonly model_hash: string;
  readonly device: string;
  readonly milliseconds: number;
  /** Version of Glassbox. */
  readonly glassbox: string;
}

export function attackJson(result: AttackResult, record: AttackPlace): AttackJson {
  const { file, line, field } = record;
  return {
    record: { file, line, field },
    attack: result.attack,
    outcome: result.outcome,
    says: result.says,
    success: result.success,
    original: textJson(result.original),
    steps: result.steps.map(stepJson),
    final: textJson(result.final),
    words_changed: result.wordsChanged,
    words: result.words,
    queries: result.queries,
    runs: result.runs,
    verified_from_text: result.verifiedFromText,
    minimality: result.minimality,
    goal: result.goal,
    target: result.target,
    choice: result.label,
    gold: result.gold,
    correct: result.correct,
    cancelled: result.cancelled,
    notes: result.notes,
    options: result.options,
    model_name: result.modelName,
    model_hash: result.modelHash,
    device: result.device,
    milliseconds: result.milliseconds,
    glassbox: version,
  };
}

function textJson({ text, pair, label, prediction }: AttackedText): AttackedTextJson {
  const probabilities = choices(prediction);
  return { text, ...(pair !== null && { pair }), label, probabilities };
}

function stepJson({ changed, queries, estimate, ...text }: AttackStep): AttackStepJson {
  return { ...textJson(text), changed: changed.map(changeJson), queries, estimate };
}

function changeJson({ start, end, from, to, edit, field }: Change): ChangeJson {
  return { start, end, from, to, edit, field: field === 0 ? 'text' : 'pair' };
}

/** Choices that are written alike (tokens may be) come once, with the largest number. */
export function choices({ labels, probabilities, logits }: Prediction): Record<string, number> {
  const values = probabilities.length > 0 ? probabilities : logits;
  const largest = new Map<string, number>();
  labels.forEach((label, index) => {
    largest.set(label, Math.max(values[index]!, largest.get(label) ?? -Infinity));
  });
  return Object.fromEntries(largest);
}
