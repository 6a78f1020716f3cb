/**
 * A model as a function of its chosen parameters: losses of examples, their gradient, their derivative in a direction,
 * and the curvature of their mean. Vectors are flat, [P], parameter after parameter in the order of `parameters`.
 * All answers are independent of batches and order, but for rounding.
 */
import { layoutOf, type Layout, type Result } from '../../../autodiff/compose';
import {
  chooseParameters,
  parametersOf,
  type Choice,
  type Parameter,
} from '../../../autodiff/parameters';
import type { Model, Releasable } from '../../../model/model';
import { GlassboxError } from '../../../protocol/messages';
import type { RunOptions } from '../../task/predictRows';
import { breathe } from '../../pause';
import type { Vector } from '../solve/vector';
import { cutIntoBatches, tokensOfRun, type Example } from './batches';
import { CurvatureOperator, type CurvatureKind } from './curvatureOperator';
import { Derivatives, singlePrecision } from './derivatives';
import { lossOf } from './rowLoss';
import { checkTargets } from './targets';

/** Forward passes that a program costs if all parameters are chosen, for the size of its runs. */
export const costs: Readonly<Record<Result, number>> = {
  losses: 1,
  gradient: 3,
  tangents: 3,
  gaussNewton: 5,
  hessian: 8,
};

export interface LossOptions extends RunOptions {
  /** Tokens of one run; by default as many as memory and the time to a cancel allow. */
  readonly tokens?: number;
}

/** What one run over examples gives for each of them, in their order. */
export interface Sweep {
  readonly losses: Float64Array;
  /** <gradient of the example's loss, v>. */
  readonly tangents: Float64Array;
}

export class LossModel implements Releasable {
  readonly layout: Layout;
  private readonly programs = new Map<string, Promise<Derivatives>>();

  private constructor(
    readonly model: Model,
    readonly parameters: readonly Parameter[],
  ) {
    this.layout = layoutOf(parameters);
  }

  /**
   * Kept with the model; `frozen` as chooseParameters has it. Throws GlassboxError: 'bad-input' where no parameter fits the choice,
   * 'unsupported' for heads without a loss of one output.
   */
  static async of(
    model: Model,
    choice: Choice,
    frozen: readonly RegExp[] = [],
  ): Promise<LossModel> {
    const name = choice instanceof RegExp ? String(choice) : `${choice.lastBlocks} last blocks`;
    return await model.program(['loss by', name, ...frozen].join(' '), async () => {
      const { head, file } = model.about;
      lossOf(head, file);
      const all = parametersOf(await model.graph(), head.outputs[0]!);
      return new LossModel(model, chooseParameters(all, choice, frozen));
    });
  }

  /** The number of chosen parameters, P. */
  get size(): number {
    return this.layout.length;
  }

  /** Throws GlassboxError 'cancelled', and as all below 'unsupported' where an op has no derivative. */
  async losses(examples: readonly Example[], options: LossOptions = {}): Promise<Float64Array> {
    return (await this.sweepOf(['losses'], examples, null, options)).losses;
  }

  /** The losses of all examples and their derivatives in the direction v, in one pass over them. */
  async sweep(examples: readonly Example[], v: Vector, options: LossOptions = {}): Promise<Sweep> {
    return await this.sweepOf(['losses', 'tangents'], examples, v, options);
  }

  /** sum_i weights_i gradient of loss_i; by default of the mean loss. Weights are one an example. */
  async gradient(
    examples: readonly Example[],
    weights: readonly number[] | null = null,
    options: LossOptions = {},
  ): Promise<Vector> {
    const program = await this.program(['gradient']);
    const sum = new Float64Array(this.size);
    await this.inBatches(program, costs.gradient, examples, options, async batch => {
      const some = batch.map(at => examples[at]!);
      const rowWeights = batch.map(
        at => (weights?.[at] ?? 1 / examples.length) / this.decisions(examples[at]!),
      );
      const found = await program.run(await program.feed(some), rowWeights, null);
      const part = found['gradient']!.data as Float32Array;
      for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
    });
    return sum;
  }

  /** The Hessian of the mean loss of the examples, or its Gauss-Newton part, which has no negative eigenvalue. */
  async curvature(
    examples: readonly Example[],
    kind: CurvatureKind,
    options: Pick<LossOptions, 'tokens'> & { readonly cacheBytes?: number } = {},
  ): Promise<CurvatureOperator> {
    if (examples.length === 0) {
      throw new GlassboxError('bad-input', 'There is no line whose loss could have a curvature.');
    }
    checkTargets(this.model, examples);
    const program = await this.program([kind]);
    const tokens = options.tokens ?? this.tokensOf(program, costs[kind]);
    return new CurvatureOperator(this, program, kind, examples, { ...options, tokens });
  }

  /** How many decisions of an example count; its loss is their mean. */
  decisions({ target }: Example): number {
    const { head, file } = this.model.about;
    return lossOf(head, file).decisions(target);
  }

  async release(): Promise<void> {
    const built = await Promise.allSettled(this.programs.values());
    this.programs.clear();
    for (const result of built) if (result.status === 'fulfilled') await result.value.release();
  }

  private async sweepOf(
    results: readonly Result[],
    examples: readonly Example[],
    v: Vector | null,
    options: LossOptions,
  ): Promise<Sweep> {
    const program = await this.program(results);
    const vector = v && singlePrecision(v);
    const [losses, tangents] = [0, 1].map(() => new Float64Array(examples.length)) as [
      Float64Array,
      Float64Array,
    ];
    const cost = Math.max(...results.map(result => costs[result]));
    await this.inBatches(program, cost, examples, options, async batch => {
      const some = batch.map(at => examples[at]!);
      const found = await program.run(await program.feed(some), null, vector);
      const put = (result: 'losses' | 'tangents', into: Float64Array): void => {
        const data = found[result]!.data as Float32Array;
        batch.forEach((at, i) => (into[at] = data[i]! / this.decisions(examples[at]!)));
      };
      put('losses', losses);
      if (vector) put('tangents', tangents);
    });
    return { losses, tangents };
  }

  private async inBatches(
    program: Derivatives,
    cost: number,
    examples: readonly Example[],
    options: LossOptions,
    visit: (batch: readonly number[]) => Promise<void>,
  ): Promise<void> {
    const tokens = options.tokens ?? this.tokensOf(program, cost);
    checkTargets(this.model, examples);
    let done = 0;
    for (const batch of cutIntoBatches(this.model.about, examples, tokens)) {
      await breathe(options);
      await visit(batch);
      done += batch.length;
      const total = examples.length;
      options.progress?.({ done, total, says: `${done} of ${total} lines` });
    }
  }

  private tokensOf({ device }: Derivatives, cost: number): number {
    return tokensOfRun(this.model.about, device, cost);
  }

  private async program(results: readonly Result[]): Promise<Derivatives> {
    const name = results.join();
    const kept = this.programs.get(name);
    if (kept) return await kept;
    const building = Derivatives.of(this.model, this.parameters, results);
    this.programs.set(name, building);
    try {
      return await building;
    } catch (error) {
      this.programs.delete(name);
      throw error;
    }
  }
}
