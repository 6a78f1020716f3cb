/** Tensors of ONNX files, from any of the encodings that the format allows to little-endian bytes. */
import { create, toBinary } from '@bufbuild/protobuf';
import { GlassboxError } from '../protocol/messages';
import { typeOfCode, unreadTypes } from './dataTypes';
import { smallTensor } from './detachWeights';
import { isExternal, type ExternalData } from './externalData';
import { TensorProtoSchema, type TensorProto } from './generated/onnx_pb';
import type { Constant, DataType } from './graph';
import { readPlace, storedConstant } from './storedWeights';
import { constantOf, elementSize, sizeOf } from './tensorData';

/** Types of half a byte, which are read into whole bytes. */
const halfBytes: Readonly<Record<number, 'uint8' | 'int8'>> = { 21: 'uint8', 22: 'int8' };

/** What reading tensors needs to know about their file. */
export interface TensorSource {
  /** For error messages. */
  readonly fileName: string;
  /** The files beside it; undefined where bytes are read that belong to no file. */
  readonly data?: ExternalData | undefined;
}

/**
 * raw_data is referenced, not copied; large external data stays in its file. Throws GlassboxError 'bad-model'
 * where values are missing, 'unsupported' for element types that Glassbox does not read.
 */
export function readTensor(tensor: TensorProto, source: TensorSource): Constant {
  const half = halfBytes[tensor.dataType];
  const dtype = half ?? typeOfCode(tensor.dataType);
  const { fileName } = source;
  if (!dtype) {
    const type = unreadTypes[tensor.dataType] ?? String(tensor.dataType);
    throw new GlassboxError(
      'unsupported',
      `${fileName}: tensor "${tensor.name}" has element type ${type}, which Glassbox does not read; export the model in float32 or float16.`,
    );
  }
  const dims = tensor.dims.map(Number);
  const size = sizeOf(dims);
  if (dims.some(dim => dim < 0) || !Number.isSafeInteger(size * 8)) throw damaged();
  if (dtype === 'string') {
    const strings = readStrings(tensor, dims);
    if (!strings) throw damaged();
    return strings;
  }
  const length = half ? Math.ceil(size / 2) : size * elementSize[dtype];
  if (isExternal(tensor)) {
    const place = external(tensor, length, source);
    if (half) return { dtype, dims, bytes: unpackHalves(readPlace(place), half, size) };
    if (length > smallTensor) return storedConstant(dtype, dims, place);
    return { dtype, dims, bytes: readPlace(place) };
  }
  const bytes = tensor.rawData.length ? tensor.rawData : typedBytes(tensor, half, dtype, size);
  if (bytes?.length !== length) throw damaged();
  return { dtype, dims, bytes: half ? unpackHalves(bytes, half, size) : bytes };

  function damaged(): GlassboxError {
    return new GlassboxError(
      'bad-model',
      `${fileName}: tensor "${tensor.name}" does not hold the [${dims.join(', ')}] ${dtype} values that it announces; the file is damaged, export or download it again.`,
    );
  }
}

/** Bytes that the values of a tensor take in a file, or undefined for types that Glassbox does not read. */
export function storedLength({ dataType, dims }: TensorProto): number | undefined {
  const size = sizeOf(dims.map(Number));
  if (halfBytes[dataType]) return Math.ceil(size / 2);
  const dtype = typeOfCode(dataType);
  return dtype && size * elementSize[dtype];
}

function external(tensor: TensorProto, length: number, { fileName, data }: TensorSource) {
  if (data) return data.placeOf(tensor, length);
  const file = tensor.externalData.find(entry => entry.key === 'location')?.value ?? '?';
  throw new GlassboxError(
    'unsupported',
    `${fileName}: the weights are in a second file (${file}), which is not at hand; open the model by its folder.`,
  );
}

/** Values from the typed fields; undefined when their number does not fit. */
function typedBytes(
  tensor: TensorProto,
  half: 'uint8' | 'int8' | undefined,
  dtype: DataType,
  size: number,
): Uint8Array | undefined {
  // int32_data holds bytes of two values there.
  if (half) return Uint8Array.from(tensor.int32Data);
  const values = fieldOf(tensor, dtype);
  if (values.length !== size) return undefined;
  // int32_data holds the bit patterns of halves.
  const bits = dtype === 'float16' || dtype === 'bfloat16' ? 'uint16' : dtype;
  return constantOf(bits, [size], values).bytes;
}

function fieldOf(tensor: TensorProto, dtype: DataType): number[] | bigint[] {
  if (dtype === 'float32') return tensor.floatData;
  if (dtype === 'float64') return tensor.doubleData;
  if (dtype === 'int64') return tensor.int64Data;
  if (dtype === 'uint32' || dtype === 'uint64') return tensor.uint64Data;
  return tensor.int32Data;
}

/** Of a tensor of strings, `bytes` is its string_data as in the file. */
function readStrings({ stringData }: TensorProto, dims: number[]): Constant | undefined {
  if (stringData.length !== sizeOf(dims)) return undefined;
  return {
    dtype: 'string',
    dims,
    bytes: toBinary(TensorProtoSchema, create(TensorProtoSchema, { stringData })),
  };
}

/** Two values a byte, the first in the low bits. */
function unpackHalves(bytes: Uint8Array, dtype: 'uint8' | 'int8', size: number): Uint8Array {
  const values = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const value = (bytes[i >> 1]! >> (4 * (i & 1))) & 15;
    values[i] = dtype === 'int8' && value > 7 ? value - 16 : value;
  }
  return values;
}
