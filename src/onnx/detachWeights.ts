/**
 * Reads an ONNX file without its large weights: each becomes a reference ("external data") to the place in
 * the file where it lies. The result is small and is a model itself, from which graphs are read and sessions
 * are made, while the weights stay on disk. It walks the protocol buffer's wire format, because a parser
 * would need the whole file in memory.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { GlassboxError, reasonOf } from '../protocol/messages';
import { TensorProto_DataLocation, TensorProtoSchema } from './generated/onnx_pb';

/** Messages of onnx.proto on the way from a model to its tensors. */
type Message = 'model' | 'graph' | 'function' | 'node' | 'attribute' | 'tensor';

/** Their fields that hold another one, by number. */
const nested: Readonly<Record<Message, Readonly<Record<number, Message>>>> = {
  model: { 7: 'graph', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor' },
  function: { 7: 'node' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph' },
  tensor: {},
};

/** TensorProto.raw_data. */
const rawData = 9;
/** Wire types: varint, 8 bytes, a length and as many bytes, 4 bytes. */
const wire = { varint: 0, eight: 1, lengthAndBytes: 2, four: 5 } as const;

/** Tensors up to this many bytes stay in the model: shapes and scalars are needed to read it. */
export const smallTensor = 16 * 1024;
/** Graphs within graphs; none is deeper than a few. */
const deepest = 100;

/** The bytes of the model. Throws GlassboxError 'bad-model' for a file that cannot be read or is cut off. */
export function detachWeights(file: string): Uint8Array {
  try {
    const handle = openSync(file, 'r');
    try {
      const { size } = fstatSync(handle);
      const walk = new Walk(new Window(handle, size), path.basename(file));
      return Buffer.concat(walk.copy('model', 0, size, 0));
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw new GlassboxError(
      'bad-model',
      `${file} is not an ONNX model, or it is incomplete (${reasonOf(error)}); export or download it again.`,
    );
  }
}

class Walk {
  constructor(
    private readonly source: Window,
    private readonly location: string,
  ) {}

  /** The fields from `start` to `end`, which belong to one message. */
  copy(message: Message, start: number, end: number, depth: number): Uint8Array[] {
    const copied: Uint8Array[] = [];
    let at = start;
    while (at < end) {
      const tag = this.source.varint(at);
      const field = Math.floor(tag.value / 8);
      const { from, to } = this.value(tag.value % 8, tag.next);
      if (to > end) throw new Error('it ends within a field');
      const inner = nested[message][field];
      if (to - from <= smallTensor || depth > deepest) {
        copied.push(this.source.bytes(at, to));
      } else if (message === 'tensor' && field === rawData) {
        copied.push(this.reference(from, to - from));
      } else if (inner) {
        const parts = this.copy(inner, from, to, depth + 1);
        copied.push(this.source.bytes(at, tag.next), lengthOf(parts), ...parts);
      } else {
        copied.push(this.source.bytes(at, to));
      }
      at = to;
    }
    return copied;
  }

  /** Where the value of a field begins (after its length) and ends. */
  private value(wireType: number, at: number): { from: number; to: number } {
    switch (wireType) {
      case wire.varint:
        return { from: at, to: this.source.varint(at).next };
      case wire.eight:
        return { from: at, to: at + 8 };
      case wire.four:
        return { from: at, to: at + 4 };
      case wire.lengthAndBytes: {
        const { value, next } = this.source.varint(at);
        return { from: next, to: next + value };
      }
      default:
        throw new Error(`it has a field of unknown kind ${wireType}`);
    }
  }

  private reference(offset: number, length: number): Uint8Array {
    const entries = { location: this.location, offset: String(offset), length: String(length) };
    // Fields of a message may come in any order, so this may stand where raw_data stood.
    return toBinary(
      TensorProtoSchema,
      create(TensorProtoSchema, {
        dataLocation: TensorProto_DataLocation.EXTERNAL,
        externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
      }),
    );
  }
}

/** The total length of some parts, as a varint. */
function lengthOf(parts: readonly Uint8Array[]): Uint8Array {
  let rest = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes: number[] = [];
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.from([...bytes, rest]);
}

/** Bytes of an open file, read some at a time. */
class Window {
  private start = 0;
  private held = new Uint8Array(0);
  private readonly buffer = new Uint8Array(64 * 1024);

  constructor(
    private readonly handle: number,
    private readonly size: number,
  ) {}

  /** An unsigned number and the place after it. */
  varint(at: number): { value: number; next: number } {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.at(at + i);
      value += (byte % 128) * 2 ** (7 * i);
      if (byte < 128) return { value, next: at + i + 1 };
    }
    throw new Error('it holds a number that does not end');
  }

  /** A copy of the bytes from `from` to `to`. */
  bytes(from: number, to: number): Uint8Array {
    if (to > this.size) throw new Error('it ends within a field');
    if (from >= this.start && to <= this.start + this.held.length) {
      return this.held.slice(from - this.start, to - this.start);
    }
    const bytes = new Uint8Array(to - from);
    for (let done = 0; done < bytes.length;) {
      const got = readSync(this.handle, bytes, done, bytes.length - done, from + done);
      if (got === 0) throw new Error('it ends within a field');
      done += got;
    }
    return bytes;
  }

  private at(place: number): number {
    if (place < this.start || place >= this.start + this.held.length) {
      const got = readSync(this.handle, this.buffer, 0, this.buffer.length, place);
      if (got === 0) throw new Error('it ends within a field');
      this.held = this.buffer.subarray(0, got);
      this.start = place;
    }
    return this.held[place - this.start]!;
  }
}
