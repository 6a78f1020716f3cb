/** Nearest labelled examples, against similarities that are computed one by one. */
import assert from 'node:assert/strict';
import { decisionsOf } from '../../../src/interpret/influence/decisions';
import type { Example } from '../../../src/interpret/influence/curvature/batches';
import { FeatureProgram } from '../../../src/interpret/influence/head/featureProgram';
import { influenceMethodTable } from '../../../src/interpret/influence/methods';
import { resolveInfluenceOptions } from '../../../src/interpret/influence/options';
import type { TrainingSet } from '../../../src/interpret/influence/trainingSet';
import type { InfluenceOptions } from '../../../src/protocol/influence';
import { InfluenceTasks, taskNames } from '../../support/influenceTasks';
import { assertClose } from '../../support/numbers';
import { dot } from '../../support/secondOrder';
import { allExamples } from '../../support/trainFiles';

describe('nearest labelled examples', () => {
  const tasks = new InfluenceTasks();
  after(() => tasks.release());

  const ask = (train: TrainingSet, tests: readonly Example[], options: InfluenceOptions) =>
    influenceMethodTable.neighbours(tests, resolveInfluenceOptions(options), tasks.context(train));

  /** The mean of what the last layer reads at the positions that count. */
  async function pointOf({ model }: TrainingSet, { row, target }: Example): Promise<number[]> {
    const positions = decisionsOf(model.about.head, target).map(({ position }) => position);
    const program = await FeatureProgram.of(model);
    const { features, rows } = await program.run([row], { positions: [positions] });
    const { width } = program.place.head;
    return Array.from({ length: width }, (_, k) => {
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += features[i * width + k]!;
      return sum / rows;
    });
  }

  const similarities = {
    cosine: (a: number[], b: number[]) => Math.max(0, dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))),
    euclidean: (a: number[], b: number[]) => 1 / (1 + Math.hypot(...a.map((x, i) => x - b[i]!))),
  };

  const labelsOf = ({ target }: Example): string =>
    typeof target === 'number' ? String(target) : [...new Set(target)].sort().join();

  for (const name of taskNames) {
    it(`have the similarity of the features, with the sign of the label (${name})`, async () => {
      const train = await tasks.open(name, 20);
      const examples = await allExamples(train);
      const tests = (await allExamples(await tasks.open(name, 2, 2))).slice(0, 2);
      const points: number[][] = [];
      for (const example of examples) points.push(await pointOf(train, example));
      const asked: number[][] = [];
      for (const test of tests) asked.push(await pointOf(train, test));
      for (const distance of ['cosine', 'euclidean'] as const) {
        const { scores, says } = await ask(train, tests, { distance });
        const expected = examples.map((example, i) => {
          let sum = 0;
          tests.forEach((test, t) => {
            const same =
              name === 'labels'
                ? String(example.target) === String(test.target)
                : labelsOf(example) === labelsOf(test);
            const sign = name === 'numbers' || same ? 1 : -1;
            sum += sign * similarities[distance](asked[t]!, points[i]!);
          });
          return sum / tests.length;
        });
        assertClose([...scores], expected, 1e-5, distance);
        assert.match(says, distance === 'cosine' ? /the cosine/u : /the Euclidean distance/u);
      }
    });
  }

  it('are never on a side because they are far away', async () => {
    // Random features: about half of all cosines are negative.
    const train = await tasks.open('binary', 60);
    const examples = await allExamples(train);
    const { scores } = await ask(train, examples.slice(0, 1), {});
    examples.forEach((example, i) => {
      const same = labelsOf(example) === labelsOf(examples[0]!);
      assert.ok(same ? scores[i]! >= 0 : scores[i]! <= 0);
    });
    assert.ok(
      scores.some(score => score === 0),
      'some are far away',
    );
  });

  it('of an entity have its tags somewhere', async () => {
    const train = await tasks.open('tags', 20);
    const examples = await allExamples(train);
    const [first] = examples;
    const labels = first!.target as readonly number[];
    const at = labels.findIndex(label => label >= 0);
    const target = labels.map((label, i) => (i === at ? label : -100));
    const { scores } = await ask(train, [{ row: first!.row, target }], { unit: 'entity' });
    examples.forEach((example, i) => {
      const has = (example.target as readonly number[]).includes(labels[at]!);
      assert.equal(scores[i]! > 0, has);
    });
    // Near itself, but the other words of its line are not asked about.
    assert.ok(scores[0]! > 0 && scores[0]! <= 1);
  });
});
