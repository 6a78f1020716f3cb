/** Models whose weights lie in other files, made by hand. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  type ModelProto,
  type TensorProto,
} from '../../src/onnx/generated/onnx_pb';

export type Entries = Readonly<Record<string, string>>;

/** The bytes of a model after its messages were changed. */
export function edited(bytes: Uint8Array, change: (model: ModelProto) => void): Uint8Array {
  const model = fromBinary(ModelProtoSchema, new Uint8Array(bytes));
  change(model);
  return toBinary(ModelProtoSchema, model);
}

/** Turns a tensor into a reference; returns the bytes that it had. */
export function pointTo(tensor: TensorProto, entries: Entries): Uint8Array {
  const { rawData } = tensor;
  tensor.rawData = new Uint8Array(0);
  tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
  tensor.externalData = Object.entries(entries).map(([key, value]) =>
    create(StringStringEntryProtoSchema, { key, value }),
  );
  return rawData;
}

/**
 * Writes `folder`/model.onnx with every initialiser in the file that `fileOf` names (by its place in the list),
 * `gap` bytes before each.
 */
export function writeExternal(
  folder: string,
  bytes: Uint8Array,
  fileOf: (index: number) => string = () => 'model.onnx_data',
  gap = 0,
): void {
  const files = new Map<string, Uint8Array[]>();
  const model = edited(bytes, ({ graph }) => {
    graph!.initializer.forEach((tensor, index) => {
      const location = fileOf(index);
      const parts = files.get(location) ?? [];
      files.set(location, parts);
      parts.push(new Uint8Array(gap).fill(255));
      const offset = parts.reduce((sum, part) => sum + part.length, 0);
      const length = String(tensor.rawData.length);
      parts.push(pointTo(tensor, { location, offset: String(offset), length }));
    });
  });
  writeFileSync(path.join(folder, 'model.onnx'), model);
  for (const [name, parts] of files) writeFileSync(path.join(folder, name), Buffer.concat(parts));
}
