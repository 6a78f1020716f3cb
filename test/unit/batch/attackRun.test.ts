/** A run over many records: what it writes, that it can be stopped or killed anywhere, and what it refuses. */
import assert from 'node:assert/strict';
import { appendFile, link, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { attackRun, type AttackRun, type AttackRunWatch } from '../../../src/batch/attackRun';
import { csvBeside } from '../../../src/batch/resultFiles';
import { formatOf, openFileLines } from '../../../src/dataset';
import type { AttackOptions } from '../../../src/protocol/attack';
import type { AttackTable } from '../../../src/protocol/attackTable';
import { FakeEngine } from '../../support/fakeAttacks';
import { Folders } from '../../support/models';

const dataset = [
  '{"text": "one good film", "label": "positive"}',
  '{"text": "sturdy good film", "label": "positive"}',
  '',
  '{"text": broken}',
  '{"text": "REFUSE this one", "label": "positive"}',
  '{"text": "=cmd() \\"x\\", é 🎬\\nnext", "label": "negative"}',
  '{"text": "last good film"}',
].join('\n');

describe('batch: attack on many records', () => {
  const folders = new Folders();
  after(() => {
    folders.remove();
  });

  /** A folder with the dataset, and what runs in it. */
  function place(text = dataset, name = 'reviews.jsonl') {
    const folder = folders.with({ [name]: text });
    const at = (file: string) => path.join(folder, file);
    const file = at(name);
    const jsonl = at('results.jsonl');
    const output = { jsonl, csv: csvBeside(jsonl) };
    async function run(
      engine: FakeEngine,
      watch: AttackRunWatch = {},
      changed: {
        options?: AttackOptions;
        output?: AttackRun['output'];
        lines?: readonly number[];
        target?: string;
      } = {},
    ): Promise<AttackTable> {
      const source = await openFileLines(file);
      try {
        return await attackRun(
          {
            dataset: {
              ...{ file: name, path: file, source, format: formatOf(name)! },
              ...(changed.lines && { lines: changed.lines }),
            },
            question: {
              ...{ modelDir: 'm', device: 'cpu', attack: 'hotflip', label: { kind: 'predicted' } },
              options: changed.options ?? { beam: 2 },
              target: changed.target ?? null,
            },
            output: changed.output === undefined ? output : changed.output,
          },
          engine,
          watch,
        );
      } finally {
        await source.close();
      }
    }
    const lines = async () => (await readFile(jsonl, 'utf8')).trimEnd().split('\n');
    const table = async () => await readFile(output.csv, 'utf8');
    return { folder, at, file, output, run, lines, table };
  }

  /** Without what differs from run to run. */
  const timeless = (lines: readonly string[]) =>
    lines.map(line => line.replace(/"started":"[^"]*"/, '"started":""'));

  it('writes a header, a line for each record, and the table', async () => {
    const { run, lines, table } = place();
    const told: number[] = [];
    const done = await run(new FakeEngine(), {
      onStart: ({ rows }) => told.push(rows.length),
      onRow: ({ rows, summary, state }, line, result) => {
        assert.equal(state, 'running');
        assert.equal(summary.done, rows.length);
        assert.equal(line.record.line, rows.at(-1)!.line);
        assert.equal(result === null, line.outcome === 'error');
        told.push(rows.length);
      },
    });
    assert.deepEqual(told, [0, 1, 2, 3, 4, 5, 6]);
    assert.deepEqual([done.state, done.file], ['done', 'reviews.jsonl']);
    assert.deepEqual(
      done.rows.map(({ line, outcome, before, after }) => [line, outcome, before, after]),
      [
        [1, 'flipped', 'positive', 'negative'],
        [2, 'failed', 'positive', 'positive'],
        [4, 'error', '', ''],
        [5, 'error', '', ''],
        [6, 'flipped', 'positive', 'negative'],
        [7, 'flipped', 'positive', 'negative'],
      ],
    );
    const { total, succeeded, failed, errors, accuracyBefore, accuracyAfter } = done.summary;
    assert.deepEqual([total, succeeded, failed, errors], [6, 3, 1, 2]);
    assert.deepEqual([accuracyBefore, accuracyAfter], [2 / 3, 2 / 3]);

    const [header, ...results] = (await lines()).map(line => JSON.parse(line) as never);
    const { settings, ...rest } = header as unknown as { settings: { options: AttackOptions } };
    assert.deepEqual(Object.keys(rest), [
      ...['glassbox', 'version', 'dataset', 'model_name', 'model_hash', 'started'],
    ]);
    assert.equal(settings.options.beam, 2);
    assert.equal(settings.options.maxFlips, 5, 'with the defaults');
    const records = results.map(({ record }) => record as { sha256: string; file: string });
    assert.ok(records.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256)));
    const [refused] = results.slice(3);
    assert.deepEqual(refused, {
      record: { file: 'reviews.jsonl', line: 5, field: 'text', sha256: records[3]!.sha256 },
      outcome: 'error',
      says: 'There is no such label.',
      success: false,
      code: 'bad-input',
      original: { text: 'REFUSE this one' },
      glassbox: (header as unknown as { version: string }).version,
    });

    const cells = parse(await table(), { columns: true });
    assert.equal((cells[4] as Record<string, string>)['original'], '=cmd() "x", é 🎬\nnext');
    assert.deepEqual(cells[1], {
      line: '2',
      original: 'sturdy good film',
      attacked: 'FLIP film',
      outcome: 'failed',
      says: 'no flip within 2 changes',
      success: 'false',
      before: 'positive',
      after: 'positive',
      gold: 'positive',
      words_changed: '2',
      words: '3',
      queries: '9',
      verified_from_text: 'true',
    });
  });

  it('without files it only tells', async () => {
    const { run, folder } = place();
    const done = await run(new FakeEngine(), {}, { output: null });
    assert.deepEqual([done.rows.length, done.saved], [6, { jsonl: '', csv: '' }]);
    assert.deepEqual(await import('node:fs/promises').then(fs => fs.readdir(folder)), [
      'reviews.jsonl',
    ]);
  });

  it('chosen lines only', async () => {
    const { run, lines } = place();
    const done = await run(new FakeEngine(), {}, { lines: [6, 0, 2] });
    assert.deepEqual(
      done.rows.map(({ line }) => line),
      [1, 7],
    );
    const { settings } = JSON.parse((await lines())[0]!) as { settings: { lines: number[] } };
    assert.deepEqual(settings.lines, [1, 3, 7]);
    await assert.rejects(run(new FakeEngine()), /results\.jsonl.*other settings \(lines\)/);
  });

  it('a pair is written one text below the other', async () => {
    const { run } = place('{"premise": "a b c", "hypothesis": "d e"}');
    const { rows } = await run(new FakeEngine());
    assert.deepEqual(
      rows.map(({ original, attacked }) => [original, attacked]),
      [['a b c\nd e', 'FLIP c\nd e']],
    );
  });

  describe('stopped and gone on with', () => {
    /** Stops after `count` records. */
    function stopAfter(count: number): AttackRunWatch {
      const stop = new AbortController();
      let left = count;
      if (left === 0) stop.abort();
      const onRow = () => {
        if (--left === 0) stop.abort();
      };
      return { signal: stop.signal, onRow };
    }

    it('anywhere: what comes out is what an uninterrupted run writes', async () => {
      const whole = place();
      const full = await whole.run(new FakeEngine());
      for (let count = 1; count <= 5; count++) {
        const { run, lines, table } = place();
        const first = new FakeEngine();
        const stopped = await run(first, stopAfter(count));
        assert.deepEqual([stopped.state, stopped.rows.length], ['stopped', count]);
        assert.equal((await lines()).length, 1 + count);
        const second = new FakeEngine();
        let back = -1;
        const done = await run(second, { onStart: ({ rows }) => (back = rows.length) });
        assert.equal(back, count);
        assert.deepEqual(
          { ...done, saved: null },
          { ...full, saved: null },
          `stopped after ${count}`,
        );
        assert.deepEqual(timeless(await lines()), timeless(await whole.lines()));
        assert.equal(await table(), await whole.table());
        assert.equal(first.asked.length + second.asked.length, 5, 'nothing is asked twice');
        const third = new FakeEngine();
        await run(third);
        assert.deepEqual([third.asked, third.loads], [[], 1], 'all is done');
      }
    });

    it('killed while it wrote: wherever its files end', async () => {
      const whole = place();
      await whole.run(new FakeEngine());
      const bytes = await readFile(whole.output.jsonl);
      const rows = Buffer.from(await whole.table());
      for (let length = 0; length <= bytes.length; length += 97) {
        const { run, output, lines, table } = place();
        await writeFile(output.jsonl, bytes.subarray(0, length));
        await writeFile(
          output.csv,
          rows.subarray(0, Math.round((length / bytes.length) * rows.length)),
        );
        const done = await run(new FakeEngine());
        assert.equal(done.rows.length, 6);
        assert.deepEqual(timeless(await lines()), timeless(await whole.lines()), `${length} bytes`);
        assert.equal(await table(), await whole.table());
      }
    });

    it('stopped inside a record: it is not recorded', async () => {
      const { run, lines } = place();
      const stop = new AbortController();
      const engine = new FakeEngine();
      const call = engine.call.bind(engine);
      engine.call = async (name, params, options) => {
        const answer = await call(name, params, options);
        if (engine.asked.length === 2) {
          stop.abort();
          return await call(name, params, options);
        }
        return answer;
      };
      const { state, rows } = await run(engine, { signal: stop.signal });
      assert.deepEqual([state, rows.length, (await lines()).length], ['stopped', 1, 2]);
    });

    it('a record that two runs wrote at once counts once', async () => {
      const { run, output, lines } = place();
      const { rows } = await run(new FakeEngine());
      await appendFile(output.jsonl, `${(await lines())[2]!}\n`);
      assert.deepEqual((await run(new FakeEngine())).rows, rows);
    });

    it('the table is written again when it is gone', async () => {
      const { run, output, table } = place();
      await run(new FakeEngine());
      const before = await table();
      await import('node:fs/promises').then(fs => fs.rm(output.csv));
      await run(new FakeEngine());
      assert.equal(await table(), before);
    });
  });

  describe('errors of the engine', () => {
    it('a crash is tried once more; a record that crashes it again is an error', async () => {
      const { run } = place('a HICCUP here\na CRASH here\nthe last one', 'notes.txt');
      const engine = new FakeEngine();
      const { rows } = await run(engine);
      assert.deepEqual(
        rows.map(({ outcome, says }) => [outcome, says.slice(0, 11)]),
        [
          ['flipped', 'flipped pos'],
          ['error', 'The engine '],
          ['flipped', 'flipped pos'],
        ],
      );
      assert.equal(engine.asked.length, 5);
    });

    it('an engine that is gone for good ends the run, and what is done stays', async () => {
      const { run, lines } = place('first one\na CRASH here\nthe last one', 'notes.txt');
      const engine = new FakeEngine();
      engine.revives = false;
      await assert.rejects(run(engine), { code: 'engine-lost' });
      assert.equal((await lines()).length, 2);
    });
  });

  describe('refuses, and leaves the files as they are', () => {
    async function refused(
      setUp: ReturnType<typeof place>,
      says: RegExp,
      run: () => Promise<unknown>,
    ): Promise<void> {
      const { output } = setUp;
      const read = () =>
        Promise.all(
          [output.jsonl, output.csv].map(file => readFile(file, 'utf8').catch(() => null)),
        );
      const before = await read();
      await assert.rejects(run, (error: Error) => {
        assert.match(error.message, says);
        assert.match(error.message, /another file name|lines with text|give /);
        return true;
      });
      assert.deepEqual(await read(), before);
    }

    it('other settings, another model, another dataset', async () => {
      const here = place();
      await here.run(new FakeEngine());
      const engine = new FakeEngine();
      await refused(here, /results\.jsonl .*\(beam, maxFlips\)/, () =>
        here.run(engine, {}, { options: { beam: 3, maxFlips: 4 } }),
      );
      await refused(here, /results\.jsonl .*\(target\)/, () =>
        here.run(engine, {}, { target: 'negative' }),
      );
      engine.hash = 'other';
      await refused(here, /results\.jsonl .*another model \(fake\)/, () => here.run(engine));
      const elsewhere = place(dataset, 'other.jsonl');
      await writeFile(elsewhere.output.jsonl, await readFile(here.output.jsonl));
      await refused(elsewhere, /on reviews\.jsonl, not on other\.jsonl/, () =>
        elsewhere.run(new FakeEngine()),
      );
      // The default, said aloud, is no other setting.
      const same = await here.run(new FakeEngine(), {}, { options: { beam: 2, maxFlips: 5 } });
      assert.equal(same.state, 'done');
    });

    it('a target that the model cannot predict, before any record is asked about', async () => {
      const here = place();
      const engine = new FakeEngine();
      await assert.rejects(
        here.run(engine, {}, { target: 'happy' }),
        /no label "happy".*negative, positive/,
      );
      assert.deepEqual(engine.asked, []);
      await assert.rejects(here.lines(), { code: 'ENOENT' });
    });

    it('a record that was changed, or is gone, since it was attacked', async () => {
      const here = place();
      await here.run(new FakeEngine());
      await writeFile(here.file, dataset.replace('sturdy', 'study'));
      await refused(here, /reviews\.jsonl, line 2, was changed/, () => here.run(new FakeEngine()));
      await writeFile(here.file, dataset.split('\n').slice(0, -1).join('\n'));
      await refused(here, /reviews\.jsonl, line 7, was changed/, () => here.run(new FakeEngine()));
      // Records that come behind are new ones.
      await writeFile(here.file, `${dataset}\n{"text": "one more text"}`);
      const engine = new FakeEngine();
      assert.equal((await here.run(engine)).rows.length, 7);
      assert.deepEqual(engine.asked, ['one more text']);
    });

    it('files that are something else', async () => {
      for (const [jsonl, csv, says] of [
        ['{"text": "mine"}\n', null, /results\.jsonl is there already/],
        ['mine', null, /results\.jsonl is there already/],
        [null, 'a,b\n1,2\n', /results\.csv is there already/],
        [null, '', /results\.csv is there already/],
      ] as const) {
        const here = place();
        if (jsonl !== null) await writeFile(here.output.jsonl, jsonl);
        if (csv !== null) await writeFile(here.output.csv, csv);
        await refused(here, says, () => here.run(new FakeEngine()));
      }
      const here = place();
      await here.run(new FakeEngine());
      await writeFile(here.output.csv, 'a,b\n1,2\n');
      await refused(here, /results\.csv is there already/, () => here.run(new FakeEngine()));
      await truncate(here.output.csv);
      await appendFile(here.output.jsonl, '{"mine": 1}\n{"half');
      await refused(here, /results\.jsonl, line 8: this is no result/, () =>
        here.run(new FakeEngine()),
      );
      const other = place();
      await other.run(new FakeEngine());
      const lines = await readFile(other.output.jsonl, 'utf8');
      await writeFile(other.output.jsonl, lines.replace('"outcome":"', '"outcome":"un'));
      await refused(other, /this is no result/, () => other.run(new FakeEngine()));
    });

    it('the dataset itself, by any of its names', async () => {
      const here = place();
      const hard = here.at('hard.jsonl');
      const soft = here.at('soft.csv');
      await link(here.file, hard);
      await symlink(here.file, soft);
      for (const jsonl of [here.file, hard]) {
        await refused(here, /reviews\.jsonl is the dataset itself/, () =>
          here.run(new FakeEngine(), {}, { output: { jsonl, csv: here.at('x.csv') } }),
        );
      }
      await refused(here, /reviews\.jsonl is the dataset itself/, () =>
        here.run(new FakeEngine(), {}, { output: { jsonl: here.at('x.jsonl'), csv: soft } }),
      );
      assert.equal(await readFile(here.file, 'utf8'), dataset);
    });

    it('a folder that is not there, options without sense, nothing to attack', async () => {
      const here = place();
      const nowhere = here.at(path.join('nowhere', 'x.jsonl'));
      await refused(here, /cannot be written to .*x\.jsonl \(ENOENT\)/, () =>
        here.run(new FakeEngine(), {}, { output: { jsonl: nowhere, csv: here.at('x.csv') } }),
      );
      await refused(here, /width of the beam is 0/, () =>
        here.run(new FakeEngine(), {}, { options: { beam: 0 } }),
      );
      await refused(here, /no record in the chosen lines of reviews\.jsonl/, () =>
        here.run(new FakeEngine(), {}, { lines: [2] }),
      );
      const empty = place('\n\n');
      await refused(empty, /no record in reviews\.jsonl/, () => empty.run(new FakeEngine()));
    });
  });

  it('the table has the name of the results', () => {
    assert.deepEqual(['a/b.jsonl', 'b.NDJSON', 'b', 'b.csv', 'b.json'].map(csvBeside), [
      'a/b.csv',
      'b.csv',
      'b.csv',
      'b.csv.csv',
      'b.json.csv',
    ]);
  });
});
