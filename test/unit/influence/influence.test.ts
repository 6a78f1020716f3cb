/** Traces: the extremes against sorting all scores, and their rows against what the model says of the lines, read by themselves. */
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { traceInfluence } from '../../../src/interpret/influence/influence';
import { readingHash } from '../../../src/interpret/influence/train/reading';
import type { TrainingSet } from '../../../src/interpret/influence/trainingSet';
import { readTexts } from '../../../src/interpret/task/readText';
import { readers } from '../../../src/interpret/task/readers';
import { loadModel } from '../../../src/model/loadModel';
import type { Model } from '../../../src/model/model';
import type {
  InfluenceMethodName,
  InfluenceOptions,
  InfluenceRequest,
  InfluenceResult,
  InfluenceRow,
} from '../../../src/protocol/influence';
import { GlassboxError } from '../../../src/protocol/messages';
import type { TextInput } from '../../../src/protocol/task';
import { InfluenceTasks, inputsOf, recordsOf, type TaskName } from '../../support/influenceTasks';
import { assertClose } from '../../support/numbers';
import { jsonl } from '../../support/trainFiles';

interface Ask extends Partial<InfluenceRequest> {
  readonly method?: InfluenceMethodName;
  readonly options?: InfluenceOptions;
  readonly signal?: AbortSignal;
}

