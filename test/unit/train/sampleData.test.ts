import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { formatOf, openFileLines, recordAt } from '../../../src/dataset';
import { readReviews } from '../../../scripts/trainSample/examples';

const sample = path.resolve('media', 'sample');
const train = readReviews(path.join(sample, 'reviews.train.jsonl'));
const dev = readReviews(path.join(sample, 'reviews.dev.jsonl'));

/** Text and label of every record of a file, read as the editor reads them. */
async function records(name: string): Promise<{ text: string; label: string | null }[]> {
  const lines = await openFileLines(path.join(sample, name));
  try {
    const found: { text: string; label: string | null }[] = [];
    // A table's first line names its columns; an empty last line is none.
    for (let line = name.endsWith('.jsonl') ? 0 : 1; line < lines.lineCount;) {
      if (line === lines.lineCount - 1 && lines.line(line) === '') break;
      const record = recordAt(lines, formatOf(name)!, line, {});
      found.push({ text: record.text.value, label: record.label?.value ?? null });
      line = record.endLine + 1;
    }
    return found;
  } finally {
    await lines.close();
  }
}

describe('the sample dataset', () => {
  it('has 1,500 training and 200 dev lines, each with one of two labels, about as often', () => {
    for (const [reviews, count] of [
      [train, 1500],
      [dev, 200],
    ] as const) {
      assert.equal(reviews.length, count);
      const positive = reviews.filter(({ label }) => label === 'positive').length;
      const negative = reviews.filter(({ label }) => label === 'negative').length;
      assert.equal(positive + negative, count);
      assert.ok(Math.abs(positive - negative) <= count / 10, `${positive} positive of ${count}`);
    }
  });

  it('has no line twice, neither within a file nor in both', () => {
    const texts = [...train, ...dev].map(({ text }) => text.trim().toLowerCase());
    assert.equal(new Set(texts).size, texts.length);
  });

  it('lists each line that is mislabelled on purpose, as it stands in the file', () => {
    const readme = readFileSync(path.join(sample, 'README.md'), 'utf8');
    const rows = [...readme.matchAll(/^\| (\d+) \| (\w+) \| (\w+) \| (.*) \|$/gmu)];
    assert.equal(rows.length, 24);
    for (const [, line, label, right, text] of rows) {
      const review = train[Number(line) - 1]!;
      assert.equal(review.label, label);
      assert.notEqual(right, label);
      assert.equal(review.text.replaceAll('\n', ' '), text);
    }
  });

  it('has the same reviews as JSONL and as CSV, and some fields that span lines', async () => {
    const expected = dev.map(({ text, label }) => ({ text, label }));
    assert.deepEqual(await records('reviews.dev.jsonl'), expected);
    assert.deepEqual(await records('reviews.dev.csv'), expected);
    assert.ok(expected.some(({ text }) => text.includes('\n')));
    assert.ok(expected.some(({ text }) => text.includes(',')));
  });

  it('has the first ones as TSV, with labels as numbers', async () => {
    const rows = await records('reviews.dev.tsv');
    assert.ok(rows.length > 20);
    for (const { text, label } of rows) {
      const review = dev.find(one => one.text === text);
      assert.ok(review, text);
      assert.equal(label, review.label === 'positive' ? '1' : '0');
    }
  });
});
