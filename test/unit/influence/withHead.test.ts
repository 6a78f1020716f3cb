import assert from 'node:assert/strict';
import { FeatureProgram } from '../../../src/interpret/influence/head/featureProgram';
import { logitsOf } from '../../../src/interpret/influence/head/linearHead';
import { loadModel } from '../../../src/model/loadModel';
import { assertClose, normals, seededRandom } from '../../support/numbers';
import { Folders, rowOf } from '../../support/models';
import { writeWithHead } from '../../support/withHead';

const folders = new Folders();
after(() => {
  folders.remove();
});

describe('a model with another last layer', () => {
  for (const family of ['bert', 'distilbert']) {
    it(`has its weights, and gives the logits that they give (${family})`, async () => {
      const dir = folders.textModel(family);
      const model = await loadModel(dir, 'cpu');
      const { head } = (await FeatureProgram.of(model)).place;
      const random = normals(seededRandom(4), head.weights.length);
      const other = { ...head, weights: Float64Array.from(random, Math.fround) };
      const folder = folders.empty();
      await writeWithHead(model, dir, other, folder);
      await model.release();
      const changed = await loadModel(folder, 'cpu');
      const program = await FeatureProgram.of(changed);
      assert.deepEqual(program.place.head.weights, other.weights);
      const row = rowOf(2, 17, 40, 3);
      const { features } = await program.run([row]);
      const logits = new Float64Array(head.classes);
      logitsOf(other, features, 0, logits);
      const [answer] = await changed.predict([row]);
      assertClose(Array.from(answer!.values[0]!), [...logits], 1e-5, 'logits');
      await changed.release();
    });
  }
});
