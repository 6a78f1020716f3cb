/** The cache of features as files: whatever happens to a file, what is read of it is what was written, or nothing. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { useFolder } from '../../../src/interpret/influence/train/cacheFolders';
import { FeatureCache } from '../../../src/interpret/influence/train/featureCache';
import { TableBuilder, type RecordTable } from '../../../src/interpret/influence/train/recordTable';
import { Folders } from '../../support/models';
import { seededRandom } from '../../support/numbers';

const width = 3;

interface Written {
  readonly table: RecordTable;
  /** By record: its rows, [rows, width]. */
  readonly rows: readonly Float32Array[];
}

/** Records with 1 to 3 rows each. */
function makeRecords(count: number): Written {
  const head = {
    task: 'text-classification',
    link: 'softmax',
    decides: 'text',
    outputs: ['logits'],
    labels: ['a', 'b'],
    classes: 2,
    squashed: null,
  } as const;
  const builder = new TableBuilder(head);
  const random = seededRandom(3);
  const rows = Array.from({ length: count }, (_, number) => {
    const hash = createHash('sha256').update(String(number)).digest().subarray(0, 16);
    builder.add({ start: number, end: number }, hash, 0);
    return Float32Array.from({ length: width * (1 + (number % 3)) }, random);
  });
  return { table: builder.done(), rows };
}

/** Appends the records, so many a block. */
function append(cache: FeatureCache, { table, rows }: Written, from: number, to: number): void {
  const entries = rows.slice(from, to).map((own, i) => ({
    hash: table.hashOf(from + i),
    rows: own.length / width,
    cut: (from + i) % 2 === 1,
    words:
      (from + i) % 5 === 4 ? [...own.keys()].slice(0, own.length / width).map(w => w + 7) : null,
  }));
  const all = rows.slice(from, to).flatMap(own => Array.from(own));
  cache.append(entries, Float32Array.from(all));
}

/** How many records are there; fails where one is not what was written. */
function checkAll(cache: FeatureCache, { table, rows }: Written): number {
  let found = 0;
  for (let number = 0; number < table.count; number++) {
    const located = cache.locate(number);
    if (!located) continue;
    found++;
    assert.equal(located.rows * width, rows[number]!.length);
    assert.equal(located.cut, number % 2 === 1);
    assert.equal(cache.wordAt(number, 0), number % 5 === 4 ? 7 : 0);
    const read = new Float32Array(rows[number]!.length);
    cache.read(number, number + 1, read);
    assert.deepEqual(read, rows[number]);
  }
  return found;
}

