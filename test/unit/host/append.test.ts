import assert from 'node:assert/strict';
import { linkSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { attackedLine } from '../../../src/batch/runLines';
import type { DatasetFormat, DatasetRecord } from '../../../src/dataset';
import { goldInWords, recordAt, textInput } from '../../../src/dataset';
import { datasetLine, type Maker } from '../../../src/host/append/datasetLine';
import { appendLine } from '../../../src/host/append/ownFile';
import { isSameFile } from '../../../src/dataset';
import { ownText, withText, wordsBetweenBlanks } from '../../../src/host/explain/otherText';
import type { FoundRecord } from '../../../src/host/records/readRecord';
import type { AttackResult, Change } from '../../../src/protocol';

function lines(text: string, name = 'a') {
  const all = text.split('\n');
  return { name, lineCount: all.length, line: (index: number) => all[index]! };
}

/** As the reader of the host gives it; the file itself is not looked at. */
function foundIn(text: string, format: DatasetFormat, line = 0): FoundRecord {
  const record: DatasetRecord = recordAt(lines(text), format, line);
  const { text: field, pair, words } = record;
  return {
    uri: null as never,
    record,
    raw: text,
    input: textInput(record, line),
    focus: { line: 0, character: undefined },
    info: {
      file: 'a.jsonl',
      line: record.startLine + 1,
      field: field.name,
      text: field.value,
      pair: pair && { field: pair.name, text: pair.value },
      words: words?.map(({ start, end }) => ({ start, end })) ?? null,
      gold: goldInWords(record),
    },
  };
}

const maker: Maker = {
  attack: 'hotflip',
  goal: 'Make the model predict anything but "positive".',
  before: 'positive',
  after: 'negative',
  changes: [{ field: 0, edit: 'replace', from: 'fine', to: 'dull', start: 2, end: 6 }],
  options: { seed: 3 },
  target: null,
  step: { number: 1, of: 1 },
  verified: true,
  model: { name: 'm', hash: 'abc' },
};
const date = new Date('2024-05-06T07:08:09Z');

function lineOf(
  found: FoundRecord,
  text: string,
  change: Partial<Parameters<typeof datasetLine>[0]> = {},
) {
  const other = { ...ownText(found), text };
  return datasetLine({ found, other, maker, file: 'data/a.jsonl', date, ...change });
}

describe('host: a line of a new dataset', () => {
  it('has the fields of the dataset, and says where it comes from', () => {
    const found = foundIn('{"id": 9, "review": "a fine film", "sentiment": 1}', 'jsonl');
    const line = lineOf(found, 'a dull film');
    const { glassbox, ...rest } = JSON.parse(line) as { glassbox: Record<string, unknown> };
    assert.deepEqual(rest, { review: 'a dull film', sentiment: 1 });
    const { version, changes, ...provenance } = glassbox;
    assert.match(String(version), /^\d+\.\d+\.\d+/);
    assert.deepEqual(changes, maker.changes);
    assert.deepEqual(provenance, {
      attack: 'hotflip',
      goal: maker.goal,
      from: { file: 'data/a.jsonl', line: 1 },
      original: { text: 'a fine film' },
      label: { before: 'positive', after: 'negative', gold: '1' },
      options: { seed: 3 },
      target: null,
      seed: 3,
      step: { number: 1, of: 1 },
      verified_from_text: true,
      model_name: 'm',
      model_hash: 'abc',
      date: '2024-05-06T07:08:09.000Z',
    });
    assert.ok(!line.includes('\n'));
  });

  const datasets: [string, string, DatasetFormat, number][] = [
    ['JSONL', '{"text": "a fine film", "label": "positive"}', 'jsonl', 0],
    ['nested JSONL', '{"data": {"text": "a fine film"}, "label": "positive"}', 'jsonl', 0],
    ['a pair', '{"premise": "a fine film", "hypothesis": "good", "label": 2}', 'jsonl', 0],
    ['CSV', 'sentence,label\n"a fine film",positive', 'csv', 1],
    ['plain text', 'a fine film', 'txt', 0],
    ['words', '{"tokens": ["a", "fine", "film"], "ner_tags": ["O", "B-X", "O"]}', 'jsonl', 0],
    ['CoNLL', 'a O\nfine B-X\nfilm O', 'conll', 0],
    ['labels', '{"text": "a fine film", "labels": ["toxic", "insult"]}', 'jsonl', 0],
  ];
  for (const [name, text, format, at] of datasets) {
    it(`is read as the same record with another text: ${name}`, () => {
      const found = foundIn(text, format, at);
      const again = foundIn(lineOf(found, 'a dull film'), 'jsonl');
      assert.equal(again.input.text, 'a dull film');
      assert.equal(again.input.pair, found.input.pair);
      assert.deepEqual(again.input.words, found.input.words);
      assert.deepEqual(again.input.gold, found.input.gold);
    });
  }

  it('has no tags where words came or went, and none of a text that a person wrote', () => {
    const found = foundIn('{"tokens": ["a", "fine", "film"], "tags": ["O", "B-X", "O"]}', 'jsonl');
    const changes: Change[] = [
      { field: 0, edit: 'delete', from: 'fine ', to: '', start: 2, end: 2 },
    ];
    const fewer = { text: 'a film', pair: null, words: wordsBetweenBlanks('a film') };
    const told = [
      lineOf(found, '', { other: fewer, maker: { ...maker, changes } }),
      lineOf(found, 'a dull film', { maker: { ...maker, changes: null } }),
    ].map(line => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(told[0]!['tokens'], ['a', 'film']);
    assert.deepEqual([told[0]!['tags'], told[1]!['tags']], [null, null]);
  });

  it('takes the label that a person gave it, also none', () => {
    const found = foundIn('{"text": "a fine film", "label": "positive"}', 'jsonl');
    const of = (label: string | null) =>
      (JSON.parse(lineOf(found, 'a dull film', { label })) as Record<string, unknown>)['label'];
    assert.equal(of('negative'), 'negative');
    assert.equal(of(null), null);
  });

  it('keeps names that mean something to JavaScript, and refuses the one that it needs itself', () => {
    const odd = foundIn('{"__proto__": "a fine film"}', 'jsonl');
    assert.ok(lineOf(odd, 'a dull film').startsWith('{"__proto__":"a dull film"'));
    const own = foundIn('{"glassbox": "a fine film"}', 'jsonl');
    assert.throws(() => lineOf(own, 'x'), /"glassbox" cannot be written/);
  });
});

describe('host: gold of another text', () => {
  it('stays where it can be that of the text as it is now', () => {
    const label = foundIn('{"text": "a fine film", "label": "positive"}', 'jsonl');
    const changed = withText(label, { text: 'dull', pair: null, words: null });
    assert.deepEqual(changed.input, { text: 'dull', gold: { kind: 'label', label: 'positive' } });
    assert.equal(changed.info.gold, 'positive');

    const tags = foundIn('{"tokens": ["a", "b"], "tags": ["O", "B-X"]}', 'jsonl');
    const same = { text: 'a c', pair: null, words: wordsBetweenBlanks('a c') };
    assert.deepEqual(withText(tags, same).input.gold, tags.input.gold);
    const fewer = { text: 'a', pair: null, words: wordsBetweenBlanks('a') };
    const without = withText(tags, fewer);
    assert.deepEqual([without.input.gold, without.info.gold], [undefined, null]);
  });

  it('leaves the line itself as it was asked about', () => {
    const found = foundIn('a O\nfine B-X\nfilm O', 'conll', 1);
    assert.equal(found.input.focusWord, 1);
    const own = withText(found, ownText(found));
    assert.deepEqual(own.input, found.input);
    assert.deepEqual(own.info, found.info);
    const other = withText(found, { ...ownText(found), text: 'a dull film' });
    assert.equal(other.input.focusWord, undefined);
  });
});

describe('host: files that lines are appended to', () => {
  let folder: string;
  let dataset: string;
  const bytes = '{"text": "a fine film", "label": "positive"}\n';
  const line = lineOf(foundIn(bytes.trim(), 'jsonl'), 'a dull film');
  const file = (name: string) => path.join(folder, name);
  const content = (name: string) => readFileSync(file(name), 'utf8');

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'glassbox-append-'));
    dataset = file('reviews.jsonl');
    writeFileSync(dataset, bytes);
  });

  afterEach(() => {
    assert.equal(readFileSync(dataset, 'utf8'), bytes, 'the dataset is as it was');
    rmSync(folder, { recursive: true });
  });

  it('are begun, and grow line by line', async () => {
    for (let i = 0; i < 3; i++) await appendLine(file('new.jsonl'), line, [dataset]);
    assert.equal(content('new.jsonl'), `${line}\n`.repeat(3));
  });

  it('get the line break that they lack', async () => {
    writeFileSync(file('new.jsonl'), line);
    await appendLine(file('new.jsonl'), line, [dataset]);
    assert.equal(content('new.jsonl'), `${line}\n${line}\n`);
  });

  it('are never the dataset, by whatever name', async () => {
    linkSync(dataset, file('hard.jsonl'));
    symlinkSync(dataset, file('soft.jsonl'));
    symlinkSync(folder, file('folder'), 'junction');
    const names = ['reviews.jsonl', 'hard.jsonl', 'soft.jsonl', 'folder/reviews.jsonl'];
    for (const name of [...names, 'x/../reviews.jsonl']) {
      await assert.rejects(appendLine(file(name), line, [dataset]), /is the dataset itself/, name);
    }
  });

  it('are not the dataset under another case, where no disk says otherwise', async () => {
    const gone = file('Gone.jsonl');
    assert.equal(await isSameFile(gone, file('gone.JSONL')), true);
    assert.equal(await isSameFile(gone, file('other.jsonl')), false);
  });

  it('are only those that Glassbox began: every line says so', async () => {
    const results = JSON.stringify(
      attackedLine(someResult(), { file: 'a', line: 1, field: '', sha256: null }),
    );
    const foreign: Record<string, string> = {
      'a dataset': bytes,
      'one line of another': `${line}\n${bytes}`,
      'no JSON': 'text\n',
      'a list': '[{"glassbox": {"from": 1}}]\n',
      'a blank line within': `${line}\n\n${line}\n`,
      'results of an attack on many lines': `${results}\n`,
      'a field of that name': '{"glassbox": "x"}\n',
    };
    for (const [name, text] of Object.entries(foreign)) {
      writeFileSync(file('foreign.jsonl'), text);
      await assert.rejects(
        appendLine(file('foreign.jsonl'), line, [dataset]),
        /foreign\.jsonl is not a dataset that Glassbox began \(line \d/,
        name,
      );
      assert.equal(content('foreign.jsonl'), text, name);
    }
  });

  it('are told by a sentence when they cannot be written', async () => {
    await assert.rejects(
      appendLine(file('no/such/folder.jsonl'), line, [dataset]),
      /could not be written to .*folder\.jsonl.*Choose another file\.$/,
    );
  });
});

function someResult(): AttackResult {
  const original = {
    text: 'a',
    pair: null,
    words: null,
    label: 'x',
    prediction: {
      task: 'text-classification' as const,
      link: 'softmax' as const,
      label: 'x',
      labels: ['x'],
      logits: [0],
      probabilities: [1],
      decided: [0],
      right: [],
      entities: [],
    },
    margin: 0,
  };
  return {
    attack: 'hotflip',
    original,
    steps: [],
    final: original,
    notes: [],
    label: { kind: 'predicted' },
  } as unknown as AttackResult;
}
