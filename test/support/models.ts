/** Models for tests of explanations: folders made on the spot, and the kit's when it is there. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Context } from 'mocha';
import { loadModel } from '../../src/model/loadModel';
import type { Row } from '../../src/model/inputs';
import type { Model } from '../../src/model/model';
import { emptyGraph, GraphBuilder } from '../../src/onnx/builder';
import { writeModel } from '../../src/onnx/writeModel';
import type { ExplainRequest } from '../../src/protocol/explanation';
import type { Gold } from '../../src/protocol/task';
import { familyDir, type Golden } from './families';

export const kit = path.resolve('..', 'shared', 'kit');

/** The kit's file or folder; skips the test, saying so, where the kit is not there. */
export function kitPath(context: Context, ...parts: string[]): string {
  const found = path.join(kit, ...parts);
  if (!existsSync(found)) {
    console.log(`      skipped: ${path.join('kit', ...parts)} is not there`);
    context.skip();
  }
  return found;
}

/** Works with the kit's model in a folder ('models/nli-bert'), on the CPU, and frees it. */
export async function withKitModel(
  context: Context,
  folder: string,
  work: (model: Model) => Promise<void>,
): Promise<void> {
  const model = await loadModel(kitPath(context, ...folder.split('/')), 'cpu');
  try {
    await work(model);
  } finally {
    await model.release();
  }
}

/** A temporary folder for the tests of one suite. */
export class Folders {
  private readonly root = mkdtempSync(path.join(tmpdir(), 'glassbox-'));
  private count = 0;

  /** An empty folder. */
  empty(): string {
    const folder = path.join(this.root, `folder${++this.count}`);
    mkdirSync(folder);
    return folder;
  }

  /** A folder with these files. */
  with(files: Readonly<Record<string, string | Uint8Array>>): string {
    const folder = this.empty();
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), content);
    }
    return folder;
  }

  /**
   * A random family of BERTs (vocabulary 120; of 'bert' itself labels LABEL_0 to LABEL_2) with the small WordPiece
   * tokenizer: a complete model that takes text.
   */
  textModel(family = 'bert'): string {
    const folder = this.empty();
    for (const name of ['model.onnx', 'config.json']) {
      cpSync(path.join(familyDir(family), name), path.join(folder, name));
    }
    cpSync(
      path.resolve('test', 'fixtures', 'tokenizers', 'wordpiece', 'tokenizer.json'),
      path.join(folder, 'tokenizer.json'),
    );
    return folder;
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}

/** A graph on word vectors `embedding` [vocabulary][width]: `head` makes logits [B, C] of vectors [B, L, D]. */
export function wordModel(
  embedding: readonly (readonly number[])[],
  head: (b: GraphBuilder, words: string) => string,
): Uint8Array {
  const graph = emptyGraph('words');
  const b = new GraphBuilder(graph);
  const ids = b.input('input_ids', 'int64', ['batch', 'length']);
  const dims = [embedding.length, embedding[0]!.length];
  const table = b.constant('float32', dims, embedding.flat(), 'table');
  b.output(head(b, b.op('Gather', [table, ids], { axis: 0 })), 'logits');
  return writeModel(graph);
}

/** Loads a graph that takes token ids only. */
export async function loadBare(folders: Folders, onnx: Uint8Array): Promise<Model> {
  return await loadModel(folders.with({ 'model.onnx': onnx }), 'cpu', { tokenizer: 'optional' });
}

/** A row without padding. */
export function rowOf(...ids: number[]): Row {
  return { ids, mask: ids.map(() => 1), typeIds: ids.map(() => 0) };
}

export function goldenRows(golden: Golden): Row[] {
  return golden.input_ids.map((ids, row) => ({
    ids,
    mask: golden.attention_mask[row]!,
    typeIds: golden.token_type_ids?.[row] ?? ids.map(() => 0),
  }));
}

/** A request's other fields; a gold label is written as a dataset has it. */
export type AskOptions = Omit<Partial<ExplainRequest>, 'gold'> & { readonly gold?: string | Gold };

export function ask(
  text: string,
  method: string,
  { gold, ...more }: AskOptions = {},
): ExplainRequest {
  return {
    modelDir: '',
    device: 'cpu',
    text,
    method,
    parameters: {},
    scalar: 'logit',
    label: { kind: 'predicted' },
    ...(gold === undefined
      ? {}
      : { gold: typeof gold === 'string' ? { kind: 'label', label: gold } : gold }),
    ...more,
  };
}

/** The first output's numbers of each row. */
export async function logitsOf(model: Model, rows: readonly Row[]): Promise<number[][]> {
  return (await model.predict(rows)).map(({ values }) => Array.from(values[0]!));
}