describe('files of features', () => {
  const folders = new Folders();
  after(() => {
    folders.remove();
  });

  async function opened(folder: string, written: Written): Promise<number> {
    const cache = await FeatureCache.open(folder, written.table, width);
    try {
      return checkAll(cache, written);
    } finally {
      cache.close();
    }
  }

  async function threeBlocks(): Promise<{ written: Written; bytes: Buffer; ends: number[] }> {
    const written = makeRecords(9);
    const folder = folders.empty();
    const cache = await FeatureCache.open(folder, written.table, width);
    const ends: number[] = [];
    for (const first of [0, 3, 6]) {
      append(cache, written, first, first + 3);
      ends.push(readFileSync(path.join(folder, readdirSync(folder)[0]!)).length);
    }
    assert.equal(checkAll(cache, written), 9);
    cache.close();
    return { written, bytes: readFileSync(path.join(folder, readdirSync(folder)[0]!)), ends };
  }

  it('cut off at any byte, give the blocks before it', async () => {
    const { written, bytes, ends } = await threeBlocks();
    const folder = folders.empty();
    for (let size = 0; size <= bytes.length; size += 5) {
      writeFileSync(path.join(folder, 'a.features'), bytes.subarray(0, size));
      const whole = ends.filter(end => end <= size).length;
      assert.equal(await opened(folder, written), 3 * whole, `${size} bytes`);
    }
  });

  it('with any byte changed, give nothing that is wrong', async () => {
    const { written, bytes } = await threeBlocks();
    const folder = folders.empty();
    for (let at = 0; at < bytes.length; at += 5) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 0x10;
      writeFileSync(path.join(folder, 'a.features'), damaged);
      const found = await opened(folder, written);
      assert.ok(found < 9, `nobody has seen that byte ${at} is another one`);
    }
  });

  it('of several processes complete one another, damaged blocks too', async () => {
    const written = makeRecords(40);
    const folder = folders.empty();
    const [one, other] = await Promise.all(
      [1, 2].map(() => FeatureCache.open(folder, written.table, width)),
    );
    append(one!, written, 0, 20);
    append(other!, written, 10, 30);
    append(one!, written, 20, 25);
    assert.deepEqual([checkAll(one!, written), checkAll(other!, written)], [25, 20]);
    one!.close();
    other!.close();
    assert.equal(await opened(folder, written), 30);
    // The last block of one of them is also with the other one; of the other's only block the first half is.
    const found: number[] = [];
    for (const name of readdirSync(folder)) {
      const file = path.join(folder, name);
      const bytes = readFileSync(file);
      bytes[bytes.length - 1]! ^= 1;
      writeFileSync(file, bytes);
      found.push(await opened(folder, written));
      bytes[bytes.length - 1]! ^= 1;
      writeFileSync(file, bytes);
    }
    assert.deepEqual(found.sort(), [25, 30]);
    const again = await FeatureCache.open(folder, written.table, width);
    append(again, written, 0, 40);
    again.close();
    assert.equal(await opened(folder, written), 40);
  });

  it('of other widths, or of something else, are left out', async () => {
    const written = makeRecords(6);
    const folder = folders.empty();
    writeFileSync(path.join(folder, 'a.features'), 'not a file of features, but of text');
    writeFileSync(path.join(folder, 'notes.txt'), 'of somebody else');
    const wide = await FeatureCache.open(folder, written.table, 2 * width);
    wide.append(
      [{ hash: written.table.hashOf(0), rows: 1, cut: false, words: null }],
      new Float32Array(2 * width),
    );
    wide.close();
    assert.equal(await opened(folder, written), 0);
  });

  it('that nobody used for long go, and the oldest above the limit', async () => {
    const root = folders.empty();
    const now = Date.UTC(2026, 0, 31);
    const day = 24 * 60 * 60 * 1000;
    const limits = { age: 30 * day, spared: day / 2, bytes: 2500 };
    const partial = `partial-${['1', '2', '3'].map(digit => digit.repeat(16)).join('-')}`;
    const names = ['a', 'b', 'c', 'd', 'e'];
    names.forEach((letter, i) => {
      // One of them with partial answers, which lie deeper.
      const name = letter === 'c' ? partial : `features-${letter.repeat(32)}`;
      const folder = path.join(root, name);
      const inside = letter === 'c' ? path.join(folder, 'ekfac') : folder;
      mkdirSync(inside, { recursive: true });
      writeFileSync(path.join(inside, 'x.features'), Buffer.alloc(1000));
      writeFileSync(path.join(folder, 'used'), '');
      // Used 31, 21, 11 and 1 days ago, and this hour.
      const time = new Date(now - Math.max(0.02, 31 - 10 * i) * day);
      utimesSync(path.join(folder, 'used'), time, time);
    });
    mkdirSync(path.join(root, 'checkpoints'));
    const mine = await useFolder(root, `features-${'b'.repeat(32)}`, now, limits);
    assert.deepEqual(readdirSync(root), [
      'checkpoints',
      // Too old: a. Too much: c, then d; but e is in use by somebody, and b by us.
      ...['b', 'e'].map(letter => `features-${letter.repeat(32)}`),
    ]);
    assert.equal(mine, path.join(root, `features-${'b'.repeat(32)}`));
    // Everybody is in use: nothing goes.
    await useFolder(root, partial, now, { ...limits, bytes: 0 });
    assert.equal(readdirSync(root).length, 4);
  });

  it('that cannot be made are one clear sentence', async () => {
    const file = path.join(folders.with({ file: '' }), 'file');
    await assert.rejects(useFolder(file, `features-${'a'.repeat(32)}`), {
      code: 'bad-input',
      message:
        /^What is computed of the training lines cannot be kept in .*file \(.*\); make room/u,
    });
  });
});
