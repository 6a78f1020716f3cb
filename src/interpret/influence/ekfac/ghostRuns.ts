/** Goes over examples with the programs of linear layers, in batches. */
import type { Releasable } from '../../../model/model';
import type { Feeds } from '../../../runtime/session';
import { cutIntoBatches, tokensOfRun, type Example } from '../curvature/batches';
import type { LossModel, LossOptions } from '../curvature/lossModel';
import { checkTargets } from '../curvature/targets';
import { breathe } from '../../pause';
import { GhostProgram, type GhostParts } from './ghostProgram';
import type { GhostResult } from './ghostResults';

export interface GhostOptions extends LossOptions {
  /** Numbers of the examples, of which what is drawn for them depends; by default their places. */
  readonly numbers?: readonly number[];
  readonly seed?: number;
}

/** How a program goes over examples. */
export interface Course extends GhostOptions {
  readonly given?: Feeds;
  /** What an example's loss is multiplied by; 1 by default. */
  readonly scale?: (at: number) => number;
}

/** Floats that a run may write down for a layer, of gradients of rows: 256 MB. */
const mostFloats = 2 ** 26;
/** Forward passes of a program: its own, one for adjoints, one for products. */
const passes = 3;

const writesRowGradients: ReadonlySet<GhostResult> = new Set([
  'manyDots',
  'selfInfluence',
  'eigenvalues',
]);

export class GhostRuns implements Releasable {
  private readonly programs = new Map<GhostResult, Promise<GhostProgram>>();

  constructor(
    private readonly losses: LossModel,
    private readonly parts: GhostParts,
  ) {}

  /** Frees a program that is not needed any more; it holds the model's weights. */
  async drop(result: GhostResult): Promise<void> {
    const program = this.programs.get(result);
    this.programs.delete(result);
    await (await program)?.release();
  }

  async release(): Promise<void> {
    const built = await Promise.allSettled(this.programs.values());
    this.programs.clear();
    for (const result of built) if (result.status === 'fulfilled') await result.value.release();
  }

  /** Calls for each batch: the places of its examples, and what the program gave. Throws GlassboxError 'cancelled' between two. */
  async overBatches(
    result: GhostResult,
    examples: readonly Example[],
    course: Course,
    visit: (batch: readonly number[], found: Feeds) => void,
  ): Promise<void> {
    checkTargets(this.losses.model, examples);
    const { scale = () => 1, numbers, seed = 0 } = course;
    const program = await this.program(result);
    const given = course.given ?? {};
    let done = 0;
    for (const batch of this.batchesOf(result, program.device, examples, course)) {
      await breathe(course);
      const some = batch.map(at => examples[at]!);
      const weights = batch.map(at => scale(at) / this.losses.decisions(examples[at]!));
      const which = batch.map(at => numbers?.[at] ?? at);
      visit(batch, await program.run({ examples: some, weights, numbers: which, seed }, given));
      done += batch.length;
      const total = examples.length;
      course.progress?.({ done, total, says: `${done} of ${total} lines` });
    }
  }

  private *batchesOf(
    result: GhostResult,
    device: 'cpu' | 'webgpu',
    examples: readonly Example[],
    { tokens }: Course,
  ): Generator<readonly number[]> {
    const { about } = this.losses.model;
    const directions = result === 'factors' || result === 'eigenvalues' ? this.parts.plan.count : 1;
    const cost = passes + 2 * (directions - 1);
    const most = tokens ?? tokensOfRun(about, device, cost);
    const rows = writesRowGradients.has(result) ? this.mostRows : Infinity;
    for (const batch of cutIntoBatches(about, examples, most)) {
      for (let first = 0; first < batch.length; first += rows) {
        yield batch.slice(first, first + rows);
      }
    }
  }

  /** Rows whose gradients by a layer fit into memory together. */
  private get mostRows(): number {
    const largest = Math.max(...this.parts.layers.map(({ outputs, columns }) => outputs * columns));
    return Math.max(1, Math.floor(mostFloats / largest));
  }

  private async program(result: GhostResult): Promise<GhostProgram> {
    const kept = this.programs.get(result);
    if (kept) return await kept;
    const building = GhostProgram.of(this.parts, result);
    this.programs.set(result, building);
    try {
      return await building;
    } catch (error) {
      this.programs.delete(result);
      throw error;
    }
  }
}
