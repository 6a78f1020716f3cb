import assert from 'node:assert/strict';
import { pathPoints } from '../../../src/interpret/saliency/gradients/quadrature';
import type { Quadrature } from '../../../src/protocol/explanation';

const rules: Quadrature[] = ['gauss-legendre', 'left', 'right', 'middle', 'trapezoid'];

/** The rule's value of the integral of f over [0, 1]. */
function integrate(rule: Quadrature, count: number, f: (x: number) => number): number {
  return pathPoints(rule, count).reduce((sum, { alpha, weight }) => sum + weight * f(alpha), 0);
}

function near(actual: number, expected: number, tolerance = 1e-14): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

describe('pathPoints', () => {
  it('has weights that sum to 1, whatever the rule and the count', () => {
    for (const rule of rules) {
      for (const count of [2, 3, 10, 50, 333])
        near(
          integrate(rule, count, () => 1),
          1,
          1e-12,
        );
    }
  });

  it('gives the closed forms of Gauss-Legendre with 1, 2, 3 and 4 points', () => {
    const forms = [
      { nodes: [0], weights: [2] },
      { nodes: [-1 / Math.sqrt(3), 1 / Math.sqrt(3)], weights: [1, 1] },
      { nodes: [-Math.sqrt(3 / 5), 0, Math.sqrt(3 / 5)], weights: [5 / 9, 8 / 9, 5 / 9] },
      {
        nodes: [
          -Math.sqrt(3 / 7 + (2 / 7) * Math.sqrt(6 / 5)),
          -Math.sqrt(3 / 7 - (2 / 7) * Math.sqrt(6 / 5)),
          Math.sqrt(3 / 7 - (2 / 7) * Math.sqrt(6 / 5)),
          Math.sqrt(3 / 7 + (2 / 7) * Math.sqrt(6 / 5)),
        ],
        weights: [
          (18 - Math.sqrt(30)) / 36,
          (18 + Math.sqrt(30)) / 36,
          (18 + Math.sqrt(30)) / 36,
          (18 - Math.sqrt(30)) / 36,
        ],
      },
    ];
    for (const { nodes, weights } of forms) {
      const points = pathPoints('gauss-legendre', nodes.length);
      nodes.forEach((node, i) => {
        near(points[i]!.alpha, (1 + node) / 2);
        near(points[i]!.weight, weights[i]! / 2);
      });
    }
  });

  it('integrates polynomials of degree 2n - 1 exactly with n Gauss-Legendre points', () => {
    for (const count of [1, 2, 5, 10, 50]) {
      const degree = 2 * count - 1;
      near(
        integrate('gauss-legendre', count, x => x ** degree),
        1 / (degree + 1),
        1e-13,
      );
    }
    assert.ok(Math.abs(integrate('gauss-legendre', 2, x => x ** 4) - 1 / 5) > 1e-3);
  });

  it('never touches the ends with Gauss-Legendre, even with 5,000 points', () => {
    const alphas = pathPoints('gauss-legendre', 5000).map(point => point.alpha);
    assert.ok(alphas.every((alpha, i) => alpha > (alphas[i - 1] ?? 0) && alpha < 1));
  });

  it('gives the textbook values of the Riemann rules for 2x', () => {
    const line = (x: number): number => 2 * x;
    near(integrate('left', 10, line), 0.9);
    near(integrate('right', 10, line), 1.1);
    near(integrate('middle', 10, line), 1);
    near(integrate('trapezoid', 10, line), 1);
    assert.deepEqual(
      pathPoints('trapezoid', 3).map(point => point.alpha),
      [0, 0.5, 1],
    );
  });
});
