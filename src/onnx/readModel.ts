/** Reads an ONNX file into a Graph. Weights stay views of the file's bytes, or in their files. */
import { fromBinary } from '@bufbuild/protobuf';
import { GlassboxError } from '../protocol/messages';
import { largeFilePointer, type ExternalData } from './externalData';
import { domainOf, Functions } from './functions';
import { ModelProtoSchema, type ModelProto } from './generated/onnx_pb';
import type { Graph } from './graph';
import { GraphReader } from './readGraph';

/**
 * `fileName` is for error messages only; `data` finds weights in files beside the model. `Constant` nodes
 * become constants of the graph, calls of local functions the nodes of their bodies. Throws GlassboxError
 * 'bad-model' for bytes that are no ONNX model, 'unsupported' for parts of ONNX that Glassbox does not read.
 */
export function readModel(bytes: Uint8Array, fileName: string, data?: ExternalData): Graph {
  return graphOf(parseModel(bytes, fileName), fileName, data);
}

/** The messages of an ONNX file. Throws GlassboxError 'bad-model' where they hold no graph. */
export function parseModel(bytes: Uint8Array, fileName: string): ModelProto {
  if (Buffer.from(bytes.subarray(0, 64)).toString('latin1').startsWith(largeFilePointer)) {
    throw new GlassboxError(
      'bad-model',
      `${fileName} is only a Git LFS pointer to the model; run "git lfs pull" in its folder to fetch the model itself.`,
    );
  }
  const model = parse(bytes, fileName);
  if (!model.graph?.node.length) {
    throw new GlassboxError(
      'bad-model',
      `${fileName} is not an ONNX model (it holds no graph); export the model again, or choose another folder.`,
    );
  }
  return model;
}

/** See `readModel`. */
export function graphOf(model: ModelProto, fileName: string, data?: ExternalData): Graph {
  const reader = new GraphReader({ fileName, data }, new Functions(model));
  const graph = reader.read(model.graph!);
  const imports = [...model.functions.flatMap(fn => fn.opsetImport), ...model.opsetImport];
  const versions = new Map(
    imports.map(({ domain, version }) => [domainOf(domain), Number(version)] as const),
  );
  graph.opset = versions.get('') ?? 0;
  if (!graph.opset) {
    throw new GlassboxError(
      'bad-model',
      `${fileName} does not say which ONNX operator set it uses; the file is damaged, export or download it again.`,
    );
  }
  const own = new Set(model.functions.map(fn => domainOf(fn.domain)));
  for (const [domain, version] of versions) {
    if (domain !== '' && !own.has(domain)) graph.domains[domain] = version;
  }
  return graph;
}

function parse(bytes: Uint8Array, fileName: string): ModelProto {
  try {
    // A Buffer would make every tensor a Buffer, whose slice() does not copy.
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return fromBinary(ModelProtoSchema, plain);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GlassboxError(
      'bad-model',
      `${fileName} is not an ONNX model, or it is incomplete (${reason}); export or download it again.`,
    );
  }
}
