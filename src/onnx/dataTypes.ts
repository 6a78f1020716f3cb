/** The numbers by which ONNX files name element types. */
import { TensorProto_DataType as Code } from './generated/onnx_pb';
import type { DataType } from './graph';

const codes: Readonly<Record<DataType, number>> = {
  float32: Code.FLOAT,
  float64: Code.DOUBLE,
  float16: Code.FLOAT16,
  bfloat16: Code.BFLOAT16,
  int8: Code.INT8,
  int16: Code.INT16,
  int32: Code.INT32,
  int64: Code.INT64,
  uint8: Code.UINT8,
  uint16: Code.UINT16,
  uint32: Code.UINT32,
  uint64: Code.UINT64,
  bool: Code.BOOL,
  string: Code.STRING,
};

const names = new Map(Object.entries(codes).map(([name, code]) => [code, name as DataType]));

/** The number of a type, as in Cast's `to` attribute. */
export function codeOfType(dtype: DataType): number {
  return codes[dtype];
}

/** The type of a number, or undefined for types that Glassbox does not know (float8, complex, ...). */
export function typeOfCode(code: number): DataType | undefined {
  return names.get(code);
}

/** Names of the element types that Glassbox does not read, for error messages. */
export const unreadTypes: Readonly<Record<number, string>> = {
  14: 'complex64',
  15: 'complex128',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
  23: 'float4e2m1',
  24: 'float8e8m0',
  25: 'uint2',
  26: 'int2',
};
