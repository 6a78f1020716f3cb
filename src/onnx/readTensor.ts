/** Tensors of ONNX files, from any of the encodings that the format allows to little-endian bytes. */
import { GlassboxError } from '../protocol/messages';
import { typeOfCode } from './dataTypes';
import { TensorProto_DataLocation, type TensorProto } from './generated/onnx_pb';
import type { Constant, DataType } from './graph';
import { constantOf, elementSize, sizeOf } from './tensorData';

/** `fileName` is for error messages. raw_data is referenced, not copied. */
export function readTensor(tensor: TensorProto, fileName: string): Constant {
  const dtype = typeOfCode(tensor.dataType);
  if (!dtype || dtype === 'string') {
    throw new GlassboxError(
      'unsupported',
      `${fileName}: tensor "${tensor.name}" has element type ${tensor.dataType}, which Glassbox does not read; export the model in float32 or float16.`,
    );
  }
  if (tensor.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    const file = tensor.externalData.find(entry => entry.key === 'location')?.value ?? '?';
    throw new GlassboxError(
      'unsupported',
      `${fileName}: the weights are in a second file (${file}); export the model as one file (external_data=False).`,
    );
  }
  const dims = tensor.dims.map(Number);
  const constant = tensor.rawData.length
    ? { dtype, dims, bytes: tensor.rawData }
    : unpack(tensor, dtype, dims);
  if (constant?.bytes.length !== sizeOf(dims) * elementSize[dtype]) {
    throw new GlassboxError(
      'bad-model',
      `${fileName}: tensor "${tensor.name}" does not hold the [${dims.join(', ')}] ${dtype} values that it announces; the file is damaged, export or download it again.`,
    );
  }
  return constant;
}

/** Values from the typed fields; undefined when their number does not fit `dims`. */
function unpack(tensor: TensorProto, dtype: DataType, dims: number[]): Constant | undefined {
  const values = fieldOf(tensor, dtype);
  if (values.length !== sizeOf(dims)) return undefined;
  if (dtype === 'float16' || dtype === 'bfloat16') {
    // int32_data holds the bit patterns.
    return { dtype, dims, bytes: constantOf('uint16', dims, values).bytes };
  }
  return constantOf(dtype, dims, values);
}

function fieldOf(tensor: TensorProto, dtype: DataType): number[] | bigint[] {
  if (dtype === 'float32') return tensor.floatData;
  if (dtype === 'float64') return tensor.doubleData;
  if (dtype === 'int64') return tensor.int64Data;
  if (dtype === 'uint32' || dtype === 'uint64') return tensor.uint64Data;
  return tensor.int32Data;
}
