/** Traces and suspicious labels as JSON and CSV: every field, AllenNLP's names, and a table of scores that overwrites nothing. */
import assert from 'node:assert/strict';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { version } from '../../../package.json';
import { influenceJson, influenceJsonLine } from '../../../src/batch/influenceJson';
import { checkScoresFile, writeScores } from '../../../src/batch/scoresFile';
import { suspicionCsv, suspicionJson } from '../../../src/batch/suspicionJson';
import { influenceDefaults } from '../../../src/interpret/influence/options';
import { influenceMethods, influenceNames } from '../../../src/protocol/influence';
import { fakeInfluence, fakeRow, fakeSuspicion, fakeTest } from '../../support/fakeInfluence';
import { Folders } from '../../support/models';

const place = { file: 'data/dev.jsonl', line: 4 };
const about = {
  train_file: '/data/train.jsonl',
  n_train: 1000,
  problems: [
    { says: 'the label "neutral" is none of the model\'s', count: 2, lines: [7, 9] },
    { says: 'there is no label', count: 1, lines: [12] },
  ],
  damping: 0.01,
  model_name: 'sample',
  model_hash: 'ab'.repeat(32),
  device: 'cpu',
  milliseconds: 12.5,
  glassbox: version,
};

function rowJson(line: number, score: number) {
  return {
    line,
    end_line: line,
    text: `text of line ${line}`,
    label: 'positive',
    predicted: 'positive',
    probability: 0.875,
    agrees: true,
    loss: 0.1335,
    score,
  };
}

describe('batch: a trace as JSON', () => {
  it('has exactly these fields', () => {
    const wrong = { ...rowJson(230, -1), predicted: 'negative', agrees: false, loss: 2.0794 };
    assert.deepEqual(JSON.parse(JSON.stringify(influenceJson(fakeInfluence(), place))), {
      test_instance: {
        file: 'data/dev.jsonl',
        line: 4,
        text: 'a very good film',
        label: 'positive',
        predicted: 'negative',
        probability: 0.75,
        agrees: false,
        loss: 1.386,
        label_from: 'gold',
        loss_of: 'the label "positive"',
      },
      top_k_train_instances: [rowJson(17, 2), rowJson(3, 0.5)],
      bottom_k_train_instances: [wrong],
      method: { name: 'head', title: 'Exact head influence', damping: null },
      says: 'Exact head influence, damping 0.01',
      score_says: 'Positive helps: more weight on the line lowers the loss.',
      residual: null,
      ...about,
      notes: [
        { check: 'optimum', ok: false, value: 0.25, says: 'The head is not at its optimum.' },
      ],
      disagreeing: { top_k_train_instances: [], bottom_k_train_instances: [wrong] },
    });
  });

  it('begins with the names of the AllenNLP guide, one object a line', () => {
    const line = influenceJsonLine(fakeInfluence(), place);
    assert.match(line, /^[^\n]+\n$/);
    const names = Object.keys(JSON.parse(line) as object);
    assert.deepEqual(names.slice(0, 3), [
      'test_instance',
      'top_k_train_instances',
      'bottom_k_train_instances',
    ]);
  });

  it('has second texts and words where there are some, and no place where there is none', () => {
    const words = [
      { start: 0, end: 4 },
      { start: 5, end: 12 },
    ];
    const row = { ...fakeRow(5, 1), text: 'Eric Wallace', words, pair: 'b', endLine: 6 };
    const told = influenceJson(fakeInfluence({ helps: [row], test: { ...fakeTest, words } }), null);
    const [first] = told.top_k_train_instances;
    assert.deepEqual(
      [first?.words, first?.pair, first?.line, first?.end_line],
      [['Eric', 'Wallace'], 'b', 5, 6],
    );
    assert.ok(!('file' in told.test_instance) && !('line' in told.test_instance));
    assert.ok('words' in told.test_instance);
  });

  it('of several texts it has their number and their mean loss', () => {
    const result = fakeInfluence({ test: null, tests: 74, testLoss: 0.25 });
    const { test_instance } = influenceJson(result, { file: 'dev.jsonl', line: null });
    assert.deepEqual(test_instance, { file: 'dev.jsonl', instances: 74, loss: 0.25 });
  });

  it('tells the options that a method reads, and no others', () => {
    const known = new Set(Object.keys(influenceDefaults));
    for (const method of influenceMethods) {
      const told = influenceJson(fakeInfluence({ method }), place).method;
      const { name, title, ...options } = told;
      assert.deepEqual([name, title], [method, influenceNames[method]]);
      for (const [option, value] of Object.entries(options)) {
        assert.ok(known.has(option), option);
        assert.deepEqual(value, influenceDefaults[option as keyof typeof influenceDefaults]);
      }
    }
    const { method } = influenceJson(fakeInfluence({ method: 'lissa' }), place);
    assert.deepEqual(
      [method['lissa_batch_size'], method['recursion_depth'], method['scale']],
      [8, 0.25, 1e4],
    );
    assert.ok(!('tolerance' in method));
  });
});

