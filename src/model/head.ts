/** What a model decides, found from its outputs' shapes and from config.json. */
import { rankOf, staticDims, type Facts } from '../autodiff/shapes';
import type { Graph } from '../onnx/graph';
import { isFloat } from '../onnx/tensorData';
import { GlassboxError } from '../protocol/messages';
import type { Link, TaskKind } from '../protocol/task';
import type { ModelConfig } from './config';
import type { Squashed } from './probabilityOutputs';
import { binaryLabels, labelsOf, namesNothing, numberNames } from './labels';

export interface Head {
  readonly task: TaskKind;
  readonly link: Link;
  /**
   * What is decided at once: 'text': logits [batch, classes]; 'token': [batch, length, classes];
   * 'ends': the first and the last token of an answer, [batch, length] each.
   */
  readonly decides: 'text' | 'token' | 'ends';
  /** Names of the outputs: one, or those of start and end. */
  readonly outputs: readonly string[];
  /** Labels of classifiers and taggers; empty where a token of the vocabulary or of the text is chosen. */
  readonly labels: readonly string[];
  /** Logits of one decision; null where there is one a token of the text. */
  readonly classes: number | null;
  /** Where the file gives probabilities: what made them of logits. */
  readonly squashed: Squashed | null;
}

export interface HeadSources {
  readonly graph: Graph;
  readonly facts: Facts;
  readonly config: ModelConfig;
  /** Entries of the embedding table. */
  readonly vocabulary: number;
  /** Path of the graph, for messages. */
  readonly file: string;
  readonly override: TaskKind | undefined;
  /** Outputs that hold probabilities. */
  readonly squashed: ReadonlyMap<string, Squashed>;
}

/** Outputs of models that were exported without a head. */
const headless =
  /^(last_hidden_state|hidden_states|pooler_output|token_embeddings|sentence_embedding)/;

/** Throws GlassboxError 'bad-model' or 'unsupported' with one sentence. */
export function findHead(sources: HeadSources): Head {
  const ends = findEnds(sources);
  if (ends !== null) return ends;
  const { name, dims } = mainOutput(sources);
  if (dims.length === 3 && dims[2] !== null) return tokenHead(sources, name, dims[2]!);
  if (dims.length === 2 && dims[1] !== null) return textHead(sources, name, dims[1]!);
  throw new GlassboxError(
    'bad-model',
    `${sources.file} gives "${name}" in the shape [${dims.map(dim => dim ?? '?').join(', ')}], where [batch, labels] or [batch, length, labels] is expected; export the model with the head of its task.`,
  );
}

/** Two outputs with a number a token, as optimum exports models for question answering. */
function findEnds(sources: HeadSources): Head | null {
  const { graph, facts, override, file } = sources;
  const named = (word: string): string | undefined =>
    graph.outputs.find(
      ({ name }) => new RegExp(`^${word}(_|$)`).test(name) && rankOf(facts.get(name)!) === 2,
    )?.name;
  const [start, end] = [named('start'), named('end')];
  if (start === undefined || end === undefined) return null;
  if (override !== undefined && override !== 'question-answering') {
    throw misfit(file, override, 'the start and the end of an answer');
  }
  return answering([start, end], sources);
}

function answering(outputs: readonly string[], { squashed }: HeadSources): Head {
  return {
    task: 'question-answering',
    link: 'softmax',
    decides: 'ends',
    outputs,
    labels: [],
    classes: null,
    squashed: squashed.get(outputs[0]!) ?? null,
  };
}

function mainOutput({ graph, facts, file }: HeadSources): {
  name: string;
  dims: (number | null)[];
} {
  const floats = graph.outputs.filter(({ name }) => {
    const found = facts.get(name);
    return found !== undefined && isFloat(found.dtype) && !headless.test(name);
  });
  const ofRank = (rank: number) => floats.find(({ name }) => rankOf(facts.get(name)!) === rank);
  const output = floats.find(({ name }) => name === 'logits') ?? ofRank(2) ?? ofRank(3);
  if (output) return { name: output.name, dims: staticDims(facts.get(output.name)!) };
  const names = graph.outputs.map(({ name }) => name).join(', ');
  throw new GlassboxError(
    'bad-model',
    `${file} has no output of logits (its outputs: ${names}), so it decides nothing that could be explained; export the model with the head of its task.`,
  );
}

