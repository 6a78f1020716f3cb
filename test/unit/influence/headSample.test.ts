/** Influence by the last layer of the sample model: against training again without a line, and on its planted wrong labels. */
import assert from 'node:assert/strict';
import { extremesOf } from '../../../src/interpret/influence/head/extremes';
import { HeadInfluence } from '../../../src/interpret/influence/head/headInfluence';
import { leaveOneOut } from '../../../src/interpret/influence/head/leaveOneOut';
import { seededRandom } from '../../support/numbers';
import { loadSampleHead, type SampleHead } from '../../support/sampleHead';
import { pearson } from '../../support/statistics';

describe('influence by the last layer of the sample model', function () {
  this.timeout(120_000);
  let sample: SampleHead;
  let influence: HeadInfluence;
  before(async () => {
    sample = await loadSampleHead();
    influence = await HeadInfluence.of(sample.train.source, sample.head);
  });

  it('predicts what leaving a line out does to the loss of another, measured by training again', async () => {
    const { train, dev, head } = sample;
    const random = seededRandom(5);
    const wrong = [...dev.labels.keys()].find(row => influence.lossOf(dev.query(row)) > 1)!;
    const study = await leaveOneOut(train.source, head, dev.query(wrong), {
      damping: influence.damping,
      // Half of them those that count most, half drawn from all others.
      choose: scores => {
        const most = extremesOf(scores.map(Math.abs), 30).top.map(({ row }) => row);
        const chosen = new Set(most);
        while (chosen.size < 60) chosen.add(Math.floor(random() * scores.length));
        return [...chosen];
      },
    });
    const [predicted, actual] = [study.map(line => line.predicted), study.map(line => line.actual)];
    assert.equal(study.length, 60);
    const both = pearson(predicted, actual);
    const drawn = pearson(predicted.slice(30), actual.slice(30));
    console.log(
      `      Pearson of 60 lines ${both.toFixed(4)}, of the 30 drawn ${drawn.toFixed(4)}`,
    );
    assert.ok(both >= 0.95 && drawn >= 0.95, `${both}, ${drawn}`);
  });

  it('finds planted wrong labels better than chance', async () => {
    const { planted, train } = sample;
    assert.equal(planted.length, 24);
    const self = await influence.selfInfluence();
    const first = Math.floor(train.source.rows / 10);
    const found = (scores: Float64Array): number => {
      const listed = new Set(extremesOf(scores, first).top.map(({ row }) => row));
      return planted.filter(row => listed.has(row)).length;
    };
    const [bySelf, byLoss] = [found(self), found(influence.losses)];
    console.log(
      `      of ${planted.length} wrong labels in the first 10 %: self-influence ${bySelf}, loss ${byLoss}, chance ${planted.length / 10}`,
    );
    // By chance 6 or more are found in fewer than 4 of 100 lists.
    assert.ok(bySelf >= 6 && byLoss >= 6, `${bySelf}, ${byLoss}`);
  });

  it('says that the model stopped before its optimum', () => {
    assert.match(influence.optimum.says, /^The last layer is far from its optimum /u);
  });
});
