import type { Parameters } from './trainingGraph';

export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Decoupled weight decay; leaves biases and layer norms alone. */
  readonly weightDecay: number;
  /** Gradients are scaled down so that their joint L2 norm is at most this. */
  readonly maxNorm: number;
}

const defaults: AdamOptions = {
  beta1: 0.9,
  beta2: 0.98,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxNorm: 1,
};

/** Adam (Kingma and Ba 2015, algorithm 1) with decoupled weight decay (Loshchilov and Hutter 2019). */
export class Adam {
  readonly #options: AdamOptions;
  readonly #moments = new Map<string, { first: Float32Array; second: Float32Array }>();
  #step = 0;

  constructor(options: Partial<AdamOptions> = {}) {
    this.#options = { ...defaults, ...options };
  }

  /** Updates `parameters` in place. */
  update(parameters: Parameters, gradients: ReadonlyMap<string, Float32Array>, rate: number): void {
    const { beta1, beta2, epsilon, weightDecay, maxNorm } = this.#options;
    this.#step++;
    const scale = Math.min(1, maxNorm / (jointNorm(gradients) + epsilon));
    const firstBias = 1 - beta1 ** this.#step;
    const secondBias = 1 - beta2 ** this.#step;
    for (const [name, gradient] of gradients) {
      const parameter = parameters.get(name)!;
      const { first, second } = this.#momentsOf(name, parameter.length);
      const decay = name.endsWith('.bias') || /norm/i.test(name) ? 0 : rate * weightDecay;
      for (let i = 0; i < parameter.length; i++) {
        const g = gradient[i]! * scale;
        const m = (first[i] = beta1 * first[i]! + (1 - beta1) * g);
        const v = (second[i] = beta2 * second[i]! + (1 - beta2) * g * g);
        const direction = m / firstBias / (Math.sqrt(v / secondBias) + epsilon);
        parameter[i] = parameter[i]! * (1 - decay) - rate * direction;
      }
    }
  }

  #momentsOf(name: string, length: number): { first: Float32Array; second: Float32Array } {
    let moments = this.#moments.get(name);
    if (moments === undefined) {
      moments = { first: new Float32Array(length), second: new Float32Array(length) };
      this.#moments.set(name, moments);
    }
    return moments;
  }
}

function jointNorm(gradients: ReadonlyMap<string, Float32Array>): number {
  let sum = 0;
  for (const gradient of gradients.values()) {
    for (const value of gradient) sum += value * value;
  }
  return Math.sqrt(sum);
}

/** Linear warm-up to `peak` over the first steps, then linear decay to zero at `steps`. */
export function learningRate(step: number, steps: number, warmUp: number, peak: number): number {
  return step < warmUp ? (peak * (step + 1)) / warmUp : (peak * (steps - step)) / (steps - warmUp);
}