function textHead(sources: HeadSources, output: string, classes: number): Head {
  const { config, file, override } = sources;
  const squashed = sources.squashed.get(output) ?? null;
  const task = override ?? textTask(config, classes, squashed);
  const head = { task, decides: 'text', outputs: [output], classes, squashed } as const;
  switch (task) {
    case 'text-classification':
      if (classes < 2) throw misfit(file, task, 'a single number for a text');
      return { ...head, link: 'softmax', labels: labelsOf(config, classes) };
    case 'multi-label-classification':
      return { ...head, link: 'sigmoid', labels: labelsOf(config, classes) };
    case 'binary-classification':
      if (classes !== 1) throw misfit(file, task, `${classes} numbers for a text`);
      return { ...head, link: 'sigmoid', labels: binaryLabels(config) };
    case 'regression':
      return { ...head, link: 'identity', labels: numberNames(config, classes) };
    case 'token-classification':
    case 'fill-mask':
    case 'question-answering':
      throw misfit(file, task, `${classes} numbers for a text`);
  }
}

/**
 * As Hugging Face trains: one output is a regression where problem_type does not say otherwise, unless the label
 * has a name, which a number would not need.
 */
function textTask(
  { problem, labels }: ModelConfig,
  classes: number,
  squashed: Squashed | null,
): TaskKind {
  if (squashed === 'softmax') return 'text-classification';
  if (squashed === 'sigmoid') {
    return classes === 1 ? 'binary-classification' : 'multi-label-classification';
  }
  if (problem === 'regression') return 'regression';
  if (problem === 'multi_label_classification' && classes > 1) return 'multi-label-classification';
  if (classes > 1) return 'text-classification';
  const named = labels !== null && !namesNothing(labels);
  return problem !== '' || named ? 'binary-classification' : 'regression';
}

function tokenHead(sources: HeadSources, output: string, classes: number): Head {
  const { config, file, override, vocabulary } = sources;
  const task = override ?? tokenTask(config, classes, vocabulary);
  const head = {
    task,
    decides: 'token',
    outputs: [output],
    classes,
    link: 'softmax',
    squashed: sources.squashed.get(output) ?? null,
  } as const;
  switch (task) {
    case 'token-classification':
      return { ...head, labels: labelsOf(config, classes) };
    case 'fill-mask':
      return { ...head, labels: [] };
    case 'question-answering':
      if (classes !== 2) throw misfit(file, task, `${classes} numbers for each token`);
      return answering([output], sources);
    case 'text-classification':
    case 'binary-classification':
    case 'multi-label-classification':
    case 'regression':
      throw misfit(file, task, `${classes} numbers for each token`);
  }
}

function tokenTask(
  { architecture, file }: ModelConfig,
  classes: number,
  vocabulary: number,
): TaskKind {
  if (/ForCausalLM|LMHeadModel/.test(architecture)) {
    throw new GlassboxError(
      'unsupported',
      `${file ?? 'config.json'} says that the model writes text (${architecture}); Glassbox explains classifiers, taggers, masked language models and question answering, so choose a model with such a head.`,
    );
  }
  if (architecture.includes('ForQuestionAnswering') && classes === 2) return 'question-answering';
  if (/ForMaskedLM|ForPreTraining/.test(architecture)) return 'fill-mask';
  if (architecture.includes('ForTokenClassification')) return 'token-classification';
  // Exporters may pad the vocabulary of the output, but a tagger never has nearly as many tags.
  return classes >= vocabulary && vocabulary > 50 ? 'fill-mask' : 'token-classification';
}

function misfit(file: string, task: TaskKind, gives: string): GlassboxError {
  return new GlassboxError(
    'bad-input',
    `${file} gives ${gives}, which does not fit the task "${task}"; choose another task, or let Glassbox find it.`,
  );
}