describe('a trace', () => {
  const tasks = new InfluenceTasks();
  after(() => tasks.release());

  async function trace(
    train: TrainingSet,
    tests: readonly TextInput[],
    { signal, ...changes }: Ask = {},
  ): Promise<InfluenceResult> {
    const request: InfluenceRequest = {
      modelDir: '',
      device: 'cpu',
      train: { path: train.path },
      cacheDir: tasks.folders.empty(),
      tests,
      method: 'head',
      options: {},
      allScores: true,
      ...changes,
    };
    const openModel = (dir: string) => loadModel(dir, 'cpu');
    return await traceInfluence(train.model, request, train, {
      openModel,
      ...(signal && { signal }),
    });
  }

  /** What the model says of each line, by the readers that explanations use: agreement, as the file has it. */
  async function readLines(train: TrainingSet, records: readonly object[]) {
    const inputs = inputsOf(records);
    const { reads } = await readTexts(train.model, inputs, {}, {});
    return reads.map((read, i) => {
      const { head } = train.model.about;
      const reading = readers[head.task](read!.hand);
      const { prediction } = reading.ask({ kind: 'predicted' }, 'both');
      return { input: inputs[i]!, reading, prediction };
    });
  }

  const linesOf = (rows: readonly InfluenceRow[]): number[] => rows.map(({ line }) => line);

  /** Lines sorted by score, of one sign. */
  function sorted(
    result: InfluenceResult,
    sign: 1 | -1,
    among: (line: number) => boolean,
  ): number[] {
    const { lines, scores } = result.scores!;
    return [...lines.keys()]
      .filter(i => sign * scores[i]! > 0 && among(lines[i]!))
      .sort((a, b) => sign * (scores[b]! - scores[a]!) || a - b)
      .map(i => lines[i]!);
  }

  for (const name of ['label', 'binary', 'labels', 'tags'] as TaskName[]) {
    it(`shows the largest and the smallest scores of all lines, and of those that disagree (${name})`, async () => {
      const records = recordsOf(name, 40, 4);
      // Twice the same lines: equal scores, and the earlier line comes first.
      const train = await tasks.openFile(name, jsonl([...records, ...records.slice(0, 10)]));
      const [test] = inputsOf(recordsOf(name, 1, 7));
      const lines = await readLines(train, [...records, ...records.slice(0, 10)]);
      const disagrees = (line: number): boolean => lines[line - 1]!.reading.correct === false;
      for (const method of ['head', 'gradient-dot'] as const) {
        for (const k of method === 'head' ? [1, 7, 100] : [7]) {
          const result = await trace(train, [test!], {
            method,
            options: { k, params: 'classifier' },
          });
          const { helps, hurts, disagreeing } = result;
          const all = (): boolean => true;
          assert.deepEqual(linesOf(helps), sorted(result, 1, all).slice(0, k));
          assert.deepEqual(linesOf(hurts), sorted(result, -1, all).slice(0, k));
          if (name !== 'tags') {
            assert.deepEqual(linesOf(disagreeing.helps), sorted(result, 1, disagrees).slice(0, k));
            assert.deepEqual(linesOf(disagreeing.hurts), sorted(result, -1, disagrees).slice(0, k));
          }
          if (k === 100) {
            const against = (rows: readonly InfluenceRow[]): number[] =>
              linesOf(rows.filter(({ agrees }) => agrees === false));
            assert.deepEqual(linesOf(disagreeing.helps), against(helps));
            assert.deepEqual(linesOf(disagreeing.hurts), against(hurts));
          }
          for (const row of [...disagreeing.helps, ...disagreeing.hurts]) {
            assert.equal(row.agrees, false);
          }
        }
      }
    });
  }

  it('shows of each line what the file and the model say', async () => {
    for (const name of ['label', 'binary', 'labels', 'numbers'] as TaskName[]) {
      const records = recordsOf(name, 15, 5);
      const train = await tasks.openFile(name, jsonl(records));
      const [test] = inputsOf(recordsOf(name, 1, 7));
      const { helps, hurts, ...result } = await trace(train, [test!]);
      const lines = await readLines(train, records);
      assert.equal(helps.length + hurts.length, 15);
      for (const row of [...helps, ...hurts]) {
        const { input, reading, prediction } = lines[row.line - 1]!;
        assert.equal(row.endLine, row.line);
        assert.equal(row.text, input.text);
        assert.equal(row.label, reading.gold);
        assert.equal(row.predicted, prediction.label);
        assert.equal(row.agrees, reading.correct);
        if (name === 'label' || name === 'binary') {
          const { probabilities, right, decided } = prediction;
          assertClose([row.loss], [-Math.log(probabilities[right[0]!]!)], 1e-5, 'loss');
          assertClose([row.probability!], [probabilities[decided[0]!]!], 1e-5, 'probability');
        } else assert.equal(row.probability, null);
      }
      assert.equal(result.tests, 1);
      assert.equal(result.testLoss, result.test!.loss);
      assert.equal(result.train.lines, 15);
      assert.deepEqual([result.train.computed, result.train.cached], [15, 0]);
      assert.equal(result.test!.labelFrom, 'gold');
      if (name === 'numbers') {
        assert.deepEqual(result.disagreeing, { helps: [], hurts: [] });
        assert.equal(helps[0]!.agrees, null);
      }
    }
  });

  it('says of tags in words which count', async () => {
    const records = [
      { tokens: ['the', 'film', 'charm'], tags: ['O', 'B-PER', 'I-PER'] },
      { tokens: ['good', 'film'], tags: ['B-LOC', 'O'] },
    ];
    const train = await tasks.openFile('tags', jsonl(records));
    const [test] = inputsOf([records[0]!]);
    const { helps, hurts, test: asked } = await trace(train, [test!]);
    const rows = [...helps, ...hurts].toSorted((a, b) => a.line - b.line);
    assert.deepEqual(
      rows.map(({ label }) => label),
      ['O B-PER I-PER', 'B-LOC O'],
    );
    assert.equal(rows[0]!.predicted.split(' ').length, 3);
    assert.equal(asked!.says, 'the tags of the sentence');
    assert.deepEqual(rows[0]!.words!.length, 3);
    // The loss of an entity alone is another question.
    const entity = await trace(train, [{ ...test!, focusWord: 2 }], {
      options: { unit: 'entity' },
    });
    assert.equal(entity.test!.label, 'B-PER I-PER');
    assert.match(entity.test!.says, /^the entity PER: film charm$/u);
    assert.notEqual(entity.testLoss, asked!.loss);
  });

  it('of several lines is about their mean loss; lines that cannot be asked about are counted', async () => {
    const train = await tasks.open('numbers', 14);
    const tests = inputsOf(recordsOf('numbers', 3, 9));
    const alone: InfluenceResult[] = [];
    for (const test of tests) alone.push(await trace(train, [test]));
    // The loss of a number that is predicted is zero.
    const empty: TextInput = { text: 'a film' };
    const together = await trace(train, [...tests, empty]);
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    const expected = together.scores!.lines.map((_, i) =>
      mean(alone.map(({ scores }) => scores!.scores[i]!)),
    );
    assertClose([...together.scores!.scores], expected, 1e-6, 'scores');
    assertClose([together.testLoss], [mean(alone.map(({ testLoss }) => testLoss))], 1e-9, 'loss');
    assert.equal(together.test, null);
    assert.equal(together.tests, 3);
    const [skipped] = together.notes;
    assert.equal(skipped!.check, 'tests-skipped');
    assert.match(
      skipped!.says,
      /^one line could not be asked about; the first one: The line has no number that is right/u,
    );
    assert.match(together.scoreSays, /the loss of the 3 lines \(their mean\)/u);
    await assert.rejects(trace(train, [empty]), /no number that is right/u);
    await assert.rejects(trace(train, [empty, empty]), /^GlassboxError: None of the 2 lines/u);
    await assert.rejects(trace(train, []), /no line to ask about/u);
  });

  it('without a label is about the predicted one, and says so', async () => {
    const train = await tasks.open('label', 10);
    const result = await trace(train, [{ text: 'a good film' }]);
    assert.equal(result.test!.labelFrom, 'predicted');
    assert.equal(result.test!.label, result.test!.predicted);
    const note = result.notes.find(({ check }) => check === 'predicted-label')!;
    assert.match(note.says, /^The line has no label that can be used, so the predicted one/u);
    const gold = { kind: 'label', label: result.test!.predicted } as const;
    const labelled = await trace(train, [{ text: 'a good film', gold }]);
    assert.deepEqual(labelled.scores, result.scores);
    assert.ok(labelled.notes.every(({ check }) => check !== 'predicted-label'));
  });

  it('says what a score is, and calls no preview an influence', async () => {
    const train = await tasks.open('label', 8);
    const [test] = inputsOf(recordsOf('label', 1, 2));
    for (const method of ['head', 'cg', 'lissa'] as const) {
      const { scoreSays, says, damping } = await trace(train, [test!], {
        method,
        options: { params: 'classifier' },
      });
      assert.match(
        scoreSays,
        /^Positive helps, negative hurts: the score is g_test\^T \(C \+ damping I\)\^-1 g_train, .* n = 8 lines of train\.jsonl, so that giving a training line one more weight changes the loss of the label ".*" by about -score \/ n\.$/u,
      );
      assert.ok(says.length > 0 && damping !== null);
    }
    for (const method of ['gradient-dot', 'gradient-cosine', 'neighbours'] as const) {
      const { scoreSays, damping } = await trace(train, [test!], { method });
      assert.match(scoreSays, /no influence/u);
      assert.equal(damping, null);
    }
  });

  it('keeps partial answers in a folder for this file, model and tokenizer', async () => {
    const train = await tasks.open('label', 8);
    const cacheDir = tasks.folders.empty();
    await trace(train, inputsOf(recordsOf('label', 1, 2)), { cacheDir });
    const name = (await readdir(cacheDir)).find(folder => folder.startsWith('partial-'));
    const { about } = train.model;
    const [, weights, reading, texts] = name!.split('-');
    assert.equal(weights, about.hash.slice(0, 16));
    assert.equal(texts, train.sha256.slice(0, 16));
    const { file } = about.tokenizer!;
    const other = path.join(tasks.folders.empty(), 'tokenizer.json');
    await writeFile(other, `${await readFile(file, 'utf8')} `);
    const models = [about, { ...about, maxTokens: 32 }, { ...about, tokenizer: { file: other } }];
    const hashes = await Promise.all(
      models.map(each => readingHash({ about: each } as unknown as Model)),
    );
    assert.equal(hashes[0]!.slice(0, 16), reading);
    assert.equal(new Set(hashes).size, 3, 'the same weights read other tokens');
  });

  it('says in one sentence that the folder of the cache cannot be used', async () => {
    const train = await tasks.open('label', 8);
    const cacheDir = path.join(tasks.folders.with({ taken: '' }), 'taken');
    await assert.rejects(trace(train, inputsOf(recordsOf('label', 1, 2)), { cacheDir }), {
      code: 'bad-input',
      message: /cannot be kept in .*taken .*; make room there, or choose another folder\.$/u,
    });
  });

  it('lists lines that cannot be used', async () => {
    const records = [...recordsOf('label', 6, 1), { text: 'a film', label: 'neutral' }];
    const train = await tasks.openFile('label', jsonl(records));
    const { notes, train: summary } = await trace(train, inputsOf(recordsOf('label', 1, 2)));
    assert.equal(summary.lines, 6);
    const note = notes.find(({ check }) => check === 'training-lines')!;
    assert.match(note.says, /^1 line of train\.jsonl could not be used; .*"neutral"/u);
  });

  it('is refused with one sentence: cancelled, options that make no sense', async () => {
    const train = await tasks.open('label', 8);
    const tests = inputsOf(recordsOf('label', 1, 2));
    const code = (expected: GlassboxError['code']) => (error: unknown) =>
      error instanceof GlassboxError && error.code === expected && !error.message.includes('\n');
    await assert.rejects(trace(train, tests, { signal: AbortSignal.abort() }), code('cancelled'));
    await assert.rejects(trace(train, tests, { options: { k: 0 } }), code('bad-input'));
  });
});
