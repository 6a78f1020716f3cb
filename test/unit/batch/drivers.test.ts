/** Which words drive a file, on models whose words have known numbers, with a shortcut planted in the data. */
import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import {
  defaultDrivers,
  driversRun,
  type DriversWatch,
} from '../../../src/batch/drivers/driversRun';
import { twoProportions, WordTable } from '../../../src/batch/drivers/wordTable';
import { formatOf, openFileLines } from '../../../src/dataset';
import type { DriverRow, DriversSettings, DriversState } from '../../../src/protocol/evaluation';
import { bagModel, sumOfNumbers, type BagOptions } from '../../support/bags';
import { LocalEngine } from '../../support/localEngine';
import { Folders } from '../../support/models';
import { seededRandom } from '../../support/numbers';

const numbers: Record<string, readonly number[]> = {
  zorg: [2.5],
  good: [0.75],
  bad: [-0.75],
  ...{ film: [0.05], the: [0], was: [-0.02], plot: [0.02], soup: [-0.05], long: [0.01] },
};

const near = (found: number, expected: number, within = 1e-5): void => {
  assert.ok(Math.abs(found - expected) <= within, `${found}, not ${expected}`);
};

describe('batch: which words drive a file', function () {
  this.timeout(60_000);
  const folders = new Folders();
  const engine = new LocalEngine();
  after(async () => {
    await engine.release();
    folders.remove();
  });

  /** A bag of words, its logits [sum, 0]. */
  async function bag(options: BagOptions = {}, more: typeof numbers = {}): Promise<string> {
    const model = await bagModel(folders, { ...numbers, ...more }, sumOfNumbers, options);
    await model.release();
    return model.about.dir;
  }

  async function run(
    modelDir: string,
    lines: readonly string[],
    settings: Partial<DriversSettings> = {},
    watch: DriversWatch = {},
  ): Promise<DriversState> {
    const file = path.join(folders.with({ 'data.jsonl': lines.join('\n') }), 'data.jsonl');
    const source = await openFileLines(file);
    try {
      const dataset = { file, path: file, source, format: formatOf(file)! };
      const question = { modelDir, device: 'cpu' } as const;
      const asked = { ...defaultDrivers, ...settings };
      return await driversRun({ dataset, question, settings: asked }, engine, watch);
    } finally {
      await source.close();
    }
  }

  /** 'zorg' stands in most lines of 'yes' and in few of 'no'; 'good' and 'bad' are what should count, and hardly tell. */
  function planted(count: number): string[] {
    const random = seededRandom(3);
    const fillers = ['film', 'the', 'was', 'plot', 'soup', 'long'];
    return Array.from({ length: count }, () => {
      const label = random() < 0.5 ? 'yes' : 'no';
      const words = Array.from({ length: 5 }, () => fillers[Math.floor(random() * 6)]!);
      const meant = random() < 0.6 ? label : label === 'yes' ? 'no' : 'yes';
      words.push(meant === 'yes' ? 'Good' : 'bad');
      if (random() < (label === 'yes' ? 0.9 : 0.05)) words.splice(2, 0, 'ZORG');
      return JSON.stringify({ text: words.join(' '), label });
    });
  }

  const rowOf = (rows: readonly DriverRow[], word: string, label: string): DriverRow =>
    rows.find(row => row.word === word && row.label === label)!;

  it('puts a planted shortcut first, towards its label and away from the other', async () => {
    const lines = planted(400);
    const state = await run(await bag(), lines);
    assert.deepEqual([state.state, state.total, state.done], ['done', 400, 400]);
    assert.deepEqual(state.labels, ['yes', 'no']);
    const yes = state.rows.filter(({ label }) => label === 'yes');
    assert.equal(yes[0]!.word, 'zorg');
    const away = state.rows.filter(({ label, mean }) => label === 'no' && mean < 0);
    assert.equal(away[0]!.word, 'zorg');

    const {
      mean,
      error,
      occurrences,
      lines: on,
      labelShare,
      labelShareOfAll,
      z,
      examples,
    } = yes[0]!;
    const parsed = lines.map(line => JSON.parse(line) as { text: string; label: string });
    const having = parsed.filter(({ text }) => text.includes('ZORG'));
    const own = having.filter(({ label }) => label === 'yes').length;
    const all = parsed.filter(({ label }) => label === 'yes').length;
    near(mean, 1.25);
    near(error, 0);
    assert.deepEqual([occurrences, on], [having.length, having.length]);
    near(labelShare!, own / having.length, 1e-12);
    near(labelShareOfAll!, all / 400, 1e-12);
    const pooled = all / 400;
    const rest = 400 - having.length;
    const gap = own / having.length - (all - own) / rest;
    near(z!, gap / Math.sqrt(pooled * (1 - pooled) * (1 / having.length + 1 / rest)), 1e-9);
    assert.ok(z! > 10, 'far from chance');
    assert.ok(examples.every(line => parsed[line - 1]!.text.includes('ZORG')));
    assert.equal(examples.length, 5);
  });

  it('has of every word half of its number towards one label, and as much away from the other', async () => {
    const { rows } = await run(await bag(), planted(120));
    for (const [word, [number]] of Object.entries(numbers)) {
      if (number === 0) continue;
      near(rowOf(rows, word, 'yes').mean, number! / 2);
      near(rowOf(rows, word, 'no').mean, -number! / 2);
    }
  });

  it('turns the sign of losses: what lowers the loss of a label is towards it', async () => {
    const loss = await run(await bag(), planted(60), { scalar: 'loss' });
    assert.ok(rowOf(loss.rows, 'good', 'yes').mean > 0 && rowOf(loss.rows, 'good', 'no').mean < 0);
    assert.ok(rowOf(loss.rows, 'bad', 'yes').mean < 0);
  });

  it('leaves out words of few lines, and lines that cannot be read; without gold there is no share', async () => {
    const lines = [
      '{"text": "zorg film"}',
      '{"text": broken}',
      '{"text": "zorg zorg the film"}',
      '{"text": "soup film"}',
    ];
    const { rows, done } = await run(await bag(), lines, { leastLines: 2 });
    assert.equal(done, 4);
    assert.deepEqual([...new Set(rows.map(({ word }) => word))].sort(), ['film', 'zorg']);
    const zorg = rowOf(rows, 'zorg', 'yes');
    assert.deepEqual([zorg.occurrences, zorg.lines, zorg.examples], [3, 2, [1, 3]]);
    assert.deepEqual([zorg.labelShare, zorg.labelShareOfAll, zorg.z], [null, null, null]);
  });

  it('keeps capitals that the tokenizer keeps', async () => {
    const dir = await bag({ lowercase: false }, { Film: [0.5] });
    const lines = ['Film film', 'a Film', 'film Film'].map(text => JSON.stringify({ text }));
    const { rows } = await run(dir, lines, { leastLines: 2 });
    near(rowOf(rows, 'Film', 'yes').mean, 0.25);
    near(rowOf(rows, 'film', 'yes').mean, 0.025);
  });

  it('can be stopped, and says what it found', async () => {
    const stop = new AbortController();
    const onProgress = ({ done }: DriversState): void => {
      if (done > 0) stop.abort();
    };
    const state = await run(await bag(), planted(600), {}, { signal: stop.signal, onProgress });
    assert.equal(state.state, 'stopped');
    assert.ok(state.done > 0 && state.done < 600 && state.rows.length > 0);
  });

  it('refuses models that decide about single words', async () => {
    const dir = folders.textModel('bert-ner');
    await assert.rejects(run(dir, ['{"text": "a film"}']), { code: 'unsupported' });
  });

  it('has means and standard errors as they are defined', () => {
    const value = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 2, maxLength: 30 }), values => {
        const table = new WordTable(['a'], 2);
        values.forEach((pull, i) => {
          table.add(i + 1, [{ word: 'w', towards: [{ label: 'a', value: pull }] }], ['a']);
        });
        const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
        const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
        const [row] = table.rows();
        if (!row) {
          assert.ok(Math.abs(mean) < 1e-12);
          return;
        }
        near(row.mean, mean, 1e-9);
        near(row.error, Math.sqrt(squares / (values.length - 1) / values.length), 1e-9);
        assert.equal(row.z, null, 'all lines have the word and the label');
      }),
    );
  });

  it('has the z of a textbook', () => {
    // 45 of 100 against 30 of 100: pooled 0.375, z = 0.15 / sqrt(0.375 * 0.625 * 0.02).
    near(twoProportions(45, 100, 30, 100)!, 2.19089, 1e-5);
    assert.equal(twoProportions(1, 1, 0, 0), null);
    assert.equal(twoProportions(3, 3, 4, 4), null);
  });
});