describe('batch: suspicious labels as JSON and CSV', () => {
  it('has exactly these fields', () => {
    const reason = 'The model is sure of the other label.';
    assert.deepEqual(JSON.parse(JSON.stringify(suspicionJson(fakeSuspicion()))), {
      lines: [
        { rank: 1, ...rowJson(40, 8), reason },
        { rank: 2, ...rowJson(5, 2), text: '=1+1, "quoted"\nsecond', pair: 'b', reason },
      ],
      method: { name: 'head', title: 'Self-influence of the head', damping: null },
      says: 'Self-influence of the head, damping 0.01',
      score_says: 'Large is suspicious.',
      disagreeing: 11,
      ...about,
      notes: [],
    });
  });

  it('is a table that reads back, texts as they are', () => {
    const result = fakeSuspicion();
    const rows = parse<Record<string, string>>(suspicionCsv(result), { columns: true });
    assert.deepEqual(
      rows,
      result.rows.map(row => ({
        rank: String(row.rank),
        line: String(row.line),
        text: row.text,
        pair: row.pair ?? '',
        label: row.label,
        predicted: row.predicted,
        probability: String(row.probability),
        loss: String(row.loss),
        score: String(row.score),
        reason: row.reason,
      })),
    );
    assert.equal(suspicionCsv(fakeSuspicion({ rows: [] })).split('\n').length, 2);
  });
});

describe('batch: scores of all lines', () => {
  const folders = new Folders();
  after(() => {
    folders.remove();
  });

  it('are a table that reads back to the bit; who was no candidate has none', async () => {
    const file = path.join(folders.with({}), 'scores.csv');
    const number = fc.oneof(fc.double({ noDefaultInfinity: true }), fc.constant(NaN));
    await fc.assert(
      fc.asyncProperty(fc.array(number, { maxLength: 50 }), async scores => {
        const lines = scores.map((_, index) => 2 * index + 1);
        await checkScoresFile(file, []);
        await writeScores(file, { lines, scores });
        const rows = parse<{ line: string; score: string }>(await readFile(file), {
          columns: true,
        });
        assert.deepEqual(
          rows.map(({ line }) => Number(line)),
          lines,
        );
        rows.forEach(({ score }, index) => {
          const read = score === '' ? NaN : Number(score);
          // Zero has no sign in decimal digits.
          assert.ok(read === scores[index] || (Number.isNaN(read) && Number.isNaN(scores[index])));
        });
      }),
      { numRuns: 25 },
    );
  });

  it('never take the place of a dataset, nor of anything else', async () => {
    const folder = folders.with({
      'dev.csv': 'text,label\na,b\n',
      'train.csv': 'line,score\n',
      'mine.csv': 'line,scores\n1,2\n',
      'empty.csv': '',
      'earlier.csv': 'line,score\n1,2\n3,4\n',
    });
    const at = (name: string) => path.join(folder, name);
    await symlink(at('train.csv'), at('link.csv'));
    const check = (name: string) => checkScoresFile(at(name), [at('dev.csv'), at('train.csv')]);
    await assert.rejects(check('dev.csv'), /dev\.csv is the dataset itself/);
    await assert.rejects(check('train.csv'), /train\.csv is the dataset itself/);
    await assert.rejects(check('link.csv'), /train\.csv is the dataset itself/);
    await assert.rejects(check('mine.csv'), /mine\.csv is there already and is no table of scores/);
    await assert.rejects(check('empty.csv'), /empty\.csv is there already/);
    await assert.rejects(check(path.join('dev.csv', 'x.csv')), /cannot be written/);
    await check('earlier.csv');
    await check('new.csv');
    await writeScores(at('earlier.csv'), { lines: [5], scores: [0.5] });
    assert.equal(await readFile(at('earlier.csv'), 'utf8'), 'line,score\n5,0.5\n');
    assert.equal(await readFile(at('train.csv'), 'utf8'), 'line,score\n');
    await assert.rejects(
      writeScores(at(path.join('nowhere', 'x.csv')), { lines: [], scores: [] }),
      /nowhere.*ENOENT.*choose another file name/,
    );
    await writeFile(at('new.csv'), 'text\n');
    await assert.rejects(check('new.csv'), /no table of scores/);
  });
});
