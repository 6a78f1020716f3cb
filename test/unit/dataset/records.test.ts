/** Walking through all records of a file gives the records that are found one by one. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { countRecords, readRecords, type BatchRecord } from '../../../src/dataset/records';
import {
  recordAt,
  type DatasetFormat,
  type DatasetRecord,
  type LineSource,
} from '../../../src/dataset';
import { GlassboxError } from '../../../src/protocol/messages';
import { counting, linesOf, withFile } from '../dataset/sources';

interface Found extends Omit<BatchRecord, 'read'> {
  readonly record: DatasetRecord | null;
  readonly error: GlassboxError | null;
}

async function all(
  source: LineSource,
  format: DatasetFormat,
  options: Parameters<typeof readRecords>[2] = {},
): Promise<Found[]> {
  const found: Found[] = [];
  for await (const { read, ...place } of readRecords(source, format, options)) {
    try {
      found.push({ ...place, record: read(), error: null });
    } catch (error) {
      assert.ok(error instanceof GlassboxError);
      found.push({ ...place, record: null, error });
    }
  }
  return found;
}

const brief = ({ start, end, record, error }: Found) => [
  start,
  end,
  record?.text.value ?? error!.message,
];

describe('batch: records of a file', () => {
  it('JSONL: each line, blank ones left out, broken ones as errors', async () => {
    const source = linesOf(
      '{"text": "a b"}\n\n  \n{"text": broken}\n"bare"\n{"x": 1, "y": 2}\n',
      'd.jsonl',
    );
    const found = await all(source, 'jsonl');
    assert.deepEqual(
      found.map(({ start, end }) => [start, end]),
      [3, 4, 5].reduce((lines, line) => [...lines, [line, line]], [[0, 0]]),
    );
    assert.deepEqual(
      found.map(({ record }) => record?.text.value ?? null),
      ['a b', null, 'bare', null],
    );
    assert.match(found[1]!.error!.message, /^d\.jsonl, line 4/);
    assert.match(found[3]!.error!.message, /^d\.jsonl, line 6.*not clear which field/);
    assert.equal(await countRecords(source, 'jsonl'), 4);
  });

  it('plain text, and fields that are named', async () => {
    assert.deepEqual((await all(linesOf('one\n\ntwo', 'd.txt'), 'txt')).map(brief), [
      [0, 0, 'one'],
      [2, 2, 'two'],
    ]);
    const odd = linesOf('{"x": "a", "y": "b"}', 'd.jsonl');
    const [record] = await all(odd, 'jsonl', { fields: { textField: 'y' } });
    assert.equal(record!.record!.text.value, 'b');
  });

  it('CSV: quoted fields over lines, no header, one error for a broken record, an unclosed quote loses one line', async () => {
    const text = [
      'text,label',
      '"a film,',
      'in ""two"" lines",good',
      '',
      'too,many,cells',
      '"stray" quote,good',
      'plain,bad',
      '"never closed,good',
      'after it,bad',
    ].join('\n');
    const found = await all(linesOf(text, 'd.csv'), 'csv');
    assert.deepEqual(
      found.map(({ start, end }) => [start, end]),
      [
        [1, 2],
        [4, 4],
        [5, 5],
        [6, 6],
        [7, 7],
        [8, 8],
      ],
    );
    assert.equal(found[0]!.record!.text.value, 'a film,\nin "two" lines');
    assert.match(found[1]!.error!.message, /line 5: the record has 3 columns/);
    assert.match(found[2]!.error!.message, /line 6, column 7: there is text after the quote/);
    assert.match(found[4]!.error!.message, /line 8: a quote opens here and is never closed/);
    assert.equal(found[5]!.record!.text.value, 'after it');
  });

  it('TSV with quotes as plain characters', async () => {
    const text = 'sentence\tlabel\n"an open quote\t1\nanother line\t0\n5" screen\t1\n';
    const found = await all(linesOf(text, 'd.tsv'), 'tsv');
    assert.deepEqual(found.map(brief), [
      [1, 1, '"an open quote'],
      [2, 2, 'another line'],
      [3, 3, '5" screen'],
    ]);
  });

  it('CoNLL: sentences; documents and comments are none, an odd line spoils its sentence only', async () => {
    const text = [
      '-DOCSTART- -X- O O',
      '',
      '# id = 1',
      'Anna B-PER',
      'sings O',
      '',
      '# only a comment',
      '',
      'odd',
      'line O',
      '',
      'Bonn B-LOC',
    ].join('\n');
    const found = await all(linesOf(text, 'd.conll'), 'conll');
    assert.deepEqual(
      found.map(({ start, end, record }) => [start, end, record?.text.value]),
      [
        [2, 4, 'Anna sings'],
        [8, 9, undefined],
        [11, 11, 'Bonn'],
      ],
    );
    assert.match(found[1]!.error!.message, /line 10: there are 2 columns/);
  });

  it('bytes that are no UTF-8 spoil their own record', async () => {
    const bad = Buffer.from([0xff, 0xfe, 0x0a]);
    const content = Buffer.concat([
      Buffer.from('a\n'),
      Buffer.from([0x62]),
      bad,
      Buffer.from('c\n'),
    ]);
    await withFile('d.txt', content, async source => {
      const found = await all(source, 'txt');
      assert.deepEqual(
        found.map(({ record, sha256 }) => [record?.text.value, sha256 === null]),
        [
          ['a', false],
          [undefined, true],
          ['c', false],
        ],
      );
      assert.match(found[1]!.error!.message, /line 2: the bytes are not UTF-8/);
    });
    const rows = Buffer.concat([
      Buffer.from(`text,label\n${'fine,good\n'.repeat(70)}b`),
      Buffer.from([0xff]),
      Buffer.from(',bad\nlast,good\n'),
    ]);
    await withFile('d.csv', rows, async source => {
      const errors = (await all(source, 'csv')).filter(({ error }) => error);
      assert.deepEqual(
        errors.map(({ start }) => start),
        [71],
      );
    });
  });

  it('only the records that chosen lines stand on, each once', async () => {
    const text = 'text,label\n"one\nrecord",good\ntwo,bad\nthree,bad\n';
    const found = await all(linesOf(text, 'd.csv'), 'csv', { lines: [4, 2, 1, 0, 99] });
    assert.deepEqual(found.map(brief), [
      [1, 2, 'one\nrecord'],
      [4, 4, 'three'],
    ]);
    assert.equal(await countRecords(linesOf('a\nb\nc', 'd.txt'), 'txt', { lines: [1] }), 1);
    assert.deepEqual(await all(linesOf('a', 'd.txt'), 'txt', { lines: [] }), []);
  });

  it('the hash is that of the lines', async () => {
    const source = linesOf('text,label\n"one\nrécord",good\n', 'd.csv');
    const [found] = await all(source, 'csv');
    const hash = createHash('sha256').update('"one\nrécord",good', 'utf8').digest('hex');
    assert.equal(found!.sha256, hash);
  });

  it('gives what recordAt gives, for any table', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', 'b', ' ', ',', '"', '\n', 'é'),
      maxLength: 8,
    });
    const table = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 40 });
    const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(table, async rows => {
        const text = rows.map(([one, two]) => `${quoted(`t${one}`)},${quoted(two)}`).join('\n');
        const source = linesOf(`text,label\n${text}\n`, 'd.csv');
        const found = await all(source, 'csv');
        assert.deepEqual(
          found.map(({ record }) => record?.text.value),
          rows.map(([one]) => `t${one}`),
        );
        for (const { start, end, record } of found) {
          const one = recordAt(source, 'csv', end);
          assert.deepEqual([one.startLine, one.endLine], [start, end]);
          assert.equal(one.text.value, record!.text.value);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('reads so many lines, whatever stands in them: twice as long a file is twice the work', async () => {
    const rows: Record<string, (n: number) => string> = {
      jsonl: n => '{"text": "a"}\n'.repeat(n),
      csv: n => `text,label\n${'"a\nb",good\n'.repeat(n)}`,
      unclosed: n => `text,label\n${'fine,good\n'.repeat(70)}"open,good\n${'a,bad\n'.repeat(n)}`,
      conll: n => 'Anna B-PER\nsings O\n\n'.repeat(n),
      endless: n => 'Anna B-PER\n'.repeat(20 * n),
    };
    for (const [name, make] of Object.entries(rows)) {
      const format = name === 'unclosed' ? 'csv' : name === 'endless' ? 'conll' : (name as 'csv');
      const reads = async (n: number) => {
        const source = counting(linesOf(make(n), 'd'));
        await all(source, format);
        return source.count;
      };
      const [once, twice] = [await reads(1000), await reads(2000)];
      assert.ok(twice < 2.2 * once, `${name}: ${once}, ${twice}`);
      assert.ok(once < 10 * linesOf(make(1000)).lineCount, `${name}: ${once}`);
    }
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const source = linesOf('a\nb\nc', 'd.txt');
    const read = async () => {
      for await (const { start } of readRecords(source, 'txt', { signal: stop.signal })) {
        if (start === 1) stop.abort();
      }
    };
    await assert.rejects(read, { code: 'cancelled' });
  });
});
