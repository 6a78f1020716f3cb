/** First and second derivatives by parameters of every family, against PyTorch's in float64. */
import { chooseParameters, parametersOf } from '../../../src/autodiff/parameters';
import { prepare } from '../../../src/autodiff/passes';
import { loadFamily } from '../../support/families';
import { assertClose, flat, normals, seededRandom } from '../../support/numbers';
import {
  dot,
  loadSecondOrder,
  RunningProgram,
  secondOrderFamilies,
  solve,
  unit,
  type SecondOrderFamily,
} from '../../support/secondOrder';

/** The models are float32, the references float64; relative to the largest entry. */
const tolerance = 1e-4;

/** The loss gradient of each golden row. */
async function rowGradients(
  running: RunningProgram,
  { golden, feeds }: SecondOrderFamily,
): Promise<number[][]> {
  const { labels } = golden;
  const found: number[][] = [];
  for (const row of labels.keys()) {
    const given = { labels, weights: unit(labels.length, row), vector: unit(running.size, 0) };
    found.push((await running.run(feeds, given)).gradient);
  }
  return found;
}

function innerProducts(vectors: readonly number[][]): number[] {
  return vectors.flatMap(a => vectors.map(b => dot(a, b)));
}

for (const name of secondOrderFamilies) {
  describe(`second order of ${name}`, () => {
    it('has the gradients of row losses, as vectors and as tangents', async function () {
      const family = loadSecondOrder(this, name);
      const { graph, golden, feeds } = family;
      const { labels } = golden;
      const parameters = parametersOf(graph, graph.outputs[0]!.name);
      const results = ['losses', 'gradient', 'tangents'] as const;
      const running = await RunningProgram.of(graph, parameters, results);
      const gradients = await rowGradients(running, family);
      const expected = flat(golden.grad_inner_all_params);
      assertClose(innerProducts(gradients), expected, tolerance, 'inner products');

      const columns: number[][] = [];
      for (const vector of gradients) {
        const weights = labels.map(() => 0);
        const { losses, tangents } = await running.run(feeds, { labels, weights, vector });
        assertClose(losses, golden.row_loss, tolerance, 'losses');
        columns.push(tangents);
      }
      assertClose(flat(columns), expected, tolerance, 'tangents of the losses');
      await running.release();
    });

    it('has the products with the Hessian of the mean loss', async function () {
      const family = loadSecondOrder(this, name);
      const { graph, golden, feeds } = family;
      const { labels } = golden;
      const parameters = parametersOf(graph, graph.outputs[0]!.name);
      const running = await RunningProgram.of(graph, parameters, ['gradient', 'hessian']);
      const gradients = await rowGradients(running, family);
      const weights = labels.map(() => 1 / labels.length);
      const products: number[] = [];
      for (const vector of gradients) {
        const { hessian } = await running.run(feeds, { labels, weights, vector });
        products.push(dot(gradients[0]!, hessian));
      }
      await running.release();
      assertClose(products, golden.g0_H_gj_all_params, tolerance, 'g0 H gj');
    });

    it('solves with the exact Hessian of the last layer', async function () {
      const family = loadSecondOrder(this, name);
      const { graph, golden, feeds } = family;
      const { labels, head } = golden;
      if (!head) {
        console.log(`      skipped: no reference for the last layer of ${name}`);
        return this.skip();
      }
      const pattern = new RegExp(`(^|\\.)(${head.params.join('|')})$`, 'u');
      const all = parametersOf(graph, graph.outputs[0]!.name);
      const parameters = chooseParameters(all, pattern);
      const results = ['gradient', 'hessian', 'gaussNewton'] as const;
      const running = await RunningProgram.of(graph, parameters, results);
      const gradients = await rowGradients(running, family);
      assertClose(innerProducts(gradients), flat(head.grad_inner), tolerance, 'inner products');

      const weights = labels.map(() => 1 / labels.length);
      const damped: number[][] = [];
      for (let i = 0; i < running.size; i++) {
        const given = { labels, weights, vector: unit(running.size, i) };
        const { hessian, gaussNewton } = await running.run(feeds, given);
        // Logits are linear in the last layer.
        assertClose(gaussNewton, hessian, tolerance, 'Gauss-Newton product');
        damped.push(hessian.map((value, j) => value + (i === j ? head.damping : 0)));
      }
      await running.release();
      const solved = gradients.map(gradient => solve(damped, gradient));
      const influence = gradients.flatMap(gi => solved.map(sj => dot(gi, sj)));
      assertClose(influence, flat(head.influence_gi_Hinv_gj), tolerance, 'influence');
    });
  });
}

describe('second order of albert, whose layers share their parameters', () => {
  it('has tangents that agree with the gradient, and symmetric products', async () => {
    const { graph: exported, golden, feeds } = loadFamily('albert');
    const graph = prepare(exported);
    const parameters = parametersOf(graph, graph.outputs[0]!.name);
    const results = ['gradient', 'tangents', 'hessian', 'gaussNewton'] as const;
    const running = await RunningProgram.of(graph, parameters, results);
    const random = seededRandom(1);
    const [u, v] = [normals(random, running.size), normals(random, running.size)];
    const labels = golden.target;
    const weights = labels.map(() => 1 / labels.length);
    const ofU = await running.run(feeds, { labels, weights, vector: u });
    const ofV = await running.run(feeds, { labels, weights, vector: v });
    await running.release();
    assertClose([dot(ofV.tangents, weights)], [dot(ofV.gradient, v)], tolerance, 'tangents');
    assertClose([dot(u, ofV.hessian)], [dot(v, ofU.hessian)], tolerance, 'Hessian');
    assertClose([dot(u, ofV.gaussNewton)], [dot(v, ofU.gaussNewton)], tolerance, 'Gauss-Newton');
  });
});
