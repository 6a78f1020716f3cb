/** What is held in memory of each record that can be used: where it stands, what its text is (a hash), and what is right. */
import type { RecordLines } from '../../../dataset';
import type { Head } from '../../../model/head';
import type { Target } from '../curvature/rowLoss';
import { Growing } from './growing';

/** Bytes of the hash of a text. */
export const hashBytes = 16;

export class RecordTable {
  readonly count: number;
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  /** [count, hashBytes] */
  readonly hashes: Uint8Array;
  private readonly targets: Uint8Array | Uint16Array | Int32Array | Float64Array;
  /** Where the targets of each record begin, [count + 1]; null where each has `each` numbers. */
  private readonly targetStarts: Float64Array | null;

  constructor(
    columns: Pick<TableBuilder, 'starts' | 'ends' | 'hashes' | 'targets' | 'targetStarts'>,
    private readonly each: number,
    /** Whether a target is a number, and not a list with one. */
    private readonly single: boolean,
  ) {
    this.count = columns.starts.length;
    this.starts = columns.starts.trimmed();
    this.ends = columns.ends.trimmed();
    this.hashes = columns.hashes.trimmed();
    this.targets = columns.targets.trimmed();
    this.targetStarts = columns.targetStarts?.trimmed() ?? null;
  }

  /** Lines from 0. */
  placeOf(number: number): RecordLines {
    return { start: this.starts[number]!, end: this.ends[number]! };
  }

  hashOf(number: number): Uint8Array {
    return this.hashes.subarray(number * hashBytes, (number + 1) * hashBytes);
  }

  /** As `targetOf` gave it: of a tagger by word. */
  targetOf(number: number): Target {
    if (this.single) return this.targets[number]!;
    const from = this.targetStarts ? this.targetStarts[number]! : number * this.each;
    const to = this.targetStarts ? this.targetStarts[number + 1]! : from + this.each;
    return Array.from(this.targets.subarray(from, to));
  }
}

export class TableBuilder {
  readonly starts = new Growing(new Int32Array(1024));
  readonly ends = new Growing(new Int32Array(1024));
  readonly hashes = new Growing(new Uint8Array(1024 * hashBytes));
  readonly targets: Growing<Uint8Array | Uint16Array | Int32Array | Float64Array>;
  readonly targetStarts: Growing<Float64Array> | null;

  constructor(private readonly head: Head) {
    this.targets = new Growing(storeOf(head));
    this.targetStarts = head.decides === 'token' ? new Growing(Float64Array.of(0)) : null;
    this.targetStarts?.push(0);
  }

  add({ start, end }: RecordLines, hash: Uint8Array, target: Target): void {
    this.starts.push(start);
    this.ends.push(end);
    this.hashes.append(hash);
    if (typeof target === 'number') this.targets.push(target);
    else this.targets.append(target);
    this.targetStarts?.push(this.targets.length);
  }

  done(): RecordTable {
    const { decides, link, classes } = this.head;
    return new RecordTable(this, classes ?? 1, decides === 'text' && link === 'softmax');
  }
}

/** The smallest numbers that hold a head's targets. */
function storeOf({ link, classes }: Head): Uint8Array | Uint16Array | Int32Array | Float64Array {
  if (link === 'identity') return new Float64Array(1024);
  if (link === 'sigmoid') return new Uint8Array(1024);
  return (classes ?? Infinity) <= 0x10000 ? new Uint16Array(1024) : new Int32Array(1024);
}
