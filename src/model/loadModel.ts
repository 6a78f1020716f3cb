/** From a folder to a checked model. */
import { findEmbeddingLookup } from '../autodiff/embeddingLookup';
import type { Facts } from '../autodiff/shapes';
import type { Graph } from '../onnx/graph';
import { isFloat, sizeOf } from '../onnx/tensorData';
import type { DevicePreference } from '../protocol/explanation';
import { GlassboxError } from '../protocol/messages';
import type { TaskKind } from '../protocol/task';
import { learnFacts } from '../runtime/probe';
import type { Feeds } from '../runtime/session';
import { Tokenizer } from '../runtime/tokenizer';
import { checkTokenizer } from './checks';
import { readConfig, type ModelConfig } from './config';
import { findHead } from './head';
import { findFiles, nameOf } from './files';
import { feedsOf, inputsOf, type ModelInputs, type Row } from './inputs';
import { Model, type Embedding } from './model';
import { hashOf, openModelFile } from './modelFile';
import { doesNotRun, openExported, runsConverted } from './openExported';
import { checkSpelling } from './spelling';
import { conversionNote, prepareGraph, squashedNote } from './prepareGraph';

export interface LoadOptions {
  /** 'optional': config.json and tokenizer.json may be missing, for inputs that are token ids already. */
  readonly tokenizer?: 'required' | 'optional';
  /** Overrides the task that the files say. */
  readonly task?: TaskKind | undefined;
}

/** Texts are cut to so many tokens where neither config.json nor the tokenizer names a limit. */
const defaultMaxTokens = 512;
/** And to so many where they name a larger one: attention's memory grows with the square of the length. */
const mostTokens = 4096;

/**
 * Loads the graph, config.json and tokenizer.json of the folder `dir` (or of an ONNX file, see files.ts), and
 * checks that they belong together. Throws GlassboxError, 'bad-model' or 'unsupported', with one sentence naming the file.
 */
export async function loadModel(
  dir: string,
  device: DevicePreference,
  options: LoadOptions = {},
): Promise<Model> {
  const files = await findFiles(dir, options.tokenizer !== 'optional');
  const config = await readConfig(files.config);
  const tokenizer = files.tokenizer === null ? null : await Tokenizer.load(files.tokenizer);
  const opening = await openModelFile(files.onnx);
  const { graph, conversions, squashed } = prepareGraph(opening.graph, files.onnx);
  const padId = tokenizer?.padId ?? config.padId;
  const inputs = inputsOf(graph, files.onnx, padId ?? 0);
  const embedding = findEmbedding(graph, inputs.ids, files.onnx);
  const notes = [
    ...(tokenizer ? checkTokenizer(tokenizer, config, embedding.vocabulary, files.onnx) : []),
    ...conversions.map(conversionNote),
  ];
  const table = graph.constants.get(embedding.table)!;
  const spelling = tokenizer && checkSpelling(tokenizer, table);
  if (spelling) notes.push(spelling);
  const maxTokens = tokenLimit(config, tokenizer, inputs);
  const facts = await probe(graph, files.onnx, inputs, embedding, maxTokens);
  checkEmbeddingShape(facts, embedding, files.onnx);
  const head = findHead({
    graph,
    facts,
    config,
    vocabulary: embedding.vocabulary,
    file: files.onnx,
    override: options.task,
    squashed,
  });
  if (head.squashed !== null) notes.push(squashedNote(head.squashed));
  const converted = conversions.length > 0 ? graph : null;
  const trial = {
    model: opening.model,
    feeds: trialFeeds(inputs, embedding, Math.min(32, maxTokens), 8),
    output: head.outputs[0]!,
  };
  const opened = await openExported(device, trial, opening.graph, converted, files.onnx);
  if (opened.converted) notes.push(runsConverted);
  const about = {
    dir,
    name: nameOf(dir),
    file: files.onnx,
    architecture: config.architecture,
    // The converted graph gives logits, whatever the file gives.
    head: opened.converted ? { ...head, squashed: null } : head,
    parts: opening.parts,
    hash: await hashOf(opening.parts),
    device: opened.device,
    deviceSays: opened.says,
    maxTokens,
    tokenizer,
    padId,
    maskId: tokenizer?.maskId ?? null,
    inputs,
    embedding,
    facts,
    matrixWeights: matrixWeights(graph, embedding),
    // Probabilities near 0 and 1 have lost digits of their logits.
    exact: opened.converted || (head.squashed === null && conversions.every(({ exact }) => exact)),
    conversions,
    opset: opening.graph.opset,
    notes,
  };
  const readAgain = async (): Promise<Graph> =>
    prepareGraph((await openModelFile(files.onnx)).graph, files.onnx).graph;
  return new Model(about, opened.session, readAgain, graph);
}

function findEmbedding(graph: Graph, ids: string, file: string): Embedding {
  const { table, output } = findEmbeddingLookup(graph, ids);
  const { dtype, dims } = table.constant;
  if (dtype !== 'float32') {
    throw new GlassboxError(
      'unsupported',
      `${file} holds ${dtype} weights; this version explains float32 models, so use the float32 export.`,
    );
  }
  return { output, table: table.name, vocabulary: dims[0]!, width: dims[1]! };
}

function checkEmbeddingShape(facts: Facts, { output, width }: Embedding, file: string): void {
  const dims = facts.get(output)?.dims[0] ?? [];
  if (dims.length !== 3 || dims[2] !== width) {
    throw new GlassboxError(
      'unsupported',
      `${file} looks word vectors up in an unusual shape [${dims.join(', ')}] (value "${output}") where [batch, length, width] is expected; export the model with the Hugging Face exporter.`,
    );
  }
}

/** Shapes of all values, from two runs that differ in every size that may vary. */
async function probe(
  graph: Graph,
  file: string,
  inputs: ModelInputs,
  embedding: Embedding,
  maxTokens: number,
): Promise<Facts> {
  const probes = [
    trialFeeds(inputs, embedding, Math.min(9, maxTokens), 2),
    // Far apart, so that a length that is rounded up to blocks does not look fixed.
    trialFeeds(inputs, embedding, Math.min(37, maxTokens), 3),
  ];
  try {
    return await learnFacts(graph, probes);
  } catch (error) {
    throw doesNotRun(file, error);
  }
}

/** Rows of different, valid ids. */
function trialFeeds(
  inputs: ModelInputs,
  embedding: Embedding,
  length: number,
  count: number,
): Feeds {
  const rows = Array.from({ length: count }, (_, row): Row => {
    const ids = Array.from({ length }, (_, i) => (1 + 7 * i + 3 * row) % embedding.vocabulary);
    return { ids, mask: ids.map(() => 1), typeIds: ids.map(() => 0) };
  });
  return feedsOf(inputs, inputs.batch === null ? rows : rows.slice(0, inputs.batch));
}

function tokenLimit(config: ModelConfig, tokenizer: Tokenizer | null, inputs: ModelInputs): number {
  const limits = [config.maxTokens, tokenizer?.maxTokens, inputs.length].filter(
    limit => typeof limit === 'number',
  );
  return limits.length === 0 ? defaultMaxTokens : Math.min(mostTokens, ...limits);
}

function matrixWeights(graph: Graph, { table }: Embedding): number {
  let count = 0;
  for (const [name, { dtype, dims }] of graph.constants) {
    if (name !== table && isFloat(dtype) && dims.length >= 2) count += sizeOf(dims);
  }
  return count;
}
