import assert from 'node:assert/strict';
import fc from 'fast-check';
import { recordAt, type DatasetRecord } from '../../../src/dataset/recordAt';
import { textInput } from '../../../src/dataset/textInput';
import { checkPlaces, complaintOf, counting, linesOf, withFile } from './sources';

function at(text: string, line: number): DatasetRecord {
  return recordAt(linesOf(text, 'dev.conll'), 'conll', line);
}

function read(text: string, line: number): [string, string | null][] {
  const { text: field, words } = at(text, line);
  return words!.map(({ start, end, tag }) => [field.value.slice(start, end), tag]);
}

function refusal(text: string, line: number): string {
  return complaintOf(() => at(text, line));
}

/** The blank between two words has the place after the first one, where the file has a tab, a blank or nothing. */
const afterWord = (line: string, character: number) => /[\t ]|^$/.test(line.charAt(character));

describe('dataset: CoNLL', () => {
  /** What stands in a cell of a file with tabs: words may hold blanks, and anything but tabs and line breaks. */
  const cell = fc
    .array(fc.constantFrom('a', 'B', '#', '-', '😀', 'é', 'e\u0301', '漢', '\u00a0', '"', ' '), {
      minLength: 1,
      maxLength: 6,
    })
    .map(parts => parts.join('').trim())
    .filter(text => text !== '' && !text.startsWith('#'));
  const word = cell.map(text => text.replaceAll(' ', '')).filter(text => text !== '');
  const tag = fc.constantFrom('O', 'B-PER', 'I-PER', 'S-ORG', 'L-LOC');

  it('gives each word its characters and its tag, from every line of its sentence', async () => {
    const layouts = fc.constantFrom(
      { divide: '\t', words: cell, more: [] as string[] },
      { divide: ' ', words: word, more: [] as string[] },
      { divide: '  ', words: word, more: ['NN', 'B-NP'] },
      { divide: '\t', words: cell, more: ['_', '_'] },
    );
    const file = layouts.chain(({ divide, words, more }) =>
      fc.record({
        divide: fc.constant(divide),
        more: fc.constant(more),
        sentences: fc.array(fc.array(fc.tuple(words, tag), { minLength: 1, maxLength: 7 }), {
          minLength: 1,
          maxLength: 6,
        }),
        blanks: fc.array(fc.constantFrom('', ' ', '\n'), { minLength: 6, maxLength: 6 }),
        eol: fc.constantFrom('\n', '\r\n'),
      }),
    );
    await fc.assert(
      fc.asyncProperty(file, async ({ divide, more, sentences, blanks, eol }) => {
        const blocks = sentences.map((rows, i) => {
          const lines = rows.map(([text, tag]) => [text, ...more, tag].join(divide));
          return [...lines, blanks[i]!].join('\n');
        });
        const content = blocks.join('\n');
        await withFile('rows.conll', content.replaceAll('\n', eol), source => {
          let line = 0;
          for (const [i, rows] of sentences.entries()) {
            for (const asked of rows.keys()) {
              const record = recordAt(source, 'conll', line + asked);
              assert.deepEqual([record.startLine, record.endLine], [line, line + rows.length - 1]);
              assert.equal(record.text.value, rows.map(([text]) => text).join(' '));
              assert.equal(textInput(record, line + asked).focusWord, asked);
              checkWords(record, rows, line);
            }
            checkPlaces(source, recordAt(source, 'conll', line).text, afterWord);
            line += rows.length + 1 + (blanks[i] === '\n' ? 1 : 0);
          }

          function checkWords(
            { text, words }: DatasetRecord,
            rows: readonly [string, string][],
            first: number,
          ) {
            for (const [index, [wanted, tag]] of rows.entries()) {
              const { start, end, tag: found } = words![index]!;
              const [from, to] = [text.positionOf(start), text.positionOf(end)];
              assert.deepEqual([from.line, to.line], [first + index, first + index]);
              assert.equal(source.line(from.line).slice(from.character, to.character), wanted);
              assert.equal(found, tag);
            }
          }
        });
      }),
      { numRuns: 100 },
    );
  });

  it('gives the blank between two words the place where the first one ends', () => {
    const { text } = at('Ann\tB-PER\nsang\tO\n', 0);
    assert.equal(text.value, 'Ann sang');
    assert.deepEqual(text.positionOf(3), { line: 0, character: 3 });
    assert.deepEqual(text.positionOf(4), { line: 1, character: 0 });
    assert.deepEqual(text.positionOf(8), { line: 1, character: 4 });
    assert.equal(text.offsetAt(0, 3), 3);
    assert.equal(text.offsetAt(1, 2), 6);
    assert.equal(text.offsetAt(0, 6), null);
    assert.equal(text.offsetAt(2, 0), null);
  });

  it('reads CoNLL-2003, past the lines that start documents', () => {
    const text = '-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n. . O O\n';
    assert.deepEqual(read(text, 3), [
      ['EU', 'B-ORG'],
      ['rejects', 'O'],
      ['.', 'O'],
    ]);
    assert.match(refusal(text, 0), /^dev\.conll, line 1: the line marks the start of a document/);
    const tight = 'a O\n-DOCSTART- O\nb O\nc O';
    assert.deepEqual([at(tight, 0).endLine, at(tight, 2).startLine], [0, 2]);
  });

  it('tells comments from the word "#"', () => {
    const commented = '# id 7f domain=en\n# text = a # b\n#\t_\t_\tO\na\t_\t_\tB-PER\n';
    const words = [
      ['#', 'O'],
      ['a', 'B-PER'],
    ];
    assert.deepEqual(read(commented, 0), words);
    assert.equal(textInput(at(commented, 0), 0).focusWord, undefined);
    assert.equal(textInput(at(commented, 0), 3).focusWord, 1);
    assert.deepEqual(read('# sent_id = 3\na _ _ O\n# _ _ O', 1), [
      ['a', 'O'],
      ['#', 'O'],
    ]);
    assert.deepEqual(read('# id 1\na O\n# B-ORG\n#tag O', 1), [
      ['a', 'O'],
      ['#', 'B-ORG'],
      ['#tag', 'O'],
    ]);
    assert.deepEqual(read('# O', 0), [['#', 'O']]);
    assert.deepEqual(read('# newdoc\nbe VB\n# SYM', 1), [
      ['be', 'VB'],
      ['#', 'SYM'],
    ]);
    assert.match(refusal('# one more comment\n# and another\n\na O', 0), /only comments here/);
  });

  it('reads words without tags', () => {
    const record = at('just\nwords\n', 1);
    assert.deepEqual(read('just\nwords\n', 1), [
      ['just', null],
      ['words', null],
    ]);
    assert.deepEqual(textInput(record, 1), {
      text: 'just words',
      words: [
        { start: 0, end: 4 },
        { start: 5, end: 10 },
      ],
      focusWord: 1,
    });
  });

  it('hands the tags on as they are', () => {
    assert.deepEqual(textInput(at('Ann\tU-PER\nsang\tO\n', 0)), {
      text: 'Ann sang',
      words: [
        { start: 0, end: 3 },
        { start: 4, end: 8 },
      ],
      gold: { kind: 'tags', tags: ['U-PER', 'O'] },
    });
    const none = recordAt(linesOf('Ann\tU-PER\n'), 'conll', 0, { labelField: '(none)' });
    assert.equal(textInput(none).gold, undefined);
    const set = { textField: 'review', labelField: 'stars', pairField: 'other' };
    assert.equal(recordAt(linesOf('Ann\tU-PER\n'), 'conll', 0, set).words![0]!.tag, 'U-PER');
  });

  it('says which line is wrong', () => {
    assert.equal(
      refusal('a O\nb\nc O', 2),
      'dev.conll, line 2: there is 1 column here, where the sentence begins with 2 on line 1. Write the word first and its tag last, divided by tabs or by blanks.',
    );
    assert.match(refusal('a\tO\nb O', 0), /line 2: there is 1 column here/);
    assert.equal(
      refusal('a O\n\nb O', 1),
      'dev.conll, line 2: the line is empty. Choose a line with a word.',
    );
    assert.match(refusal('a O\nb\0 O', 0), /^dev\.conll, line 2, column 2: there is a NUL/);
    assert.match(refusal('a O\n', 7), /^dev\.conll, line 8: there is no such line/);
  });

  it('reads the neighbourhood only, and no sentence of more than 10,000 lines', () => {
    const source = counting({
      name: 'long.conll',
      lineCount: 1_000_000,
      line: i => (i % 20 === 19 ? '' : `word${i}\tO`),
    });
    assert.equal(recordAt(source, 'conll', 900_005).startLine, 900_000);
    assert.ok(source.count < 40, `${source.count} look-ups`);
    const endless = counting({ name: 'one.conll', lineCount: 1_000_000, line: () => 'word O' });
    assert.equal(
      complaintOf(() => recordAt(endless, 'conll', 500_000)),
      'one.conll, line 500001: the sentence of this line has more than 10,000 lines. Put a blank line between sentences.',
    );
    assert.ok(endless.count < 10_100, `${endless.count} look-ups`);
    const longest = Array.from({ length: 10_000 }, () => 'word O').join('\n');
    assert.equal(at(longest, 4000).words!.length, 10_000);
    assert.match(refusal(`${longest}\nword O`, 4000), /more than 10,000 lines/);
  });
});
