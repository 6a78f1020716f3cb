/**
 * Models whose large weights are not in their bytes but referred to in files, from where ONNX Runtime maps
 * them into memory: no copy is made, and several sessions of one model share the pages.
 */
import path from 'node:path';
import { create } from '@bufbuild/protobuf';
import { isExternal, type ExternalData } from './externalData';
import {
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from './generated/onnx_pb';
import type { Graph } from './graph';
import { storedLength } from './readTensor';
import { placeOf, type Place } from './storedWeights';
import { bytesOf, modelOf } from './writeModel';

export interface MappedModel {
  readonly bytes: Uint8Array;
  /** The weights' files are named relative to this folder. */
  readonly folder: string;
}

/** A graph as bytes, its stored constants as references to their files; plain bytes where it has none. */
export function writeMapped(graph: Graph): MappedModel | Uint8Array {
  const places = new Map<TensorProto, Place>();
  const model = modelOf(graph, (constant, tensor) => {
    const place = placeOf(constant);
    if (place) places.set(tensor, place);
    return place !== undefined;
  });
  return places.size === 0 ? bytesOf(model) : mapped(model, places);
}

/** The model as it was read from a file, its external data named as sessions made from bytes need it. */
export function mapModel(model: ModelProto, data: ExternalData): MappedModel {
  const places = new Map<TensorProto, Place>();
  for (const tensor of tensorsOf(model)) {
    const length = isExternal(tensor) ? storedLength(tensor) : undefined;
    if (length !== undefined) places.set(tensor, data.placeOf(tensor, length));
  }
  return mapped(model, places);
}

/** True where a part of the model lies in another file. */
export function hasExternalData(model: ModelProto): boolean {
  return tensorsOf(model).some(isExternal);
}

function mapped(model: ModelProto, places: ReadonlyMap<TensorProto, Place>): MappedModel {
  const folder = commonFolder([...places.values()].map(({ file }) => file));
  for (const [tensor, { file, offset, length }] of places) {
    const location = path.relative(folder, file).split(path.sep).join('/');
    const entries = { location, offset: String(offset), length: String(length) };
    tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
    tensor.externalData = Object.entries(entries).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    );
  }
  return { bytes: bytesOf(model), folder };
}

/** The deepest folder that holds all files. ONNX Runtime opens none outside the folder that it is told. */
function commonFolder(files: readonly string[]): string {
  const folders = [...new Set(files.map(file => path.dirname(file)))].map(dir =>
    dir.split(path.sep),
  );
  const [first = []] = folders;
  const differs = first.findIndex((part, i) => folders.some(parts => parts[i] !== part));
  const common = (differs === -1 ? first : first.slice(0, differs)).join(path.sep);
  return common.endsWith(':') || common === '' ? common + path.sep : common;
}

function tensorsOf(model: ModelProto): TensorProto[] {
  const ofNodes = (nodes: readonly NodeProto[]): TensorProto[] =>
    nodes.flatMap(node => node.attribute.flatMap(ofAttribute));
  const ofAttribute = ({ t, g, tensors, graphs }: AttributeProto): TensorProto[] => [
    ...(t ? [t] : []),
    ...tensors,
    ...(g ? ofGraph(g) : []),
    ...graphs.flatMap(ofGraph),
  ];
  const ofGraph = ({ initializer, node }: GraphProto): TensorProto[] => [
    ...initializer,
    ...ofNodes(node),
  ];
  return [
    ...(model.graph ? ofGraph(model.graph) : []),
    ...model.functions.flatMap(fn => ofNodes(fn.node)),
  ];
}
