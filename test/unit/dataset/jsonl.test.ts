import assert from 'node:assert/strict';
import fc from 'fast-check';
import { listFields, recordAt } from '../../../src/dataset/recordAt';
import { checkPlaces, complaintOf, linesOf, withFile } from './sources';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc
    .array(
      fc.constantFrom(
        '"',
        '\\',
        '/',
        '\n',
        '\r',
        '\t',
        '\u2028',
        '😀',
        'e\u0301',
        '漢',
        'a',
        '\ud83d',
        '\0',
      ),
    )
    .map(parts => parts.join('')),
);
const nonBlank = anyText.filter(text => text.trim() !== '');
const isEscape = (line: string, character: number) => line[character] === '\\';

/** JSON with every character that may be escaped written as \uXXXX, when its turn in `which` says so. */
function withEscapes(text: string, which: readonly boolean[]): string {
  const units = text.split('').map((unit, at) => {
    const plain = JSON.stringify(unit).slice(1, -1);
    const code = unit.charCodeAt(0).toString(16).padStart(4, '0');
    return which[at % which.length] ? `\\u${code}` : plain;
  });
  return `"${units.join('')}"`;
}

function first(line: string, options = {}) {
  return recordAt(linesOf(`{"text":"a"}\n${line}\n`, 'reviews.jsonl'), 'jsonl', 1, options);
}

function refusal(line: string, options = {}) {
  return complaintOf(() => first(line, options));
}

