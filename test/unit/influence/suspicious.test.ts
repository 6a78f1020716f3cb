/** Suspicious labels: the order against sorting, what is said of each, and how many lines disagree. */
import assert from 'node:assert/strict';
import { countDisagreeing } from '../../../src/interpret/influence/disagreement';
import { judgeExamples } from '../../../src/interpret/influence/judged';
import { suspicionMethodTable } from '../../../src/interpret/influence/methods';
import { resolveSuspicionOptions } from '../../../src/interpret/influence/options';
import { findSuspicious } from '../../../src/interpret/influence/suspicious';
import type { TrainingSet } from '../../../src/interpret/influence/trainingSet';
import { loadModel } from '../../../src/model/loadModel';
import type {
  SuspicionMethodName,
  SuspicionOptions,
  SuspicionResult,
} from '../../../src/protocol/influence';
import { InfluenceTasks, recordsOf, taskNames } from '../../support/influenceTasks';
import { allExamples, jsonl } from '../../support/trainFiles';

describe('the search for suspicious labels', () => {
  const tasks = new InfluenceTasks();
  after(() => tasks.release());

  async function find(
    train: TrainingSet,
    method: SuspicionMethodName,
    options: SuspicionOptions = {},
  ): Promise<SuspicionResult> {
    const request = {
      modelDir: '',
      device: 'cpu',
      train: { path: train.path },
      cacheDir: tasks.folders.empty(),
      method,
      options,
    } as const;
    return await findSuspicious(train.model, request, train, {
      openModel: dir => loadModel(dir, 'cpu'),
    });
  }

  for (const method of ['head', 'loss'] as const) {
    it(`ranks lines by ${method}, equal ones by line, as many as are wanted`, async () => {
      const records = recordsOf('label', 30, 6);
      const train = await tasks.openFile('label', jsonl([...records, ...records.slice(0, 5)]));
      const { scores } = await suspicionMethodTable[method](
        resolveSuspicionOptions({}),
        tasks.context(train),
      );
      const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
      for (const k of [0, 4, 99]) {
        const { rows } = await find(train, method, { k });
        assert.deepEqual(
          rows.map(({ line }) => line - 1),
          k === 4 ? order.slice(0, 4) : order,
        );
        rows.forEach(({ rank, score, line }, i) => {
          assert.equal(rank, i + 1);
          assert.equal(score, scores[line - 1]);
        });
      }
    });
  }

  it('gives the reason in words', async () => {
    const train = await tasks.open('binary', 40);
    const { rows, scoreSays } = await find(train, 'head');
    const against = rows.find(({ agrees }) => agrees === false)!;
    const below = rows.filter(({ score }) => score < against.score).length;
    const percent = (Math.floor((1000 * below) / 40) / 10).toFixed(1);
    const opinion = `labelled ${against.label}, but the model says ${against.predicted} (${against.probability!.toFixed(2)})`;
    assert.ok(
      against.reason.startsWith(
        `${opinion}; its self-influence is above that of ${percent} % of the lines`,
      ),
      against.reason,
    );
    const believed = rows.find(({ agrees }) => agrees === true)!;
    assert.match(believed.reason, /^labelled \w+, as the model says, too \(0\.\d\d\); /u);
    assert.match(rows.at(-1)!.reason, / above that of 0\.0 % of the lines\.$/u);
    assert.match(scoreSays, /influence on its own loss, g\^T \(C \+ damping I\)\^-1 g, .* n = 40/u);
    const byLoss = await find(train, 'loss');
    assert.match(
      byLoss.rows[0]!.reason,
      /; its loss of \S+ is above that of 97\.5 % of the lines\.$/u,
    );
    assert.equal(byLoss.damping, null);
    const numbers = await find(await tasks.open('numbers', 6), 'head');
    assert.match(numbers.rows[0]!.reason, /^labelled .*, and the model says /u);
  });

  it('counts the lines on which label and prediction disagree, however little is known', async () => {
    for (const name of taskNames) {
      const train = await tasks.open(name, 15, 11);
      const judged = await judgeExamples(train.model, await allExamples(train), {});
      const expected = judged.filter(({ agrees }) => agrees === false).length;
      for (const method of ['head', 'loss'] as const) {
        assert.equal((await find(train, method)).disagreeing, expected, `${name}, ${method}`);
      }
      const losses = Float64Array.from(judged, ({ loss }) => loss);
      assert.equal(await countDisagreeing(train, { losses }, {}), expected, `${name}, losses`);
      assert.equal(await countDisagreeing(train, { losses: null }, {}), expected, name);
    }
  });
});
