/** An evaluation of a file: whole, stopped and gone on with, with broken records, and in little memory. */
import assert from 'node:assert/strict';
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  evaluationRun,
  type Evaluation,
  type EvaluationWatch,
} from '../../../src/batch/evaluation/evaluationRun';
import { formatOf, openFileLines } from '../../../src/dataset';
import { fakeAnswer, FakePredictor, positiveOf } from '../../support/fakePredictions';
import { Folders } from '../../support/models';

const words = ['good', 'bad', 'film', 'a', 'plot', 'soup', 'great', 'dull', 'waiter', 'is', 'the'];

/** Deterministic lines with gold labels that are often right. */
function lineOf(i: number): string {
  const text = Array.from({ length: 4 + (i % 9) }, (_, k) => words[(i * 7 + k * (i % 5) + k) % 11]);
  const label = positiveOf(text.join(' ')) > 0.5 !== (i % 6 === 0) ? 'positive' : 'negative';
  return JSON.stringify({ text: `${text.join(' ')} ${i}`, label });
}

describe('batch: evaluation of a file', function () {
  this.timeout(60_000);
  const folders = new Folders();
  after(() => {
    folders.remove();
  });

  function place(lines: readonly string[]) {
    const folder = folders.with({ 'data.jsonl': lines.join('\n') });
    const file = path.join(folder, 'data.jsonl');
    const output = path.join(folder, 'results.jsonl');
    async function run(
      engine: FakePredictor,
      watch: EvaluationWatch = {},
      more: { readonly lines?: readonly number[]; readonly output?: string | null } = {},
    ): Promise<Evaluation> {
      const source = await openFileLines(file);
      try {
        const dataset = {
          ...{ file: 'data.jsonl', path: file, source, format: formatOf(file)! },
          lines: more.lines ?? null,
        };
        const to = more.output === undefined ? output : more.output;
        const question = { modelDir: 'model', device: 'cpu' } as const;
        return await evaluationRun({ dataset, question, output: to }, engine, watch);
      } finally {
        await source.close();
      }
    }
    return { file, output, run };
  }

  const mixed = [
    '{"text": "a good film", "label": "positive"}',
    '{"text": "a bad film", "label": "positive"}',
    '{"text": broken}',
    '{"text": "", "label": "positive"}',
    '{"text": "a good LONG film", "label": "wonderful"}',
    '{"text": "REFUSE this", "label": "positive"}',
    '{"text": "bad bad film", "label": "positive"}',
    '{"text": "CRASH here", "label": "positive"}',
    '{"text": "HICCUP bad", "label": "negative"}',
    '{"text": "no gold and good"}',
  ];

  it('counts what is right, lists what is wrong, and says what is wrong with records', async () => {
    const { run, output } = place(mixed);
    const { state } = await run(new FakePredictor());
    const { summary } = state;
    assert.deepEqual([state.state, state.about, state.file], ['done', 'data.jsonl', 'data.jsonl']);
    assert.deepEqual([summary.total, summary.done], [10, 10]);
    assert.deepEqual([summary.judged, summary.right, summary.accuracy], [4, 2, 0.5]);
    assert.deepEqual(summary.problems, {
      ...{ unreadable: 1, empty: 1, 'unknown-label': 1, truncated: 1, failed: 2 },
    });
    assert.deepEqual(
      state.problems.map(({ kind, line }) => [kind, line]),
      [
        ['unreadable', 3],
        ['empty', 4],
        ['unknown-label', 5],
        ['truncated', 5],
        ['failed', 6],
        ['failed', 8],
      ],
    );
    assert.deepEqual(
      state.wrong.map(({ line, text, gold, predicted }) => [line, text, gold, predicted]),
      [
        [7, 'bad bad film', 'positive', 'negative'],
        [2, 'a bad film', 'positive', 'negative'],
      ],
    );
    const [header, ...lines] = (await readFile(output, 'utf8')).trim().split('\n');
    const begun = JSON.parse(header!) as Record<string, unknown>;
    assert.deepEqual([begun['glassbox'], begun['dataset']], ['evaluation-run', 'data.jsonl']);
    const first = JSON.parse(lines[0]!) as Record<string, unknown>;
    assert.deepEqual(
      [lines.length, first['predicted'], first['gold'], first['correct']],
      [10, 'positive', 'positive', true],
    );
  });

  it('finds the lines of a cell again, in the file', async () => {
    const { run, file } = place(mixed);
    const { cellRows } = await run(new FakePredictor());
    const source = await openFileLines(file);
    const from = { source, format: 'jsonl' } as const;
    const cell = cellRows(from, { gold: 'positive', predicted: 'negative' });
    assert.deepEqual(
      [cell.total, cell.rows.map(({ line, text, correct }) => [line, text, correct])],
      [
        2,
        [
          [2, 'a bad film', false],
          [7, 'bad bad film', false],
        ],
      ],
    );
    assert.ok(Math.abs(cell.rows[0]!.confidence! - (1 - positiveOf('a bad film'))) < 1e-12);
    assert.equal(cellRows(from, { gold: 'positive', predicted: 'negative' }, 1).rows.length, 1);
    assert.equal(cellRows(from, { gold: 'negative', predicted: 'positive' }).total, 0);
    await source.close();
  });

  it('is the same when it was stopped, or killed in the middle of a line, and gone on with', async () => {
    const lines = Array.from({ length: 700 }, (_, i) => (i % 97 === 5 ? mixed[i % 7]! : lineOf(i)));
    const { run, output } = place(lines);
    const whole = (await run(new FakePredictor(), {}, { output: null })).state;
    const stop = new AbortController();
    const stopped = await run(new FakePredictor(), {
      signal: stop.signal,
      onProgress: ({ state }) => {
        if (state.summary.done > 0) stop.abort();
      },
    });
    assert.equal(stopped.state.state, 'stopped');
    assert.ok(stopped.state.summary.done > 0 && stopped.state.summary.done < 700);
    await truncate(output, (await readFile(output)).length - 3);
    const engine = new FakePredictor();
    let atStart = -1;
    const resumed = await run(engine, {
      onProgress: ({ state }) => {
        if (atStart < 0) atStart = state.summary.done;
      },
    });
    assert.equal(atStart, stopped.state.summary.done - 1, 'half a line is done again');
    assert.deepEqual(resumed.state, { ...whole, saved: output });
    const asked = engine.chunks.reduce((sum, count) => sum + count, 0);
    assert.ok(asked <= 700 - atStart, 'what was done is not asked again');
    assert.deepEqual((await run(new FakePredictor())).state, resumed.state);
    const written = (await readFile(output, 'utf8')).trim().split('\n').slice(1);
    assert.deepEqual(
      written.map(text => (JSON.parse(text) as { record: { line: number } }).record.line),
      Array.from({ length: 700 }, (_, i) => i + 1),
    );
  });

  it('refuses results of other files, models and settings, and of lines that were changed', async () => {
    const { run, file, output } = place([lineOf(1), lineOf(2)]);
    await run(new FakePredictor());
    const kept = await readFile(output, 'utf8');
    const other = new FakePredictor();
    other.hash = 'other';
    await assert.rejects(run(other), /holds an evaluation on another model/);
    await assert.rejects(run(new FakePredictor(), {}, { lines: [0] }), /other settings \(lines\)/);
    await writeFile(file, [lineOf(1), lineOf(3)].join('\n'));
    await assert.rejects(run(new FakePredictor()), /line 2, was changed after it was evaluated/);
    assert.equal(await readFile(output, 'utf8'), kept);
    await appendFile(output, '{"record": {"line": 3}}\n');
    await assert.rejects(run(new FakePredictor()), /line 4: this is no result of an evaluation/);
    await assert.rejects(run(new FakePredictor(), {}, { output: file }), /is the dataset itself/);
  });

  it('is about the chosen lines alone', async () => {
    const { run } = place(mixed);
    const { state } = await run(new FakePredictor(), {}, { lines: [0, 6], output: null });
    assert.deepEqual(
      [state.about, state.summary.total, state.summary.done],
      ['2 selected lines of data.jsonl', 2, 2],
    );
  });

  it('keeps the engine busy: a chunk waits while another is at work', async () => {
    const { run } = place(Array.from({ length: 500 }, (_, i) => lineOf(i)));
    const engine = new FakePredictor();
    await run(engine, {}, { output: null });
    assert.equal(engine.mostAtWork, 2);
    assert.ok(engine.chunks.length < 100, 'chunks become larger');
  });

  it('takes some bytes a line, however long the lines are', async () => {
    const long = Array.from({ length: 60 }, (_, k) => words[k % 11]).join(' ');
    const lines = Array.from({ length: 20_000 }, (_, i) =>
      JSON.stringify({ text: `${long} ${i}`, label: i % 3 ? 'positive' : 'negative' }),
    );
    const { run } = place(lines);
    // Texts are counted by their first words, so that the test is quick.
    const engine = new FakePredictor({
      task: 'text-classification',
      labels: ['negative', 'positive'],
      answer: input => fakeAnswer({ ...input, text: input.text.slice(0, 40) }),
    });
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const heap = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    let kept: Evaluation | null = null;
    const before = heap();
    await run(engine, {
      onProgress: evaluation => {
        kept = evaluation;
      },
    });
    assert.equal(kept!.state.summary.done, 20_000);
    assert.equal(kept!.state.wrong.length, 1000);
    const file = lines.reduce((sum, text) => sum + text.length, 0);
    const grown = heap() - before;
    assert.ok(file > 6e6 && grown < 2e6, `${grown} bytes more for a file of ${file}`);
  });
});
