/** Constants whose bytes stay in a file until somebody asks for them, as the weights of large models do. */
import { closeSync, openSync, readSync } from 'node:fs';
import { GlassboxError, reasonOf } from '../protocol/messages';
import type { Constant, DataType } from './graph';

/** A run of bytes of a file. */
export interface Place {
  /** Absolute path, links resolved. */
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** Kept beside the constants, not in them: a constant that is changed by copying is a stored one no more. */
const places = new WeakMap<Constant, Place>();

/** A constant whose `bytes` are read when they are asked for (throws GlassboxError 'bad-model' if they cannot be). */
export function storedConstant(dtype: DataType, dims: readonly number[], place: Place): Constant {
  // Several passes may look at the same weights, and between loads nobody does.
  let kept: WeakRef<Uint8Array> | undefined;
  const constant: Constant = {
    dtype,
    dims,
    get bytes() {
      let bytes = kept?.deref();
      if (!bytes) {
        bytes = readPlace(place);
        kept = new WeakRef(bytes);
      }
      return bytes;
    },
  };
  places.set(constant, place);
  return constant;
}

/** Where a constant lies on disk; undefined for one that is in memory. */
export function placeOf(constant: Constant): Place | undefined {
  return places.get(constant);
}

/** Number of bytes of a constant, without reading them. */
export function byteLength(constant: Constant): number {
  return placeOf(constant)?.length ?? constant.bytes.length;
}

/** One call of the system reads at most 2 GB. */
const mostAtOnce = 2 ** 30;

/** Reads a run of bytes. Throws GlassboxError 'bad-model' when they are not there. */
export function readPlace({ file, offset, length }: Place): Uint8Array {
  try {
    const handle = openSync(file, 'r');
    try {
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const count = Math.min(mostAtOnce, length - done);
        const got = readSync(handle, bytes, done, count, offset + done);
        if (got === 0) throw new Error('it ends too early');
        done += got;
      }
      return bytes;
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw new GlassboxError(
      'bad-model',
      `${file} cannot be read (${reasonOf(error)}); export or download the model again.`,
    );
  }
}
