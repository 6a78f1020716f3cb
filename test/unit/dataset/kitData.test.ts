import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { openFileLines, recordAt, formatOf, DatasetCache, textInput } from '../../../src/dataset';

const folder = resolve('..', 'shared', 'kit', 'data');

interface Row {
  readonly text: string;
  readonly pair?: string;
  readonly label: string;
}

/** The rows of each file, read whole by other means. */
const oracles: Readonly<Record<string, (content: string) => Row[]>> = {
  'sst2/dev.tsv': content =>
    linesIn(content)
      .slice(1)
      .map(line => ({ text: line.split('\t')[0]!, label: line.split('\t')[1]! })),
  'sst2/dev.jsonl': content => linesIn(content).map(line => JSON.parse(line) as Row),
  'sst2-sentences/dev.jsonl': content => linesIn(content).map(line => JSON.parse(line) as Row),
  'nli/dev.jsonl': content =>
    linesIn(content).map(line => {
      const { premise, hypothesis, label } = JSON.parse(line) as Record<string, string>;
      return { text: premise!, pair: hypothesis!, label: label! };
    }),
  'tweet-sentiment/dev.csv': content => parse<Row>(content, { columns: true }),
};

function linesIn(content: string): string[] {
  return content.split('\n').filter(line => line !== '');
}

describe('dataset: real datasets', () => {
  for (const [name, rowsOf] of Object.entries(oracles)) {
    it(`reads every line of ${name}`, async function () {
      const path = resolve(folder, name);
      if (!existsSync(path)) {
        console.log(`      skipped: ${path} is not here`);
        this.skip();
      }
      const rows = rowsOf(readFileSync(path, 'utf8'));
      const source = await openFileLines(path);
      const cache = new DatasetCache();
      let line = name.endsWith('sv') ? 1 : 0;
      for (const row of rows) {
        const record = recordAt(source, formatOf(name)!, line, { cache });
        assert.equal(record.startLine, line);
        const { text, pair, label } = record;
        const read = { text: text.value, label: label?.value, ...(pair && { pair: pair.value }) };
        assert.deepEqual(read, { ...row });
        const { line: at, character } = record.text.positionOf(0);
        assert.equal(record.text.offsetAt(at, character), 0);
        line = record.endLine + 1;
      }
      assert.equal(line, source.lineCount - 1);
      await source.close();
    });
  }

  it('reads every sentence of ner/dev.conll from each of its lines', async function () {
    const path = resolve(folder, 'ner/dev.conll');
    if (!existsSync(path)) {
      console.log(`      skipped: ${path} is not here`);
      this.skip();
    }
    const lines = readFileSync(path, 'utf8').split('\n');
    const source = await openFileLines(path);
    let sentences = 0;
    for (const [line, content] of lines.entries()) {
      if (content === '') continue;
      const record = recordAt(source, 'conll', line);
      const { text, words } = record;
      const { focusWord, gold } = textInput(record, line);
      const [word, tag] = content.split('\t');
      const { start, end } = words![focusWord!]!;
      assert.equal(text.value.slice(start, end), word);
      assert.deepEqual(text.positionOf(start), { line, character: 0 });
      assert.deepEqual(text.positionOf(end), { line, character: word!.length });
      assert.equal(gold?.kind === 'tags' ? gold.tags[focusWord!] : null, tag);
      sentences += record.startLine === line ? 1 : 0;
    }
    // As many as the kit says.
    assert.equal(sentences, 1500);
    await source.close();
  });
});
