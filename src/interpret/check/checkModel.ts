/** Everything about a model that can be checked without knowing what is right, on one page. */
import { findFiles } from '../../model/files';
import { loadModel } from '../../model/loadModel';
import type { Model } from '../../model/model';
import { openModelFile } from '../../model/modelFile';
import { GlassboxError, reasonOf } from '../../protocol/messages';
import type {
  CheckItem,
  CheckRequest,
  DeviceCheck,
  DirectionCheck,
  ModelCheck,
  OperatorUse,
} from '../../protocol/modelCheck';
import { relativeDifference } from '../../runtime/devices';
import { explain } from '../saliency/explain';
import { convertedLimit } from '../saliency/health';
import { SaliencyProgram, tolerance } from '../saliency/gradients/program';
import type { Decision } from '../task/decision';
import { readers } from '../task/readers';
import { readText } from '../task/readText';
import type { RunOptions } from '../task/predictRows';
import { checkDirections } from './derivative';
import { measureDevice, notAvailable } from './devices';
import { derivativeItem, describe, item, operatorItem, short } from './items';
import { operatorsOf } from './operators';

const directions = 8;
/** Differences between devices that are called rounding. */
const agreement = 1e-3;

/** A sentence that any tokenizer can read, for models that are checked without data. */
const someText = 'The food was not good, but we will come back for the music.';
const somePair = 'They did not enjoy what they ate.';

/** Never throws for a model that is wrong: that is what the answer says. Throws GlassboxError 'cancelled'. */
export async function checkModel(
  request: CheckRequest,
  options: RunOptions = {},
): Promise<ModelCheck> {
  const started = performance.now();
  const items: CheckItem[] = [];
  const found: {
    operators: OperatorUse[];
    directions: DirectionCheck[];
    devices: DeviceCheck[];
    model: ModelCheck['model'];
  } = { operators: [], directions: [], devices: [], model: null };
  const step = async (check: string, work: () => Promise<void>): Promise<boolean> => {
    if (options.signal?.aborted) throw new GlassboxError('cancelled', 'The check was cancelled.');
    options.progress?.({ done: items.length, total: 7, says: steps[check] ?? check });
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof GlassboxError && error.code === 'cancelled') throw error;
      items.push(item(check, false, reasonOf(error)));
      return false;
    }
  };
  let model: Model | null = null;
  try {
    const readable = await step('operators', async () => {
      const files = await findFiles(request.modelDir, true);
      found.operators = operatorsOf((await openModelFile(files.onnx)).graph);
    });
    // What cannot be read cannot be loaded either: it is told once.
    const load = async (): Promise<void> => {
      const { task } = request;
      model = await loadModel(request.modelDir, 'cpu', task === undefined ? {} : { task });
      found.model = await describe(model);
      items.push(
        item('load', true, `The model loads and runs; it is a model for ${model.about.head.task}.`),
      );
      for (const { check, ok, says } of model.about.notes) items.push(item(check, ok, says));
      items.push(operatorItem(found.operators));
    };
    if (readable) await step('load', load);
    const loaded = model as Model | null;
    if (loaded !== null) await checkLoaded(loaded, request, { items, found, step }, options);
  } finally {
    await (model as Model | null)?.release();
  }
  const reasons = items.filter(({ ok }) => !ok).map(({ says }) => says);
  return {
    ok: reasons.length === 0,
    reasons: [...new Set(reasons)],
    dir: request.modelDir,
    ...found,
    items,
    milliseconds: performance.now() - started,
  };
}

const steps: Readonly<Record<string, string>> = {
  operators: 'Reading the file',
  load: 'Loading the model',
  embeddings: 'Comparing predictions from ids and from word vectors',
  derivative: 'Measuring slopes along random directions',
  devices: 'Timing on each device',
};

interface Progressing {
  readonly items: CheckItem[];
  readonly found: { directions: DirectionCheck[]; devices: DeviceCheck[] };
  readonly step: (check: string, work: () => Promise<void>) => Promise<boolean>;
}

