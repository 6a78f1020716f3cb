import assert from 'node:assert/strict';
import fc from 'fast-check';
import { listFields, recordAt } from '../../../src/dataset/recordAt';
import type { DatasetFormat } from '../../../src/dataset/format';
import { checkPlaces, complaintOf, linesOf, withFile } from './sources';

/** A value as RFC 4180 writes it: in quotes when it must be, or when `always`. */
function csvCell(value: string, delimiter: string, always: boolean): string {
  const must = value.includes(delimiter) || /["\r\n]/.test(value) || value === '';
  return must || always ? `"${value.replaceAll('"', '""')}"` : value;
}

function csvText(rows: string[][], delimiter: string, eol: string, always: boolean): string {
  const line = (row: string[]) =>
    row.map(value => csvCell(value.replaceAll('\n', eol), delimiter, always)).join(delimiter);
  return rows.map(row => line(row) + eol).join('');
}

const anyValue = fc
  .array(
    fc.constantFrom(
      '"',
      '""',
      ',',
      ';',
      '\t',
      '|',
      '\n',
      'a',
      'bc',
      ' ',
      '😀',
      'e\u0301',
      '漢',
      "'",
      '\\',
    ),
    {
      maxLength: 12,
    },
  )
  .map(parts => parts.join(''));
const nonBlank = anyValue.filter(text => text.trim() !== '');
const isEscape = (line: string, character: number) => line.startsWith('""', character);

function at(content: string, line: number, options = {}, format: DatasetFormat = 'csv') {
  return recordAt(linesOf(content, `tweets.${format}`), format, line - 1, options);
}

function refusal(content: string, line: number, options = {}, format: DatasetFormat = 'csv') {
  return complaintOf(() => at(content, line, options, format));
}

describe('dataset: CSV and TSV', () => {
  it('gives back any records from any of their lines in a real file, with places', async () => {
    const rows = fc.array(fc.tuple(nonBlank, anyValue), { minLength: 1, maxLength: 8 });
    const style = fc.record({
      delimiter: fc.constantFrom(',', ';', '\t', '|'),
      eol: fc.constantFrom('\n', '\r\n'),
      always: fc.boolean(),
      format: fc.constantFrom<'csv' | 'tsv'>('csv', 'tsv'),
    });
    await fc.assert(
      fc.asyncProperty(rows, style, async (rows, { delimiter, eol, always, format }) => {
        const by = format === 'tsv' ? '\t' : delimiter;
        const content = csvText([['text', 'label'], ...rows], by, eol, always);
        await withFile(`rows.${format}`, content, source => {
          let start = 1;
          for (const [text, label] of rows) {
            const end = start + text.split('\n').length + label.split('\n').length - 2;
            for (let line = start; line <= end; line++) {
              const record = recordAt(source, format, line);
              assert.deepEqual([record.startLine, record.endLine], [start, end]);
              assert.equal(record.text.value, text);
              assert.equal(record.label?.value ?? '', label);
            }
            checkPlaces(source, recordAt(source, format, start).text, isEscape);
            start = end + 1;
          }
          assert.equal(start, source.lineCount - 1);
        });
      }),
      { numRuns: 150 },
    );
  });

  it('maps by hand-counted numbers', () => {
    const content = 'id,text,label\n7,"say ""hi""\n, 😀",pos\n';
    for (const line of [2, 3]) {
      const { text, label, startLine, endLine } = at(content, line);
      assert.deepEqual([startLine, endLine], [1, 2]);
      assert.equal(text.value, 'say "hi"\n, 😀');
      assert.deepEqual(text.positionOf(0), { line: 1, character: 3 });
      assert.deepEqual(text.positionOf(4), { line: 1, character: 7 });
      assert.deepEqual(text.positionOf(5), { line: 1, character: 9 });
      assert.deepEqual(text.positionOf(8), { line: 1, character: 13 });
      assert.deepEqual(text.positionOf(9), { line: 2, character: 0 });
      assert.deepEqual(text.positionOf(12), { line: 2, character: 2 });
      assert.deepEqual(text.positionOf(13), { line: 2, character: 4 });
      assert.equal(text.offsetAt(1, 8), 4);
      assert.equal(text.offsetAt(1, 2), null);
      assert.equal(text.offsetAt(1, 14), null);
      assert.equal(text.offsetAt(2, 3), 11);
      assert.deepEqual(label?.positionOf(0), { line: 2, character: 6 });
    }
  });

  it('takes quotes inside unquoted fields for themselves', () => {
    assert.equal(at('text,label\nhe said "hi" twice,1\n', 2).text.value, 'he said "hi" twice');
    assert.equal(at('text,label\n3.5",1\n', 2).text.value, '3.5"');
  });

  it('reads TSV with quotes as plain characters when they cannot be RFC 4180', () => {
    const rows = [
      '"fun',
      'a "good" film',
      '" charming " , he says',
      'it is"',
      'plain',
      '"',
      '"a" b"',
    ];
    const content = ['sentence\tlabel', ...rows.map((row, i) => `${row}\t${i % 2}`), ''].join('\n');
    rows.forEach((row, index) => {
      const record = at(content, index + 2, {}, 'tsv');
      assert.deepEqual([record.text.value, record.label?.value], [row, String(index % 2)]);
      assert.deepEqual(record.text.positionOf(0), { line: index + 1, character: 0 });
    });
  });

  it('reads TSV with quotes of RFC 4180 when they are', () => {
    const content = 'sentence\tlabel\n"a\tb"\t1\n"c ""d""\ne"\t0\nf\t1\n';
    assert.equal(at(content, 2, {}, 'tsv').text.value, 'a\tb');
    assert.equal(at(content, 4, {}, 'tsv').text.value, 'c "d"\ne');
  });

  it('finds the delimiter of a .csv file', () => {
    assert.equal(
      at('text;label\nGut, aber teuer, sehr;1\nSchlecht, ja, ja;0\n', 2).label?.value,
      '1',
    );
    assert.equal(at('text\tlabel\na, b\t1\n', 2).text.value, 'a, b');
    assert.equal(at('label|text\n1|a, b; c\n', 2).text.value, 'a, b; c');
    assert.equal(at('review\n"a, b"\nc; d\n', 3).text.value, 'c; d');
  });

  it('tells a header from a first record', () => {
    const namesOf = (content: string, line: number, options = {}) =>
      listFields(linesOf(content), 'csv', line - 1, options).map(field => field.name);
    assert.deepEqual(namesOf('Review Text,Rating\nnice,5\n', 2), ['Review Text', 'Rating']);
    assert.deepEqual(namesOf('id,airline_sentiment,tweet\n1,pos,hi\n', 2)[1], 'airline_sentiment');
    assert.deepEqual(namesOf('satz,urteil\nDas war ein guter Film,gut\n', 2), ['satz', 'urteil']);
    assert.deepEqual(namesOf('I love this text,1\nand this,0\n', 1), ['column1', 'column2']);
    assert.deepEqual(namesOf('what is this,question\nand this,question\n', 1), [
      'column1',
      'column2',
    ]);
    assert.deepEqual(namesOf('a b,c d\ne,f\n', 2, { textField: 'A B' }), ['a b', 'c d']);
    assert.deepEqual(namesOf(',text,text\n0,a,b\n', 2), ['column1', 'text', 'text (2)']);
  });

  it('takes the longest column for the text where there is no header', () => {
    const content = 'positive,I love this very much\nnegative,I do not\nnegative,dull\n';
    const record = at(content, 1);
    assert.deepEqual([record.text.name, record.text.value], ['column2', 'I love this very much']);
    assert.deepEqual([record.label?.name, record.label?.value], ['column1', 'positive']);
    const post = Array.from({ length: 100 }, (_, i) => `paragraph ${i}`).join('\n');
    assert.equal(at(`"${post}",1\n"${post}",0\n`, 150).text.value, post);
    const wide = '0,17,NO QUERY,some long tweet here\n4,18,NO QUERY,another one of them\n';
    assert.equal(at(wide, 2).text.name, 'column4');
    assert.equal(at(wide, 2).label, null);
    assert.equal(at(wide, 2, { labelField: 'column1' }).label?.value, '4');
  });

  it('says in one sentence what is wrong with a line', () => {
    const good = 'text,label\nfine,1\n';
    assert.equal(
      refusal(good, 1),
      'tweets.csv, line 1: this is the header, not a record. Choose a line below it.',
    );
    assert.equal(
      refusal(`${good}\nmore,0\n`, 3),
      'tweets.csv, line 3: the line is empty. Choose a line with a record.',
    );
    assert.equal(
      refusal(good, 9),
      'tweets.csv, line 9: there is no such line, the file has only 2 lines. Choose another line.',
    );
    assert.match(
      refusal('', 1),
      /^tweets\.csv, line 1: there is no such line, the file is empty\./,
    );
    assert.match(refusal(good, 0), /there is no such line; lines are counted from 1/);
    assert.match(
      refusal(`${good}one, two, three,1\n`, 3),
      /^tweets\.csv, line 3: the record has 4 columns, the header on line 1 has 2\. Put a value/,
    );
    assert.match(refusal(`${good}lonely\n`, 3), /^tweets\.csv, line 3: the record has 1 column,/);
    assert.match(
      refusal(`${good}"open,1\nmore,0\nlast,1\n`, 4),
      /^tweets\.csv, line 3: a quote opens here and is never closed\./,
    );
    assert.match(
      refusal(`${good}"a" b,1\n`, 3),
      /^tweets\.csv, line 3, column 3: there is text after the quote that closes the field\./,
    );
    assert.match(refusal(`${good}a\0b,1\n`, 3), /^tweets\.csv, line 3, column 2: there is a NUL/);
    assert.match(
      refusal(`${good}"a\nb\0",1\n`, 3),
      /^tweets\.csv, line 4, column 2: there is a NUL/,
    );
    assert.match(
      refusal(`${good}"",1\n`, 3),
      /^tweets\.csv, line 3: the text field "text" is empty\./,
    );
  });

  it('keeps the other records readable when one is broken', () => {
    const rows = Array.from({ length: 200 }, (_, i) => `"row, ${i}",${i % 2}`);
    rows[100] = '"broken" quote,1';
    rows[120] = 'too,many,columns';
    const content = ['text,label', ...rows].join('\n');
    rows.forEach((_, index) => {
      if (index === 100 || index === 120) {
        refusal(content, index + 2);
      } else {
        assert.equal(at(content, index + 2).text.value, `row, ${index}`);
      }
    });
  });
});
