/** Loss programs in tests: built for a graph, run with labels, weights and a vector. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Context } from 'mocha';
import {
  crossEntropy,
  labelsInput,
  lossProgram,
  programInputs,
  type LossProgram,
  type Result,
  type RowLoss,
} from '../../src/autodiff/compose';
import type { Parameter } from '../../src/autodiff/parameters';
import { prepare } from '../../src/autodiff/passes';
import { checkGraph } from '../../src/onnx/checkGraph';
import type { Graph } from '../../src/onnx/graph';
import { readModel } from '../../src/onnx/readModel';
import { writeModel } from '../../src/onnx/writeModel';
import { learnerOf } from '../../src/runtime/learn';
import { learnFacts } from '../../src/runtime/probe';
import { Session, type Feeds, type TensorValue } from '../../src/runtime/session';
import { familyDir, familyNames, integers, type Golden } from './families';
import { kit } from './models';
import { numbers } from './numbers';

/** Families whose reference has second derivatives. */
export const secondOrderFamilies = familyNames.filter(name => name !== 'albert');

/** What golden.json says of derivatives by parameters. */
export interface SecondOrderGolden extends Omit<Golden, 'attention_mask'> {
  readonly attention_mask: number[][] | null;
  readonly labels: number[];
  readonly row_loss: number[];
  readonly grad_inner_all_params: number[][];
  readonly g0_H_gj_all_params: number[];
  readonly n_params: number;
  readonly head?: {
    readonly params: string[];
    readonly damping: number;
    readonly grad_inner: number[][];
    readonly influence_gi_Hinv_gj: number[][];
  };
}

export interface SecondOrderFamily {
  /** Prepared. */
  readonly graph: Graph;
  readonly golden: SecondOrderGolden;
  readonly feeds: Feeds;
}

/** Skips the test, saying so, where the family is neither a fixture nor in the kit. */
export function loadSecondOrder(context: Context, name: string): SecondOrderFamily {
  const dir = [familyDir(name), path.join(kit, 'families', name)].find(existsSync);
  if (dir === undefined) {
    console.log(`      skipped: ${name} is neither in test/fixtures/families nor in the kit`);
    return context.skip();
  }
  const file = path.join(dir, 'model.onnx');
  const graph = readModel(readFileSync(file), file);
  const text = readFileSync(path.join(dir, 'golden.json'), 'utf8');
  const golden = JSON.parse(text) as SecondOrderGolden;
  const all: Record<string, number[][] | null> = {
    input_ids: golden.input_ids,
    attention_mask: golden.attention_mask,
    token_type_ids: golden.token_type_ids,
  };
  const fed = graph.inputs.map(({ name: input }) => [input, integers(all[input]!)] as const);
  return { graph: prepare(graph), golden, feeds: Object.fromEntries(fed) };
}

/** Two small runs of different batch, and of different length where the model leaves it open. */
function probesOf(graph: Graph): Feeds[] {
  const probe = (batch: number, length: number): Feeds =>
    Object.fromEntries(
      graph.inputs.map(({ name, dims }) => {
        const fixed = dims?.[1];
        const columns = typeof fixed === 'number' ? fixed : length;
        const row = Array.from({ length: columns }, () => 1);
        return [name, integers(Array.from({ length: batch }, () => row))];
      }),
    );
  return [probe(2, 3), probe(3, 5)];
}

/** A program in a session, fed with plain numbers. */
export class RunningProgram {
  private constructor(
    readonly program: LossProgram,
    private readonly session: Session,
    private readonly dtype: 'float32' | 'float64',
  ) {}

  /** `graph` is prepared and has the model's output first; its probes are by default those of token models. */
  static async of(
    graph: Graph,
    parameters: readonly Parameter[],
    results: readonly Result[],
    options: ProgramOptions = {},
  ): Promise<RunningProgram> {
    const { probes = probesOf(graph), loss = crossEntropy, dtype = 'float32' } = options;
    const program = await lossProgram({
      graph,
      facts: await learnFacts(graph, probes),
      learn: learnerOf(probes),
      logits: graph.outputs[0]!.name,
      loss,
      parameters,
      results,
    });
    checkGraph(program.graph);
    const session = await Session.create(writeModel(program.graph), { threads: 1 });
    return new RunningProgram(program, session, dtype);
  }

  /** The number of chosen parameters. */
  get size(): number {
    return this.program.layout.length;
  }

  async run(feeds: Feeds, given: Given): Promise<Record<Result, number[]>> {
    const { labels, weights, vector } = given;
    const all: Feeds = { ...feeds };
    if (labels) all[labelsInput] = integerVector(labels);
    if (weights) all[programInputs.weights] = this.vector(weights);
    if (vector) all[programInputs.vector] = this.vector(vector);
    const fed = this.session.inputs.map(name => [name, all[name]!] as const);
    const results = await this.session.run(Object.fromEntries(fed));
    const pairs = Object.entries(results).map(([name, value]) => [name, numbers(value)] as const);
    return Object.fromEntries(pairs) as Record<Result, number[]>;
  }

  release(): Promise<void> {
    return this.session.release();
  }

  private vector(values: readonly number[]): TensorValue {
    const data = this.dtype === 'float64' ? Float64Array.from(values) : Float32Array.from(values);
    return { dtype: this.dtype, dims: [values.length], data };
  }
}

export interface ProgramOptions {
  readonly probes?: readonly Feeds[];
  readonly loss?: RowLoss;
  readonly dtype?: 'float32' | 'float64';
}

export interface Given {
  readonly labels?: readonly number[];
  readonly weights?: readonly number[];
  readonly vector?: readonly number[];
}

/** A list of integers as an int64 tensor. */
export function integerVector(values: readonly number[]): TensorValue {
  return { dtype: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) };
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}

/** `count` numbers, 1 at `place` and else 0. */
export function unit(count: number, place: number): number[] {
  return Array.from({ length: count }, (_, i) => Number(i === place));
}

/** The solution of a symmetric positive definite system, by Gaussian elimination without pivoting. */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  rows.forEach((pivot, k) => {
    for (const row of rows.slice(k + 1)) {
      const factor = row[k]! / pivot[k]!;
      for (let j = k; j < row.length; j++) row[j]! -= factor * pivot[j]!;
    }
  });
  const solution = Array<number>(right.length).fill(0);
  for (let k = rows.length - 1; k >= 0; k--) {
    const row = rows[k]!;
    solution[k] = (row.at(-1)! - dot(row.slice(0, -1), solution)) / row[k]!;
  }
  return solution;
}