describe('dataset: JSONL', () => {
  it('gives back any records that JSON.stringify wrote to a file, with their places', async () => {
    const rows = fc.array(fc.record({ text: nonBlank, label: anyText }), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        async (rows, eol, final) => {
          const content = rows.map(row => JSON.stringify(row)).join(eol) + (final ? eol : '');
          await withFile('rows.jsonl', content, source => {
            rows.forEach((row, line) => {
              const record = recordAt(source, 'jsonl', line);
              assert.deepEqual([record.startLine, record.endLine], [line, line]);
              assert.equal(record.text.value, row.text);
              assert.equal(record.label?.value ?? '', row.label);
              checkPlaces(source, record.text, isEscape);
            });
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('finds places in strings with \\u escapes, surrogate pairs among them', () => {
    fc.assert(
      fc.property(nonBlank, fc.array(fc.boolean(), { minLength: 1 }), (text, which) => {
        const source = linesOf(`  { "label" : 1 , "text" :${withEscapes(text, which)}}`);
        const record = recordAt(source, 'jsonl', 0);
        assert.equal(record.text.value, text);
        checkPlaces(source, record.text, isEscape);
      }),
    );
  });

  it('maps by hand-counted numbers', () => {
    //     0         1         2
    //     0123456789012345678901234567
    const source = linesOf('{"text":"a\\n\\ud83d\\ude00b😀c"}');
    const { text } = recordAt(source, 'jsonl', 0);
    assert.equal(text.value, 'a\n😀b😀c');
    const characters = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(offset => text.positionOf(offset).character);
    assert.deepEqual(characters, [9, 10, 12, 12, 24, 25, 25, 27, 28]);
    assert.equal(text.offsetAt(0, 11), 1);
    assert.equal(text.offsetAt(0, 20), 2);
    assert.equal(text.offsetAt(0, 26), 5);
    assert.equal(text.offsetAt(0, 28), 8);
    assert.equal(text.offsetAt(0, 8), null);
    assert.equal(text.offsetAt(0, 29), null);
    assert.equal(text.offsetAt(1, 10), null);
  });

  it('takes labels as string, number or boolean, as they are written', () => {
    assert.equal(first('{"text":"a","label":"positive"}').label?.value, 'positive');
    assert.equal(first('{"text":"a","label": 1 }').label?.value, '1');
    assert.equal(first('{"text":"a","label":false}').label?.value, 'false');
    assert.equal(first('{"text":"a","label":null}').label, null);
    assert.equal(first('{"text":"a"}').label, null);
    assert.deepEqual(first('{"text":"a","label": 12 }').label?.positionOf(1), {
      line: 1,
      character: 22,
    });
  });

  it('reads fields of nested objects one level deep, and the last of two equal keys', () => {
    const line = '{"id":1,"data":{"text":"inner","deep":{"text":"no"}},"gold":{"label":"pos"}}';
    const record = first(line);
    assert.deepEqual([record.text.name, record.text.value], ['data.text', 'inner']);
    assert.deepEqual([record.label?.name, record.label?.value], ['gold.label', 'pos']);
    assert.equal(first('{"text":"one","text":"two"}').text.value, 'two');
    assert.equal(first('{"data":{"text":"inner"},"data":{"text":"last"}}').text.value, 'last');
    assert.equal(
      first('{"a.b":"dotted","a":{"b":"inner"}}', { textField: 'a.b' }).text.value,
      'dotted',
    );
    assert.deepEqual(
      listFields(linesOf(line), 'jsonl', 0).map(field => field.name),
      ['id', 'data.text', 'gold.label'],
    );
  });

  it('takes a bare string for a text without a name, whatever fields are set', () => {
    const record = first('"just a text"', { textField: 'review', labelField: 'gold' });
    assert.deepEqual(
      [record.text.name, record.text.value, record.label],
      ['', 'just a text', null],
    );
  });

  it('refuses everything that JSON.parse refuses, and says where', () => {
    const broken: [string, string][] = [
      ['{"text":"a",}', 'column 13: a name in double quotes'],
      ["{'text':'a'}", 'column 2: this is no JSON value'],
      ['{"text":"a"} // note', 'column 14: JSON has no comments'],
      ['{"text":"a" "label":1}', 'column 13: a comma is expected'],
      ['{"text":"a', 'column 9: the string that begins here is not closed'],
      ['{"text":"a"', 'column 12: a closing brace is missing'],
      ['{"text":"\\x"}', 'column 9: an escape here'],
      ['{"text":"\\u12"}', 'column 9: an escape here'],
      ['{"text":"a\tb"}', 'column 9: a control character'],
      ['{"text":"a","label":01}', 'column 22: a comma'],
      ['{"text":"a","label":NaN}', 'column 21: this is no JSON value'],
      ['{"text":"a"}{"text":"b"}', 'column 13: there is more after the end'],
    ];
    for (const [line, says] of broken) {
      assert.throws(() => void JSON.parse(line));
      const message = refusal(line);
      assert.ok(message.startsWith(`reviews.jsonl, line 2, ${says}`), `${line} -> ${message}`);
      assert.match(message, /not valid JSON\. Correct the line or choose another\.$/);
    }
    fc.assert(
      fc.property(fc.string(), fc.nat(), (insert, at) => {
        const good = '{"text":"good","label":[1,{"a":null}]}';
        const place = at % good.length;
        const line = good.slice(0, place) + insert.replace(/[\r\n]/g, '') + good.slice(place);
        let parsed: unknown;
        try {
          parsed = JSON.parse(line);
        } catch {
          assert.match(refusal(line), /not valid JSON/);
          return;
        }
        const fields = listFields(linesOf(line), 'jsonl', 0);
        const text = fields.find(field => field.name === 'text');
        assert.equal(text?.value, (parsed as { text?: string }).text);
      }),
    );
  });

  it('says what is wrong with lines that are JSON but no record', () => {
    assert.match(
      refusal('[{"text":"a"}]'),
      /^reviews\.jsonl, line 2: the line is a JSON list, not an object\./,
    );
    assert.match(refusal('17'), /^reviews\.jsonl, line 2: the line is only 17, not an object\./);
    assert.match(refusal('null'), /the line is only null, not an object/);
    assert.match(refusal(' '), /^reviews\.jsonl, line 2: the line is empty\./);
    assert.match(refusal('{}'), /the record has no fields\. Choose a line with text\.$/);
    assert.match(
      refusal('{"text":"  "}'),
      /the text field "text" is empty\. Choose a line with text\.$/,
    );
    assert.match(refusal('{"text":null}'), /the text field "text" is null, not text/);
    assert.match(
      refusal('{"text":["a",["b"]],"n":1}'),
      /the text field "text" is a list, not text/,
    );
    assert.match(
      refusal('{"text":"a\0b"}'),
      /^reviews\.jsonl, line 2, column 11: there is a NUL character/,
    );
    assert.match(
      refusal('['.repeat(200_000)),
      /^reviews\.jsonl, line 2: the line is not valid JSON/,
    );
  });

  it('reads a record of 10 MB on one line', () => {
    const text = 'word "quoted" 😀\n'.repeat(600_000);
    const source = linesOf(JSON.stringify({ id: 7, text, label: 'x' }));
    assert.ok(source.line(0).length > 10_000_000);
    const record = recordAt(source, 'jsonl', 0);
    assert.equal(record.text.value, text);
    const offset = text.length - 3;
    const { line, character } = record.text.positionOf(offset);
    assert.equal(source.line(0).slice(character, character + 2), '😀');
    assert.equal(record.text.offsetAt(line, character), offset);
  });
});
