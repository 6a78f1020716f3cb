/** An ONNX file opened: its graph, what a session is made of, and the hash that tells models apart. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { detachWeights } from '../onnx/detachWeights';
import { ExternalData } from '../onnx/externalData';
import type { Graph } from '../onnx/graph';
import { hasExternalData, mapModel } from '../onnx/mappedModel';
import { graphOf, parseModel } from '../onnx/readModel';
import { GlassboxError, reasonOf } from '../protocol/messages';
import type { SessionModel } from '../runtime/session';
import { readBytes } from './files';

export interface ModelFile {
  readonly graph: Graph;
  /** The model as it was exported. */
  readonly model: SessionModel;
  /** All files that it is made of, the ONNX file first. */
  readonly parts: readonly string[];
}

/** From so many bytes on, the weights stay in the file and are mapped into memory from there. */
const largeFile = 64 * 2 ** 20;

/**
 * A small file is read; of a large one, and of one with external data, only the graph is. Throws
 * GlassboxError 'bad-model' or 'unsupported' with one sentence naming the file.
 */
export async function openModelFile(file: string, large = largeFile): Promise<ModelFile> {
  const bytes = (await sizeOf(file)) > large ? detachWeights(file) : await readBytes(file);
  const model = parseModel(bytes, file);
  if (!hasExternalData(model)) return { graph: graphOf(model, file), model: bytes, parts: [file] };
  const data = new ExternalData(file);
  const graph = graphOf(model, file, data);
  const mapped = mapModel(model, data);
  return { graph, model: mapped, parts: [file, ...data.files] };
}

/** SHA-256 of the contents of the files one after another, hexadecimal. Throws GlassboxError 'bad-model'. */
export async function hashOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    try {
      const chunks = createReadStream(file, { highWaterMark: 2 ** 20 });
      for await (const chunk of chunks as AsyncIterable<Buffer>) hash.update(chunk);
    } catch (error) {
      throw new GlassboxError('bad-model', `${file} cannot be read: ${reasonOf(error)}.`);
    }
  }
  return hash.digest('hex');
}

async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    found => found.size,
    () => 0,
  );
}