async function checkLoaded(
  model: Model,
  request: CheckRequest,
  { items, found, step }: Progressing,
  options: RunOptions,
): Promise<void> {
  let program: SaliencyProgram | null = null;
  const built = await step('embeddings', async () => {
    program = await SaliencyProgram.of(model);
    const { disagreement } = program;
    const { exact, device } = model.about;
    if (!exact) return;
    const says = 'Prediction from word vectors against prediction from ids';
    items.push({
      ...item('embeddings', true, `${says}: ${short(disagreement)} apart, relative to the logits.`),
      value: disagreement,
      expected: tolerance[device],
    });
  });
  if (!built) return;
  const input = await someInput(model, request, options);
  if (!model.about.exact) {
    await step('embeddings', async () => {
      items.push(await convertedItem(model, input, options));
    });
  }
  await step('derivative', async () => {
    found.directions = await checkDirections(
      program!,
      input.row,
      input.decisions,
      { directions, seed: request.seed ?? 0 },
      options,
    );
    items.push(derivativeItem(found.directions));
  });
  await step('devices', async () => {
    const cpu = await measureDevice(model, input.row, input.decisions, options);
    found.devices.push(cpu.check);
    let gpu: Model;
    try {
      gpu = await loadModel(
        request.modelDir,
        'webgpu',
        request.task === undefined ? {} : { task: request.task },
      );
    } catch (error) {
      found.devices.push(notAvailable('webgpu', reasonOf(error)));
      return;
    }
    try {
      const other = await measureDevice(gpu, input.row, input.decisions, options);
      const logitsOff = relativeDifference(cpu.logits, other.logits);
      const gradientOff = relativeDifference(cpu.gradient, other.gradient);
      found.devices.push({ ...other.check, logitsOff, gradientOff });
      const off = Math.max(logitsOff, gradientOff);
      items.push({
        ...item(
          'devices',
          off <= agreement,
          `WebGPU and CPU differ by ${short(logitsOff)} in the logits and by ${short(gradientOff)} in the gradient.`,
        ),
        value: off,
        expected: agreement,
      });
    } finally {
      await gpu.release();
    }
  });
}

interface Input {
  readonly text: string;
  readonly pair: string | undefined;
  readonly row: { ids: readonly number[]; mask: readonly number[]; typeIds: readonly number[] };
  readonly decisions: readonly Decision[];
}

/** A text through the model, and its first question. */
async function someInput(model: Model, request: CheckRequest, options: RunOptions): Promise<Input> {
  const { head, tokenizer, maskId } = model.about;
  const mask = maskId === null ? '' : ` ${tokenizer?.tokenOf(maskId) ?? ''}`;
  const text = request.text ?? (head.task === 'fill-mask' ? `The food was${mask}.` : someText);
  const pair = request.pair ?? (head.decides === 'ends' ? somePair : undefined);
  const read = await readText(model, { text, ...(pair ? { pair } : {}) }, {}, options);
  const [part] = readers[head.task](read.hand).ask({ kind: 'predicted' }, 'both').parts;
  const { row } = read.hand.windows[part!.window]!;
  return { text, pair, row, decisions: part!.decisions };
}

/** How far the converted graph is from the file at this text; beyond the limit maps are of another function. */
async function convertedItem(model: Model, input: Input, options: RunOptions): Promise<CheckItem> {
  const { text, pair } = input;
  const explanation = await explain(
    model,
    {
      modelDir: model.about.dir,
      device: model.about.device,
      text,
      ...(pair === undefined ? {} : { pair }),
      method: 'gradient',
      parameters: {},
      scalar: 'logit',
      label: { kind: 'predicted' },
    },
    options,
  );
  const { ok, says, value } = explanation.health.find(({ check }) => check === 'same-function')!;
  return { check: 'embeddings', ok, says, value, expected: convertedLimit };
}
