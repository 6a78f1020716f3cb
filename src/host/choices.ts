/** What the user chose in the panel (method, label, aggregation, ...), kept and made to fit a model. */
import { isDeepStrictEqual } from 'node:util';
import type * as vscode from 'vscode';
import type {
  LabelChoice,
  MethodDescription,
  MethodParameters,
  PanelChoices,
  PanelState,
  RecordInfo,
} from '../protocol';
import { GlassboxError, taskKinds } from '../protocol';
import { memory } from './ids';

export const defaultChoices: PanelChoices = {
  method: 'integrated-gradients',
  parameters: {},
  scalar: 'logit',
  label: { kind: 'predicted' },
  aggregate: 'dot',
  wordScores: null,
  answerPart: 'both',
  task: null,
};

/** What a choice must fit. */
export interface Surroundings {
  readonly methods: readonly MethodDescription[];
  readonly labels: readonly string[];
  readonly record: Pick<RecordInfo, 'gold' | 'words' | 'pair'>;
  /** Whether the choices were made for this very text: only then a choice of words in it has a meaning. */
  readonly sameText: boolean;
}

export class ChoiceMemory {
  constructor(private readonly workspaceMemory: vscode.Memento) {}

  get(): PanelChoices {
    return readChoices(this.workspaceMemory.get<unknown>(memory.choices)) ?? defaultChoices;
  }

  /** Whether a person has ever said what is to be explained: where nobody has, wrong lines are asked about otherwise than right ones. */
  get isLabelChosen(): boolean {
    const stored = this.workspaceMemory.get<unknown>(memory.choices);
    return isRecord(stored) && stored['isLabelChosen'] === true;
  }

  async set(choices: PanelChoices, isLabelChosen = this.isLabelChosen): Promise<void> {
    await this.workspaceMemory.update(memory.choices, { ...choices, isLabelChosen });
  }

  /** Remembers what was chosen in a panel that shows `shown`: a question that nobody has touched there is not chosen by it. */
  async choose(
    chosen: PanelChoices,
    shown: Pick<PanelState, 'choices' | 'memory'> | null,
  ): Promise<void> {
    if (shown && isDeepStrictEqual(chosen.label, shown.choices.label)) {
      await this.set({ ...chosen, label: shown.memory.choices.label });
    } else await this.set(chosen, true);
  }
}

const scalars = ['logit', 'probability', 'loss'];
const aggregations = ['dot', 'sum', 'l1', 'l2'];
const wordScores = ['pieces', 'sum', 'mean', 'max'];
const answerParts = ['both', 'start', 'end'];

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const text = (value: unknown) => typeof value === 'string';
const count = (value: unknown) => Number.isInteger(value) && Number(value) >= 0;

/** What each kind of choice must hold besides its kind. */
const labelShapes: Readonly<
  Record<LabelChoice['kind'], Readonly<Record<string, (value: unknown) => boolean>>>
> = {
  predicted: {},
  gold: {},
  contrast: {},
  label: { label: text },
  not: { label: text },
  span: {
    start: count,
    end: count,
    label: text,
    against: value => value === undefined || text(value),
  },
  mask: { mask: count, token: text },
  answer: { start: count, end: count },
};

function isLabelChoice(value: unknown): value is LabelChoice {
  if (!isRecord(value)) return false;
  const shape = Object.entries(labelShapes).find(([kind]) => kind === value['kind'])?.[1];
  if (!shape) return false;
  return Object.entries(shape).every(([name, holds]) => holds(value[name]));
}

/** One of `allowed`; `otherwise` where an earlier version stored nothing, or something else. */
function oneOf<T>(value: unknown, allowed: readonly unknown[], otherwise: T): T {
  return allowed.includes(value) ? (value as T) : otherwise;
}

/**
 * Choices as stored by this or another version of Glassbox; null when they are of another shape. What an
 * earlier version did not know has its default.
 */
export function readChoices(stored: unknown): PanelChoices | null {
  if (!isRecord(stored)) return null;
  const { method, parameters, scalar, label, aggregate } = stored;
  const sound =
    typeof method === 'string' &&
    isRecord(parameters) &&
    scalars.includes(String(scalar)) &&
    aggregations.includes(String(aggregate)) &&
    isLabelChoice(label);
  if (!sound) return null;
  return {
    method,
    parameters,
    scalar: scalar as PanelChoices['scalar'],
    label,
    aggregate: aggregate as PanelChoices['aggregate'],
    wordScores: oneOf(stored['wordScores'], wordScores, defaultChoices.wordScores),
    answerPart: oneOf(stored['answerPart'], answerParts, defaultChoices.answerPart),
    task: oneOf(stored['task'], taskKinds, defaultChoices.task),
  };
}

function fitsLabel(label: LabelChoice, { labels, record, sameText }: Surroundings): boolean {
  switch (label.kind) {
    case 'predicted':
      return true;
    case 'gold':
    case 'contrast':
      return record.gold !== null;
    case 'label':
    case 'not':
      return labels.includes(label.label);
    case 'span': {
      const words = record.words?.length ?? Infinity;
      return sameText && label.start < label.end && label.end <= words;
    }
    case 'mask':
      return sameText;
    case 'answer':
      return sameText && label.end <= (record.pair?.text.length ?? 0);
  }
}

/**
 * The nearest choices that the model and the line allow: a method that is not there becomes the first
 * one, a parameter that the method does not read is dropped; a label that is not there, and words of
 * another text, become what is predicted.
 */
export function fitChoices(wanted: PanelChoices, surroundings: Surroundings): PanelChoices {
  const { methods } = surroundings;
  const method =
    methods.find(({ name }) => name === wanted.method) ??
    methods.find(({ name }) => name === defaultChoices.method) ??
    methods[0];
  if (!method) throw new GlassboxError('internal', 'The engine offers no method.');
  const known = new Set<string>(Object.keys(method.defaults));
  known.delete('aggregate');
  const parameters = Object.fromEntries(
    Object.entries(wanted.parameters).filter(([name]) => known.has(name)),
  ) as MethodParameters;
  const aggregate = method.aggregations.includes(wanted.aggregate)
    ? wanted.aggregate
    : (method.defaults.aggregate ?? method.aggregations[0] ?? wanted.aggregate);
  return {
    ...wanted,
    method: method.name,
    parameters,
    scalar: method.scalar ?? wanted.scalar,
    label: fitsLabel(wanted.label, surroundings) ? wanted.label : { kind: 'predicted' },
    aggregate,
  };
}

/** The same question by another method, whose parameters and aggregation are its own: what was chosen was chosen for the method before. */
export function withMethod(
  wanted: PanelChoices,
  name: string,
  surroundings: Surroundings,
): PanelChoices {
  const found = surroundings.methods.find(method => method.name === name);
  const aggregate = found?.defaults.aggregate ?? wanted.aggregate;
  return fitChoices({ ...wanted, method: name, parameters: {}, aggregate }, surroundings);
}
