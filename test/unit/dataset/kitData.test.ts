import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { openFileLines, recordAt, formatOf, DatasetCache } from '../../../src/dataset';

const folder = resolve('..', 'shared', 'kit', 'data');

interface Row {
  readonly text: string;
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
      const { premise, label } = JSON.parse(line) as { premise: string; label: string };
      return { text: premise, label };
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
        assert.deepEqual({ text: record.text.value, label: record.label?.value }, { ...row });
        const { line: at, character } = record.text.positionOf(0);
        assert.equal(record.text.offsetAt(at, character), 0);
        line = record.endLine + 1;
      }
      assert.equal(line, source.lineCount - 1);
      await source.close();
    });
  }
});
