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

/**
 * Names of the graph, in the order in which they are tried, each in the folder and in its folder `onnx`: what
 * is stored in float32 first, then half precision, then ever fewer bits. The names are those of optimum and of
 * transformers.js.
 */
const graphNames = [
  'model.onnx',
  'model_optimized.onnx',
  'model_fp16.onnx',
  'model_quantized.onnx',
  'model_int8.onnx',
  'model_uint8.onnx',
  'model_q4.onnx',
  'model_q4f16.onnx',
  'model_bnb4.onnx',
];

const graphPlaces = graphNames.flatMap(name => [name, path.join('onnx', name)]);

/** What goes with the graph. */
const textFiles = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
];

/** Graphs that write text token by token, in parts; they give no prediction about a given text. */
const generator = /^(decoder|encoder)_.*\.onnx$/;

/**
 * Finds the graph, config.json and tokenizer.json in `place`: a folder, or an ONNX file in it (or in its folder
 * `onnx`). `textNeeded` false: config.json and tokenizer.json may be missing (inputs are token ids then).
 * Throws GlassboxError 'bad-model' or 'unsupported' naming what is missing.
 */
export async function findFiles(place: string, textNeeded: boolean): Promise<ModelFiles> {
  const given = place.endsWith('.onnx') && (await isFile(place));
  if (!given && !(await isFolder(place))) {
    throw new GlassboxError(
      'bad-model',
      `${place} is not a folder; choose the folder that holds model.onnx, config.json and tokenizer.json.`,
    );
  }
  const onnx = given ? place : await findGraph(place);
  const dir = given ? path.dirname(place) : place;
  const folders = isOnnxFolder(dir) ? [dir, path.dirname(path.resolve(dir))] : [dir];
  const beside = (name: string) => firstFile(folders.map(folder => path.join(folder, name)));
  const config = await beside('config.json');
  const tokenizer = await beside('tokenizer.json');
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

/** Files of `place` (see `findFiles`) whose appearance or change may make it another model. */
export function watchedFiles(place: string): string[] {
  const dir = place.endsWith('.onnx') ? path.dirname(place) : place;
  const folders = isOnnxFolder(dir) ? [dir, path.dirname(path.resolve(dir))] : [dir];
  return [
    ...graphPlaces.map(name => path.join(dir, name)),
    ...folders.flatMap(folder => textFiles.map(name => path.join(folder, name))),
  ];
}

/** What `place` is called: the folder's name, with the file's where that was chosen. */
export function nameOf(place: string): string {
  const whole = path.resolve(place);
  if (!whole.endsWith('.onnx')) return path.basename(whole);
  const dir = path.dirname(whole);
  const owner = isOnnxFolder(dir) ? path.dirname(dir) : dir;
  return `${path.basename(owner)}/${path.basename(whole)}`;
}

async function findGraph(dir: string): Promise<string> {
  const usual = await firstFile(graphPlaces.map(place => path.join(dir, place)));
  if (usual !== null) return usual;
  const others = await graphsIn(dir);
  const only = others.length === 1 ? path.join(dir, others[0]!) : null;
  if (only !== null && !generator.test(path.basename(only)) && (await isFile(only))) return only;
  throw missingGraph(dir, others);
}

/** The bytes of a file. Throws GlassboxError 'bad-model' when it cannot be read. */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new GlassboxError('bad-model', `${file} cannot be read: ${reasonOf(error)}.`);
  }
}

function missingGraph(dir: string, others: readonly string[]): GlassboxError {
  const unreadable = others.find(name => graphNames.includes(path.basename(name)));
  if (unreadable !== undefined) {
    return new GlassboxError(
      'bad-model',
      `${path.join(dir, unreadable)} is not a file that can be read (a folder, or a link to nowhere); export or copy the model again.`,
    );
  }
  if (others.some(name => generator.test(path.basename(name)))) {
    return new GlassboxError(
      'unsupported',
      `${dir} holds a model that writes text, in parts (${others.join(', ')}); Glassbox explains models of one part that judge a text, so export it for that task (for example optimum-cli export onnx --task text-classification).`,
    );
  }
  return new GlassboxError(
    'bad-model',
    others.length === 0
      ? `${dir} holds no model.onnx (nor onnx/model.onnx); export the model to ONNX into this folder, or choose another one.`
      : `${dir} holds no model.onnx (nor onnx/model.onnx) but ${others.join(', ')}; rename the one to be explained to model.onnx.`,
  );
}

/** All ONNX files of a folder and of its folder `onnx`, relative to it. */
async function graphsIn(dir: string): Promise<string[]> {
  const own = await namesIn(dir);
  const inner = await namesIn(path.join(dir, 'onnx'));
  return [...own, ...inner.map(name => path.join('onnx', name))].filter(name =>
    name.endsWith('.onnx'),
  );
}

function isOnnxFolder(dir: string): boolean {
  return path.basename(path.resolve(dir)) === 'onnx';
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

async function isFile(file: string): Promise<boolean> {
  return await stat(file).then(
    found => found.isFile(),
    () => false,
  );
}

async function firstFile(candidates: readonly string[]): Promise<string | null> {
  for (const file of candidates) if (await isFile(file)) return file;
  return null;
}
