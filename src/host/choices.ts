/** What the user chose in the panel (method, label, aggregation, ...), kept and made to fit a model. */
import type * as vscode from 'vscode';
import type { LabelChoice, MethodDescription, MethodParameters, PanelChoices } from '../protocol';
import { GlassboxError } from '../protocol';
import { memory } from './ids';

export const defaultChoices: PanelChoices = {
  method: 'integrated-gradients',
  parameters: {},
  scalar: 'logit',
  label: { kind: 'predicted' },
  aggregate: 'dot',
};

/** What a choice must fit. */
export interface Surroundings {
  readonly methods: readonly MethodDescription[];
  readonly labels: readonly string[];
  readonly hasGold: boolean;
}

export class ChoiceMemory {
  constructor(private readonly workspaceMemory: vscode.Memento) {}

  get(): PanelChoices {
    return readChoices(this.workspaceMemory.get<unknown>(memory.choices)) ?? defaultChoices;
  }

  async set(choices: PanelChoices): Promise<void> {
    await this.workspaceMemory.update(memory.choices, choices);
  }
}

const labelKinds = ['predicted', 'gold', 'label', 'contrast'];
const scalars = ['logit', 'probability', 'loss'];
const aggregations = ['dot', 'sum', 'l1', 'l2'];

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Choices as stored by this or another version of Glassbox; null when they are of another shape. */
export function readChoices(stored: unknown): PanelChoices | null {
  if (!isRecord(stored)) return null;
  const { method, parameters, scalar, label, aggregate } = stored;
  const sound =
    typeof method === 'string' &&
    isRecord(parameters) &&
    scalars.includes(String(scalar)) &&
    aggregations.includes(String(aggregate)) &&
    isRecord(label) &&
    labelKinds.includes(String(label['kind'])) &&
    (label['kind'] !== 'label' || typeof label['label'] === 'string');
  return sound ? (stored as unknown as PanelChoices) : null;
}

function fitLabel(label: LabelChoice, { labels, hasGold }: Surroundings): LabelChoice {
  const fits =
    label.kind === 'predicted' || (label.kind === 'label' ? labels.includes(label.label) : hasGold);
  return fits ? label : { kind: 'predicted' };
}

/**
 * The nearest choices that the model and the line allow: a method that is not there becomes the first
 * one, a parameter that the method does not read is dropped, a label that is not there becomes the
 * predicted one.
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
    method: method.name,
    parameters,
    scalar: method.scalar ?? wanted.scalar,
    label: fitLabel(wanted.label, surroundings),
    aggregate,
  };
}
