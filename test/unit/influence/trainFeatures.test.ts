/** Features of training files: from the cache what would be computed anew, however they came there. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { LossModel } from '../../../src/interpret/influence/curvature/lossModel';
import { FeatureProgram } from '../../../src/interpret/influence/head/featureProgram';
import { emptyState, logitsOf, lossOf } from '../../../src/interpret/influence/head/linearHead';
import { openTrainingSet } from '../../../src/interpret/influence/train/openTrainingSet';
import type { TrainFeatures, TrainingSet } from '../../../src/interpret/influence/trainingSet';
import { loadModel } from '../../../src/model/loadModel';
import type { Model } from '../../../src/model/model';
import { Folders } from '../../support/models';
import { allExamples, allRows, jsonl, labelledModel, texts } from '../../support/trainFiles';

const labels = ['bad', 'good', 'mixed'];
const tags = ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC'];

describe('features of a training file', () => {
  const folders = new Folders();
  let model: Model;
  let tagger: Model;
  before(async () => {
    model = await labelledModel(folders, 'bert', labels);
    tagger = await labelledModel(folders, 'bert-ner', tags);
  });
  after(async () => {
    await model.release();
    await tagger.release();
    folders.remove();
  });

  interface OpenOptions {
    readonly cacheDir: string;
    readonly inMemory?: number;
    readonly by?: Model;
  }
  async function withSet<T>(
    file: string,
    { by = model, ...options }: OpenOptions,
    work: (set: TrainingSet) => Promise<T>,
  ): Promise<T> {
    const set = await openTrainingSet(by, { path: file }, options);
    try {
      return await work(set);
    } finally {
      await set.release();
    }
  }
  /** Computed, cached, and all rows. */
  async function rowsOf(file: string, options: OpenOptions) {
    return await withSet(file, options, async set => {
      const { computed, cached, source } = await set.features();
      return { computed, cached, ...(await allRows(source)) };
    });
  }
  const labelled = (some: readonly string[]) =>
    jsonl(some.map((text, i) => ({ text, label: labels[i % 3] })));
  const fileOf = (content: string, name = 'train.jsonl'): string =>
    path.join(folders.with({ [name]: content }), name);
  const near = (a: readonly number[], b: readonly number[]): void => {
    assert.equal(a.length, b.length);
    const off = a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
    assert.ok(off < 1e-5, `off by ${off}`);
  };

  it('are those of the model, with the labels of the file', async () => {
    const cacheDir = folders.empty();
    const file = fileOf(labelled(texts(150, 1)));
    const first = await withSet(file, { cacheDir }, async set => {
      const examples = await allExamples(set);
      const program = await FeatureProgram.of(model);
      const own = await program.run(examples.map(({ row }) => row));
      const found = await set.features();
      assert.deepEqual([found.computed, found.cached], [150, 0]);
      assert.deepEqual(
        found.starts,
        Float64Array.from({ length: 151 }, (_, i) => i),
      );
      const rows = await allRows(found.source);
      near(rows.features, Array.from(own.features));
      const hot = examples.flatMap(({ target }) =>
        labels.map((_, label) => Number(label === target)),
      );
      assert.deepEqual(rows.targets, hot);
      assert.deepEqual([set.summary().computed, set.summary().cached], [150, 0]);
      // Asked again, of the same set.
      const again = await set.features();
      assert.deepEqual([again.computed, again.cached], [0, 150]);
      return rows.features;
    });
    const second = await rowsOf(file, { cacheDir });
    assert.deepEqual([second.computed, second.cached], [0, 150]);
    assert.deepEqual(second.features, first);
    const fromDisk = await rowsOf(file, { cacheDir, inMemory: 0 });
    assert.deepEqual(fromDisk.features, first);
  });

  it('are computed for lines that were added, and shared by files and by lines that say the same', async () => {
    const cacheDir = folders.empty();
    const some = texts(200, 2);
    const part = await rowsOf(fileOf(labelled(some.slice(0, 120))), { cacheDir });
    assert.equal(part.computed, 120);
    const all = [...some.slice(150), ...some.slice(0, 150), ...some.slice(0, 10)];
    const grown = await rowsOf(fileOf(labelled(all)), { cacheDir });
    // Short texts may be the same by chance.
    const known = new Set(some.slice(0, 120));
    assert.equal(grown.computed, all.filter(text => !known.has(text)).length);
    const fresh = await rowsOf(fileOf(labelled(all)), { cacheDir: folders.empty() });
    near(grown.features, fresh.features);
    assert.deepEqual(grown.targets, fresh.targets);
    const width = grown.features.length / grown.rows;
    assert.deepEqual(
      grown.features.slice(200 * width),
      grown.features.slice(50 * width, 60 * width),
    );
  });

  it('are the same bytes after a run that was cancelled and went on', async () => {
    const file = fileOf(labelled(texts(1100, 3, 30)));
    const cacheDir = folders.empty();
    const control = new AbortController();
    const says: string[] = [];
    await withSet(file, { cacheDir }, async set => {
      const cancelled = set.features({
        signal: control.signal,
        progress: progress => {
          says.push(progress.says);
          control.abort();
        },
      });
      await assert.rejects(cancelled, { code: 'cancelled' });
    });
    assert.match(says[0]!, /^Features of \d+ of 1100 lines$/u);
    const rest = await rowsOf(file, { cacheDir });
    assert.ok(rest.cached > 0 && rest.computed > 0, `${rest.cached} and ${rest.computed}`);
    const whole = await rowsOf(file, { cacheDir: folders.empty() });
    assert.equal(whole.computed, 1100);
    assert.deepEqual(rest.features, whole.features);
  });

  it('survive a writer that was killed, and two that write at once', async () => {
    const file = fileOf(labelled(texts(90, 4)));
    const cacheDir = folders.empty();
    const found = await Promise.all([1, 2].map(() => rowsOf(file, { cacheDir })));
    // The later of the two may find some of what the earlier one wrote.
    assert.deepEqual(
      found.map(({ computed, cached }) => computed + cached),
      [90, 90],
    );
    const { features } = found[0]!;
    assert.deepEqual(found[1]!.features, features);
    const folder = path.join(cacheDir, readdirSync(cacheDir)[0]!);
    const segments = readdirSync(folder).filter(name => name.endsWith('.features'));
    assert.ok(segments.length > 0);
    for (const name of segments) truncateSync(path.join(folder, name), 3000);
    const after = await rowsOf(file, { cacheDir });
    assert.deepEqual([after.computed, after.cached], [90, 0]);
    assert.deepEqual(after.features, features);
  });

  it('are lost and found again where the cache shrinks under them', async () => {
    const cacheDir = folders.empty();
    const file = fileOf(labelled(texts(50, 5)));
    await withSet(file, { cacheDir, inMemory: 0 }, async set => {
      const { source } = await set.features();
      const [folder] = readdirSync(cacheDir).map(name => path.join(cacheDir, name));
      const [segment] = readdirSync(folder!).filter(name => name.endsWith('.features'));
      const before = await allRows(source);
      truncateSync(path.join(folder!, segment!), 100);
      await assert.rejects(allRows(source), {
        code: 'bad-input',
        message: 'The cache of features was changed while it was used; ask again.',
      });
      const again = await set.features();
      assert.equal(again.computed, 50);
      assert.deepEqual((await allRows(again.source)).features, before.features);
    });
  });

  it('are others for another model, another tokenizer and another length', async () => {
    const cacheDir = folders.empty();
    const file = fileOf(labelled(texts(20, 6)));
    await rowsOf(file, { cacheDir });
    const changed = async (name: string, change: (text: string) => string): Promise<Model> => {
      const folder = folders.textModel();
      const place = path.join(folder, name);
      writeFileSync(place, change(readFileSync(place, 'utf8')));
      const config = path.join(folder, 'config.json');
      const text = labels.reduce(
        (all, label, i) => all.replaceAll(`"LABEL_${i}"`, `"${label}"`),
        readFileSync(config, 'utf8'),
      );
      writeFileSync(config, text);
      return await loadModel(folder, 'cpu');
    };
    const others = [
      await labelledModel(folders, 'distilbert', labels),
      await changed('tokenizer.json', text =>
        text.replace('"lowercase": true', '"lowercase": false'),
      ),
      await changed('config.json', text =>
        text.replace('"max_position_embeddings": 64', '"max_position_embeddings": 32'),
      ),
    ];
    for (const by of others) {
      const { computed } = await rowsOf(file, { cacheDir, by });
      assert.equal(computed, 20);
      await by.release();
    }
    const same = await changed('config.json', text => text);
    assert.equal((await rowsOf(file, { cacheDir, by: same })).computed, 0);
    await same.release();
  });

  it('of a tagger are those of the words that count, and weigh as much as their line', async () => {
    const cacheDir = folders.empty();
    const sentences = texts(40, 7).map((text, i) => {
      // A word of two pieces, and one of which the tokenizer leaves nothing.
      const words = [...text.split(' '), ...(i % 3 === 0 ? ['charming'] : [])];
      if (i % 4 === 0) words.splice(1, 0, '\u0007');
      return words.map((word, at) => `${word}\t${tags[(i + at) % tags.length]!}\n`).join('');
    });
    const file = fileOf(sentences.join('\n'), 'train.conll');
    await withSet(file, { cacheDir, by: tagger }, async set => {
      const examples = await allExamples(set);
      const program = await FeatureProgram.of(tagger);
      const counting = examples.map(({ target }) =>
        (target as number[]).flatMap((tag, at) => (tag >= 0 ? [at] : [])),
      );
      const own = await program.run(
        examples.map(({ row }) => row),
        { positions: counting },
      );
      const found = await set.features();
      const rows = await allRows(found.source);
      near(rows.features, Array.from(own.features));
      assert.deepEqual(
        rows.targets,
        examples.flatMap(({ target }) =>
          (target as number[])
            .filter(tag => tag >= 0)
            .flatMap(tag => tags.map((_, label) => Number(label === tag))),
        ),
      );
      counting.forEach((positions, i) => {
        const [from, to] = [found.starts[i]!, found.starts[i + 1]!];
        assert.equal(to - from, positions.length);
        assert.deepEqual(
          rows.weights.slice(from, to),
          positions.map(() => 1 / positions.length),
        );
      });
      // The mean loss over the lines, by the last layer and by the whole graph.
      const { head } = program.place;
      const [logits, state] = [new Float64Array(head.classes), emptyState(head.classes)];
      let total = 0;
      for (let row = 0; row < rows.rows; row++) {
        logitsOf(head, rows.features, row * head.width, logits);
        total +=
          rows.weights[row]! * lossOf(head.link, logits, rows.targets, row * head.classes, state);
      }
      const losses = await (await LossModel.of(tagger, { lastBlocks: 0 })).losses(examples);
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      assert.ok(Math.abs(total / set.count - mean) < 1e-5, `${total / set.count}, ${mean}`);
    });
    // Read from the cache alone, words and all.
    const first = await rowsOf(file, { cacheDir, by: tagger });
    assert.equal(first.computed, 0);
    const fresh = await rowsOf(file, { cacheDir: folders.empty(), by: tagger });
    assert.deepEqual(first, { ...fresh, computed: 0, cached: fresh.computed });
  });

  it('of several labels and of numbers have their targets', async () => {
    const several = await labelledModel(folders, 'bert', labels, {
      problem_type: 'multi_label_classification',
    });
    const numbers = await labelledModel(folders, 'bert', ['x', 'y', 'z'], {
      problem_type: 'regression',
    });
    const targetsOf = async (by: Model, records: readonly unknown[]): Promise<number[]> => {
      const file = fileOf(jsonl(records));
      return (await rowsOf(file, { cacheDir: folders.empty(), by })).targets;
    };
    const kinds = await targetsOf(several, [
      { text: 'good film', labels: ['good', 'mixed'] },
      { text: 'film', labels: [] },
    ]);
    assert.deepEqual(kinds, [0, 1, 1, 0, 0, 0]);
    const points = await targetsOf(numbers, [{ text: 'good film', labels: [0.5, -1, 2.25] }]);
    assert.deepEqual(points, [0.5, -1, 2.25]);
    await several.release();
    await numbers.release();
  });

  it('know which texts are too long without reading them again', async () => {
    const cacheDir = folders.empty();
    const long = Array<string>(100).fill('film').join(' ');
    const file = fileOf(labelled(['good', long, 'bad']));
    const notes = async (): Promise<unknown[]> =>
      await withSet(file, { cacheDir }, async set => {
        const { cached }: TrainFeatures = await set.features();
        return [cached, set.notes.map(({ says }) => says)];
      });
    const says = [
      '1 of 3 training texts are longer than the 64 tokens that the model reads; their beginning counts, as in training.',
    ];
    assert.deepEqual(await notes(), [0, says]);
    assert.deepEqual(await notes(), [3, says]);
  });
});
