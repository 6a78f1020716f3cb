import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { DatasetCache } from '../../../src/dataset/csvRecord';
import { openFileLines } from '../../../src/dataset/fileLines';
import type { LineSource } from '../../../src/dataset/lineSource';
import { recordAt } from '../../../src/dataset/recordAt';
import { GlassboxError } from '../../../src/protocol/messages';
import { complaintOf, counting, linesOf } from './sources';

const million = 1_000_000;
/** More than the header's sample and the first neighbourhood; far less than a file. */
const fewReads = 300;

/** A source of a million lines that are made when they are asked for. */
function madeUp(name: string, line: (index: number) => string) {
  return counting({
    name,
    lineCount: million + 1,
    line: index => (index < million ? line(index) : ''),
  });
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

const words = [
  'the film',
  'is',
  'not',
  'good',
  'he said "well"',
  'a, b',
  'and; so',
  'fin',
  '"',
  ',',
  '1',
];

/** Text as people write it: paragraphs with commas and quotes, from numbers. */
function prose(numbers: readonly number[], paragraph: number): string {
  return numbers
    .map((n, i) => `${words[n % words.length]!}${i % paragraph === paragraph - 1 ? '\n' : ' '}`)
    .join('');
}

describe('dataset: only the neighbourhood is read', () => {
  it('reads line 900,000 of 1,000,000 with few look-ups, in every format', () => {
    const sources = {
      jsonl: madeUp('a.jsonl', i => `{"text":"line ${i}","label":1}`),
      csv: madeUp('a.csv', i => (i === 0 ? 'text,label' : `line ${i},1`)),
      tsv: madeUp('a.tsv', i => (i === 0 ? 'text\tlabel' : `line ${i}\t1`)),
      conll: madeUp('a.conll', i => (i % 3 === 0 ? '' : `${i % 3 === 1 ? 'line' : i} O`)),
      txt: madeUp('a.txt', i => `line ${i}`),
    };
    for (const format of ['jsonl', 'csv', 'tsv', 'conll', 'txt'] as const) {
      for (const line of [11, 899_999, million - 2]) {
        sources[format].count = 0;
        const { text } = recordAt(sources[format], format, line);
        assert.equal(text.value, `line ${line}`);
        assert.deepEqual(text.positionOf(5).line, line);
        assert.ok(
          sources[format].count <= fewReads,
          `${format}: ${sources[format].count} look-ups`,
        );
      }
    }
  });

  it('does so with records over several lines, from any of their lines', () => {
    const cycle = ['"first, of ""it""', '', 'third, ""line"""', 'plain'];
    const source = madeUp('a.csv', i => {
      const turn = (i - 1) % 4;
      return i === 0
        ? 'text,label'
        : turn === 2
          ? `${cycle[2]!},${i}`
          : turn === 3
            ? `plain,${i}`
            : cycle[turn]!;
    });
    for (const line of [900_001, 900_002, 900_003]) {
      source.count = 0;
      const record = recordAt(source, 'csv', line);
      assert.deepEqual([record.startLine, record.endLine], [900_001, 900_003]);
      assert.equal(record.text.value, 'first, of "it"\n\nthird, "line"');
      assert.equal(record.label?.value, '900003');
      assert.ok(source.count <= fewReads, `${source.count} look-ups`);
    }
    assert.equal(recordAt(source, 'csv', 900_004).text.value, 'plain');
  });

  it('does so in a single column when its quotes or the end of the file tell enough', () => {
    const allQuoted = madeUp('a.csv', i => (i === 0 ? 'text' : `"line ${i}"`));
    const pairs = madeUp('a.csv', i => (i === 0 ? 'text' : i % 2 === 1 ? `"line ${i}` : `end"`));
    const plain = madeUp('a.csv', i => (i === 0 ? 'text' : `line ${i}`));
    assert.equal(recordAt(allQuoted, 'csv', 900_000).text.value, 'line 900000');
    assert.equal(recordAt(pairs, 'csv', 900_000).text.value, 'line 899999\nend');
    assert.equal(recordAt(plain, 'csv', 999_990).text.value, 'line 999990');
    for (const source of [allQuoted, pairs, plain]) {
      assert.ok(source.count <= fewReads, `${source.count} look-ups`);
    }
  });

  it('opens a real file of 1,000,000 lines and reads line 900,000 of it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'glassbox-dataset-'));
    try {
      const path = join(folder, 'long.csv');
      const out = createWriteStream(path);
      out.write('text,label\r\n');
      for (let i = 1; i < million; i += 1000) {
        const rows = Array.from(
          { length: 1000 },
          (_, j) => `"Zeile ${i + j}, schön 😀",${j % 2}\r\n`,
        );
        if (!out.write(rows.join(''))) {
          await once(out, 'drain');
        }
      }
      out.end();
      await once(out, 'close');
      const file = await openFileLines(path);
      const source = counting(file);
      assert.equal(source.lineCount, million + 2);
      const record = recordAt(source, 'csv', 899_999);
      assert.equal(record.text.value, 'Zeile 899999, schön 😀');
      assert.ok(source.count <= fewReads, `${source.count} look-ups`);
      await file.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('finds records amid prose as a reading of the whole file does', () => {
    const text = fc.array(fc.nat(10), { minLength: 1, maxLength: 80 });
    const rows = fc.array(fc.tuple(text, fc.boolean()), { minLength: 60, maxLength: 120 });
    fc.assert(
      fc.property(
        rows,
        fc.integer({ min: 3, max: 20 }),
        fc.constantFrom(',', '\t'),
        (rows, paragraph, delimiter) => {
          const content = rows.map(([numbers, label]) => {
            const value = prose(numbers, paragraph);
            const plain = /[",\n\t]/.test(value) ? quoted(value) : value;
            return { value, written: `${plain}${delimiter}${label ? 'pos' : 'neg'}` };
          });
          const file = [`text${delimiter}label`, ...content.map(row => row.written)].join('\n');
          const source = linesOf(file);
          let line = 1;
          for (const { value, written } of content) {
            const length = written.split('\n').length;
            for (const asked of new Set([line, line + (length >> 1), line + length - 1])) {
              if (value.trim() !== '') {
                const record = recordAt(source, delimiter === ',' ? 'csv' : 'tsv', asked);
                assert.deepEqual([record.startLine, record.endLine], [line, line + length - 1]);
                assert.equal(record.text.value, value);
              }
            }
            line += length;
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it('finds a record of hundreds of lines, and the short ones after it', () => {
    const post = Array.from({ length: 500 }, (_, i) =>
      i % 3 === 0 ? `line ${i}, of a post` : `more ${i}`,
    );
    const rows = Array.from({ length: 300 }, (_, i) => `short ${i},1`);
    const file = ['text,label', ...rows, `"${post.join('\n')}",0`, ...rows].join('\n');
    const source = linesOf(file);
    for (const line of [301, 310, 550, 800]) {
      const record = recordAt(source, 'csv', line);
      assert.deepEqual([record.startLine, record.endLine], [301, 800]);
      assert.equal(record.text.value, post.join('\n'));
    }
    assert.equal(recordAt(source, 'csv', 300).text.value, 'short 299');
    assert.equal(recordAt(source, 'csv', 801).text.value, 'short 0');
  });

  it('reads a file from the start where nothing else helps, and remembers where records start', () => {
    const source = madeUp('one.csv', i => (i === 0 ? 'text' : `line ${i}`));
    const cache = new DatasetCache();
    assert.equal(recordAt(source, 'csv', 899_999, { cache }).text.value, 'line 899999');
    assert.ok(source.count > 800_000);
    source.count = 0;
    assert.equal(recordAt(source, 'csv', 899_990, { cache }).text.value, 'line 899990');
    assert.ok(source.count < 10_000, `${source.count} look-ups`);
  });

  it('says that a line is empty also when it reads from the start', () => {
    const source = madeUp('one.csv', i => (i === 0 ? 'text' : i === 5000 ? '' : `line ${i}`));
    assert.match(
      complaintOf(() => recordAt(source, 'csv', 5000)),
      /^one\.csv, line 5001: the line is empty/,
    );
  });

  it('takes a quote that is open for 20,000 lines for an unclosed one, and reads on behind it', () => {
    const source = madeUp('one.csv', i =>
      i === 0 ? 'text' : i === 50_000 ? '"open' : `line ${i}`,
    );
    assert.match(
      complaintOf(() => recordAt(source, 'csv', 50_010)),
      /^one\.csv, line 50001: a quote opens here and is never closed/,
    );
    assert.equal(recordAt(source, 'csv', 100_000).text.value, 'line 100000');
  });

  it('gives a record or a sentence for any file whatever', () => {
    const piece = fc.constantFrom(
      '"',
      '""',
      ',',
      ';',
      '\t',
      '\n',
      '\n',
      'a',
      'text',
      'label',
      '{',
      '}',
      ':',
      ' ',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.nat(20), (pieces, line) => {
        const source: LineSource = linesOf(pieces.join(''));
        for (const format of ['jsonl', 'csv', 'tsv', 'conll', 'txt'] as const) {
          try {
            const { text, startLine, endLine } = recordAt(source, format, line);
            assert.ok(startLine <= line && line <= endLine);
            const { line: at, character } = text.positionOf(0);
            assert.equal(text.offsetAt(at, character), 0);
          } catch (error) {
            assert.ok(error instanceof GlassboxError, String(error));
            assert.match(error.message, /^data\.test, line \d+/);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
