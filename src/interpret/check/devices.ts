/** How fast a model and its gradient are on a device, and whether devices agree. */
import type { Model } from '../../model/model';
import type { Row } from '../../model/inputs';
import type { DeviceCheck } from '../../protocol/modelCheck';
import type { Decision } from '../task/decision';
import type { RunOptions } from '../task/predictRows';
import { SaliencyProgram } from '../saliency/gradients/program';
import { runPoints } from '../saliency/gradients/runPoints';

/** A batch of equal rows: what is timed is the arithmetic, and it does not depend on the words. */
const batch = 4;
/** The fastest of so many runs counts, for a disturbance makes a run only slower. */
const timedRuns = 20;
/** Large models are not run so often: no new run begins after so many milliseconds. */
const longest = 1000;

export interface Measured {
  readonly check: DeviceCheck;
  readonly logits: Float32Array;
  readonly gradient: readonly number[];
}

/** `decisions`: what is differentiated. */
export async function measureDevice(
  model: Model,
  row: Row,
  decisions: readonly Decision[],
  options: RunOptions,
): Promise<Measured> {
  const program = await SaliencyProgram.of(model);
  const rows = Array.from({ length: batch }, () => row);
  const point = { alpha: 1, weight: 1, sigma: 0, relative: false, sample: 0 };
  const work = {
    rows,
    decisions: rows.map(() => decisions),
    scalar: 'logit',
    baseline: { ids: rows.map(({ ids }) => ids.map(() => 0)), scale: 0 },
    points: [point],
  } as const;
  const [outputs, forward] = await fastest(() => model.predict(rows));
  const [found, gradient] = await fastest(() => runPoints(program, work, options));
  return {
    check: {
      device: model.about.device,
      available: true,
      says: program.note?.says ?? '',
      forward,
      gradient,
      batch,
      length: row.ids.length,
      logitsOff: null,
      gradientOff: null,
    },
    logits: outputs[0]!.values[0]!,
    gradient: found.rows[0]!.reductions.rawL2,
  };
}

/** The result and the milliseconds of the fastest of some runs; the first one allocates and does not count. */
async function fastest<T>(run: () => Promise<T>): Promise<[T, number]> {
  let result = await run();
  let best = Infinity;
  const begun = performance.now();
  for (let i = 0; i < timedRuns && (i === 0 || performance.now() - begun < longest); i++) {
    const started = performance.now();
    result = await run();
    best = Math.min(best, performance.now() - started);
  }
  return [result, best];
}

export function notAvailable(device: DeviceCheck['device'], says: string): DeviceCheck {
  return {
    device,
    available: false,
    says,
    forward: null,
    gradient: null,
    batch,
    length: 0,
    logitsOff: null,
    gradientOff: null,
  };
}
