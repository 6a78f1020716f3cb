/** Examples of a training file, read from it in blocks. */
import { recordAgain, textInput, type DatasetRecord } from '../../../dataset';
import type { Model } from '../../../model/model';
import { GlassboxError } from '../../../protocol/messages';
import type { TextInput } from '../../../protocol/task';
import { pauser } from '../../pause';
import { encodeStart, type EncodedExample } from './encodeExample';
import { stampOf } from './fileStamp';
import type { RecordTable } from './recordTable';
import { hashOf, type DatasetFile } from './scan';

/** Texts that are tokenised together. */
const together = 256;

export interface EncodedBlock {
  readonly numbers: readonly number[];
  readonly encoded: readonly EncodedExample[];
}

export class ExampleReader {
  /** By example: 0 not read yet, 1 read, 2 read and longer than what the model reads. */
  readonly lengths: Uint8Array;

  constructor(
    readonly model: Model,
    readonly file: DatasetFile,
    readonly table: RecordTable,
    private readonly path: string,
    private readonly stamp: string | null,
  ) {
    this.lengths = new Uint8Array(table.count);
  }

  async isUnchanged(): Promise<boolean> {
    return this.stamp !== null && (await stampOf(this.path)) === this.stamp;
  }

  /** Throws GlassboxError 'bad-input' where the file was changed. */
  async check(): Promise<void> {
    if (!(await this.isUnchanged())) throw this.changed();
  }

  recordOf(number: number): DatasetRecord {
    const { lines, format, fields, cache } = this.file;
    return recordAgain(lines, format, this.table.placeOf(number), { ...fields, cache });
  }

  /** Throws GlassboxError 'bad-input' where another text stands there than when the file was opened. */
  inputOf(number: number): TextInput {
    let input: TextInput;
    try {
      input = textInput(this.recordOf(number));
    } catch (error) {
      if (error instanceof GlassboxError) throw this.changed();
      throw error;
    }
    const hash = hashOf(this.model, input);
    if (Buffer.compare(hash, this.table.hashOf(number)) === 0) return input;
    throw this.changed();
  }

  /** Throws GlassboxError 'cancelled', and 'bad-input' where the file was changed. */
  async *encode(
    numbers: Iterable<number>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<EncodedBlock> {
    const pause = pauser(signal);
    let block: number[] = [];
    for (const number of numbers) {
      block.push(number);
      if (block.length < together) continue;
      await pause();
      yield await this.encodeBlock(block);
      block = [];
    }
    await pause();
    if (block.length > 0) yield await this.encodeBlock(block);
  }

  private async encodeBlock(numbers: readonly number[]): Promise<EncodedBlock> {
    await this.check();
    const encoded = await Promise.all(
      numbers.map(async number => {
        const found = await encodeStart(this.model, this.inputOf(number));
        if (!found) throw this.unreadable(number);
        this.lengths[number] = found.cut ? 2 : 1;
        return found;
      }),
    );
    return { numbers, encoded };
  }

  private changed(): GlassboxError {
    const { name } = this.file.lines;
    return new GlassboxError('bad-input', `${name} was changed while it was used; ask again.`);
  }

  private unreadable(number: number): GlassboxError {
    const { name } = this.file.lines;
    const line = this.table.placeOf(number).start + 1;
    return new GlassboxError(
      'bad-input',
      `${name}, line ${line}: the tokenizer makes no token of the text that the model reads. Take the line out.`,
    );
  }
}
