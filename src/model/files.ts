/** Where the parts of a model lie in its folder. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { GlassboxError, reasonOf } from '../protocol/messages';

export interface ModelFiles {
  readonly onnx: string;
  /** Null where the folder has none and none is required. */
  readonly config: string | null;
  readonly tokenizer: string | null;
}

/** Places of the graph, in the order in which they are tried. */
const graphPlaces = ['model.onnx', path.join('onnx', 'model.onnx')];

/**
 * Finds model.onnx (or onnx/model.onnx), config.json and tokenizer.json in `dir`.
 * `textNeeded` false: config.json and tokenizer.json may be missing (inputs are token ids then).
 * Throws GlassboxError 'bad-model' naming what is missing.
 */
export async function findFiles(dir: string, textNeeded: boolean): Promise<ModelFiles> {
  if (!(await isFolder(dir))) {
    throw new GlassboxError(
      'bad-model',
      `${dir} is not a folder; choose the folder that holds model.onnx, config.json and tokenizer.json.`,
    );
  }
  const onnx = await firstFile(graphPlaces.map(place => path.join(dir, place)));
  if (onnx === null) throw new GlassboxError('bad-model', await missingGraph(dir));
  const config = await firstFile([path.join(dir, 'config.json')]);
  const tokenizer = await firstFile([path.join(dir, 'tokenizer.json')]);
  if (textNeeded && config === null) {
    throw new GlassboxError(
      'bad-model',
      `${dir} holds no config.json, which names the model's labels; copy it from the model's Hugging Face folder.`,
    );
  }
  if (textNeeded && tokenizer === null) {
    throw new GlassboxError(
      'bad-model',
      `${dir} holds no tokenizer.json, which turns text into token ids; save it with the fast tokenizer of the model (AutoTokenizer.from_pretrained(...).save_pretrained(...)).`,
    );
  }
  return { onnx, config, tokenizer };
}

/** The bytes of a file. Throws GlassboxError 'bad-model' when it cannot be read. */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new GlassboxError('bad-model', `${file} cannot be read: ${reasonOf(error)}.`);
  }
}

async function missingGraph(dir: string): Promise<string> {
  const others = (await Promise.all([dir, path.join(dir, 'onnx')].map(folder => namesIn(folder))))
    .flatMap((names, index) => (index === 0 ? names : names.map(name => path.join('onnx', name))))
    .filter(name => name.endsWith('.onnx'));
  const unreadable = graphPlaces.find(place => others.includes(place));
  if (unreadable !== undefined) {
    return `${path.join(dir, unreadable)} is not a file that can be read (a folder, or a link to nowhere); export or copy the model again.`;
  }
  return others.length === 0
    ? `${dir} holds no model.onnx (nor onnx/model.onnx); export the model to ONNX into this folder, or choose another one.`
    : `${dir} holds no model.onnx (nor onnx/model.onnx) but ${others.join(', ')}; rename the one to be explained to model.onnx.`;
}

async function namesIn(folder: string): Promise<string[]> {
  // A folder that may not be listed is as good as none here: this only helps to word an error.
  return (await readdir(folder).catch(() => [])).sort();
}

async function isFolder(dir: string): Promise<boolean> {
  return await stat(dir).then(
    found => found.isDirectory(),
    () => false,
  );
}

async function firstFile(candidates: readonly string[]): Promise<string | null> {
  for (const file of candidates) {
    const isFile = await stat(file).then(
      found => found.isFile(),
      () => false,
    );
    if (isFile) return file;
  }
  return null;
}
