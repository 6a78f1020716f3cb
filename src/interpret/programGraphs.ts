/** What all programs that are made of a model's graph begin with. */
import type { Model } from '../model/model';
import type { Graph } from '../onnx/graph';
import { GlassboxError } from '../protocol/messages';

/** A graph to append to, which leaves `source` as it is; without outputs: a program has its own. */
export function extensible(source: Graph): Graph {
  return {
    ...source,
    inputs: [...source.inputs],
    outputs: [],
    constants: new Map(source.constants),
    nodes: [...source.nodes],
  };
}

/** What `build` makes; its GlassboxErrors name the model's file. */
export async function namingFile<T>({ about }: Model, build: () => Promise<T>): Promise<T> {
  try {
    return await build();
  } catch (error) {
    if (!(error instanceof GlassboxError)) throw error;
    throw new GlassboxError(error.code, `${about.file}: ${error.message}`);
  }
}
