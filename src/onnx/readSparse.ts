/** Sparse tensors, as dense ones. */
import { GlassboxError } from '../protocol/messages';
import type { SparseTensorProto } from './generated/onnx_pb';
import type { Constant } from './graph';
import { readTensor, type TensorSource } from './readTensor';
import { elementSize, numbersOf, sizeOf } from './tensorData';

/** Larger ones are no weights of a text model. */
const mostBytes = 2 ** 31;

/**
 * The values at `indices` ([NNZ] into the flat tensor, or [NNZ, rank]), zero elsewhere. Throws GlassboxError
 * 'bad-model' where they do not fit `dims`, 'unsupported' for more than 2 GB.
 */
export function readSparse(proto: SparseTensorProto, source: TensorSource): Constant {
  const name = proto.values?.name ?? '';
  const dims = proto.dims.map(Number);
  if (!proto.values || !proto.indices || dims.some(dim => dim < 0)) throw damaged();
  const values = readTensor(proto.values, source);
  const indices = readTensor(proto.indices, source);
  const places = numbersOf(indices);
  const each = elementSize[values.dtype];
  const size = sizeOf(dims);
  if (!(size * each <= mostBytes)) {
    throw new GlassboxError(
      'unsupported',
      `${source.fileName}: the sparse tensor "${name}" would take more than 2 GB as a dense one; export the model with dense weights.`,
    );
  }
  const count = sizeOf(values.dims);
  const linear = indices.dims.length === 1;
  const expected = linear ? count : count * dims.length;
  if (each === 0 || indices.dtype !== 'int64' || places.length !== expected) throw damaged();
  const bytes = new Uint8Array(size * each);
  for (let i = 0; i < count; i++) {
    const at = linear ? places[i]! : flat(places, i);
    if (!(at >= 0 && at < size)) throw damaged();
    bytes.set(values.bytes.subarray(i * each, (i + 1) * each), at * each);
  }
  return { dtype: values.dtype, dims, bytes };

  function flat(list: readonly number[], row: number): number {
    return dims.reduce((at, dim, axis) => {
      const index = list[row * dims.length + axis]!;
      return index >= 0 && index < dim ? at * dim + index : NaN;
    }, 0);
  }
  function damaged(): GlassboxError {
    return new GlassboxError(
      'bad-model',
      `${source.fileName}: the sparse tensor "${name}" has values outside its shape [${dims.join(', ')}]; the file is damaged, export the model with dense weights.`,
    );
  }
}
