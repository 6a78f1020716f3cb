/**
 * Weights in files beside the model (ONNX "external data"): finds them, refuses places outside the model's
 * folder, and checks that the bytes are there. Format: docs/ExternalData.md of the ONNX project.
 */
import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { GlassboxError } from '../protocol/messages';
import { TensorProto_DataLocation, type TensorProto } from './generated/onnx_pb';
import type { Place } from './storedWeights';

/** First words of the small text that stands for a file that Git LFS has not fetched. */
export const largeFilePointer = 'version https://git-lfs';

export function isExternal(tensor: TensorProto): boolean {
  return tensor.dataLocation === TensorProto_DataLocation.EXTERNAL;
}

/** The data files of one model. */
export class ExternalData {
  private readonly found = new Map<string, { file: string; size: number }>();
  private readonly allowed: readonly string[];
  private readonly realModel: string;

  /** `modelFile`: path of the ONNX file. Throws GlassboxError 'bad-model' if there is none. */
  constructor(private readonly modelFile: string) {
    try {
      const folder = path.dirname(path.resolve(modelFile));
      // Hugging Face's cache holds links to files that lie side by side elsewhere.
      this.realModel = realpathSync(modelFile);
      this.allowed = [realpathSync(folder), path.dirname(this.realModel)];
    } catch {
      throw new GlassboxError('bad-model', `${modelFile} cannot be read; export the model again.`);
    }
  }

  /** The files beside the model that were asked for so far, links resolved. */
  get files(): string[] {
    const files = new Set([...this.found.values()].map(({ file }) => file));
    // Weights that were detached are in the model's own file.
    files.delete(this.realModel);
    return [...files];
  }

  /**
   * Where the bytes of a tensor lie; `length` is what its type and shape need. Throws GlassboxError
   * 'bad-model', or 'unsupported' for a path out of the model's folder.
   */
  placeOf(tensor: TensorProto, length: number): Place {
    const entry = (key: string): string | undefined =>
      tensor.externalData.find(found => found.key === key)?.value;
    const location = entry('location') ?? '';
    const { file, size } = this.fileOf(location, tensor.name);
    const numbers = [entry('offset') ?? '0', entry('length') ?? String(length)];
    const [offset, announced] = numbers.map(text => (/^\d{1,15}$/.test(text) ? Number(text) : NaN));
    if (!Number.isInteger(offset) || announced !== length) {
      throw this.damaged(
        `announces ${numbers[1]} bytes at ${numbers[0]} of ${location} where its type and shape need ${length}`,
        tensor.name,
      );
    }
    if (offset! + length > size) {
      throw new GlassboxError(
        'bad-model',
        `${file} is too short: tensor "${tensor.name}" of ${this.modelFile} lies at ${offset} to ${offset! + length}, and the file has ${size} bytes; copy or download it again.`,
      );
    }
    return { file, offset: offset!, length };
  }

  private fileOf(location: string, tensor: string): { file: string; size: number } {
    const known = this.found.get(location);
    if (known) return known;
    if (!staysInside(location)) throw this.leaves(location, tensor);
    const named = path.join(path.dirname(path.resolve(this.modelFile)), ...location.split('/'));
    let file: string;
    let size: number;
    try {
      file = realpathSync(named);
      const found = statSync(file);
      if (!found.isFile()) throw new Error('It is no file.');
      size = found.size;
    } catch {
      throw new GlassboxError(
        'bad-model',
        `${this.modelFile} keeps its weights in ${location}, and there is no such file beside it; copy it there.`,
      );
    }
    if (!this.allowed.some(folder => isWithin(folder, file))) throw this.leaves(location, tensor);
    if (beginsAsPointer(file)) {
      throw new GlassboxError(
        'bad-model',
        `${named} is only a Git LFS pointer to the weights; run "git lfs pull" in its folder to fetch them.`,
      );
    }
    const entry = { file, size };
    this.found.set(location, entry);
    return entry;
  }

  private leaves(location: string, tensor: string): GlassboxError {
    return new GlassboxError(
      'unsupported',
      `${this.modelFile} reads tensor "${tensor}" from "${location}", which is not in the model's folder; Glassbox opens no files elsewhere, so put the data file beside the model and export it with a plain file name.`,
    );
  }

  private damaged(what: string, tensor: string): GlassboxError {
    return new GlassboxError(
      'bad-model',
      `${this.modelFile}: tensor "${tensor}" ${what}; the file is damaged, export or download it again.`,
    );
  }
}

/** A relative path with forward slashes, as ONNX asks for, that does not climb; no drive, share or NUL. */
function staysInside(location: string): boolean {
  if (location === '' || /^[/\\]|\\|^[A-Za-z]:|\0/.test(location)) return false;
  return !location.split('/').includes('..');
}

function isWithin(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..';
}

function beginsAsPointer(file: string): boolean {
  const handle = openSync(file, 'r');
  try {
    const start = Buffer.alloc(largeFilePointer.length);
    readSync(handle, start, 0, start.length, 0);
    return start.toString('latin1') === largeFilePointer;
  } finally {
    closeSync(handle);
  }
}
