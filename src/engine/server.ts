/** What the engine does for those who ask, in whatever process it lives. */
import { attack } from '../interpret/attack/attack';
import { checkModel } from '../interpret/check/checkModel';
import { traceInfluence, type TraceCalls } from '../interpret/influence/influence';
import { findSuspicious } from '../interpret/influence/suspicious';
import type { TrainingSet } from '../interpret/influence/trainingSet';
import { predictTexts } from '../interpret/predict/predictTexts';
import { measureText } from '../interpret/measure/measureText';
import { explain } from '../interpret/saliency/explain';
import { explainIds } from '../interpret/saliency/explainIds';
import { explainMany } from '../interpret/saliency/explainMany';
import { methodsFor } from '../interpret/saliency/methods';
import { SaliencyProgram } from '../interpret/saliency/gradients/program';
import type { Model } from '../model/model';
import type { AttackRequest, AttackResult } from '../protocol/attack';
import type { Channel } from '../protocol/channel';
import type { HandlerContext, NoRequests } from '../protocol/channelTypes';
import type {
  EngineEvents,
  EngineRequests,
  EngineStatus,
  ExplainIdsRequest,
  ExplainManyRequest,
  NotExplained,
} from '../protocol/engineMessages';
import type {
  DevicePreference,
  Explanation,
  ExplainRequest,
  ModelInfo,
} from '../protocol/explanation';
import type { PredictedText, PredictRequest } from '../protocol/evaluation';
import type {
  InfluenceRequest,
  InfluenceResult,
  SuspicionRequest,
  SuspicionResult,
} from '../protocol/influence';
import type { MeasuredText, MeasureRequest } from '../protocol/measures';
import { GlassboxError } from '../protocol/messages';
import type { CheckRequest, ModelCheck } from '../protocol/modelCheck';
import type { TaskKind } from '../protocol/task';
import { ModelCache } from './modelCache';
import { SerialQueue } from './serialQueue';
import { TrainingSets } from './trainingSets';

export interface ModelPlace {
  readonly modelDir: string;
  readonly device: DevicePreference;
  readonly task?: TaskKind;
}

/**
 * Loads models and explains. Requests are worked on one after another: two at once would be no
 * faster, and would need the memory of two. One that waits can be cancelled before it starts.
 */
export class EngineServer {
  private readonly trainingSets = new TrainingSets();
  private readonly models = new ModelCache(model => this.trainingSets.release(model));
  private readonly queue = new SerialQueue();
  private explained = 0;

  /** Loads and checks a model, and tells about it. Throws GlassboxError. */
  loadModel(place: ModelPlace, context: Partial<HandlerContext> = {}): Promise<ModelInfo> {
    return this.queue.run(async () => {
      context.progress?.({ done: 0, total: 1, says: 'Loading the model' });
      const model = await this.models.get(place.modelDir, place.device, { task: place.task });
      // Built now so that an op without a rule is told when the model is chosen, not at the first line.
      await SaliencyProgram.of(model);
      return describe(model);
    }, context.signal);
  }

  /** Explains one text. Throws GlassboxError. */
  explain(request: ExplainRequest, context: Partial<HandlerContext> = {}): Promise<Explanation> {
    return this.queue.run(async () => {
      const { modelDir, device, task } = request;
      const model = await this.models.get(modelDir, device, { task });
      stopIfCancelled(context);
      const explanation = await explain(model, request, context);
      this.explained++;
      return explanation;
    }, context.signal);
  }

  /** Explains several texts; one that cannot be explained says why. Throws GlassboxError for what concerns all. */
  explainMany(
    request: ExplainManyRequest,
    context: Partial<HandlerContext> = {},
  ): Promise<(Explanation | NotExplained)[]> {
    return this.queue.run(async () => {
      const { modelDir, device, task } = request;
      const model = await this.models.get(modelDir, device, { task });
      stopIfCancelled(context);
      const explanations = await explainMany(model, request, context);
      this.explained += explanations.length;
      return explanations;
    }, context.signal);
  }

  /** Predicts texts and explains nothing. Throws GlassboxError for what concerns all. */
  predict(
    request: PredictRequest,
    context: Partial<HandlerContext> = {},
  ): Promise<PredictedText[]> {
    return this.queue.run(async () => {
      const { modelDir, device, task } = request;
      const model = await this.models.get(modelDir, device, { task });
      stopIfCancelled(context);
      return await predictTexts(model, request, context);
    }, context.signal);
  }

  /** Explains rows of token ids; the model folder need not have a tokenizer. Throws GlassboxError. */
  explainIds(
    { modelDir, device, rows, ...request }: ExplainIdsRequest,
    context: Partial<HandlerContext> = {},
  ): Promise<Explanation[]> {
    return this.queue.run(async () => {
      const model = await this.models.get(modelDir, device, {
        tokenizer: 'optional',
        task: request.task,
      });
      stopIfCancelled(context);
      const explanations = await explainIds(model, rows, request, context);
      this.explained += explanations.length;
      return explanations;
    }, context.signal);
  }

  /** Attacks one text; `tell` hears the trace as it grows. Throws GlassboxError. */
  attack(
    request: AttackRequest,
    context: Partial<HandlerContext> = {},
    tell: (result: AttackResult) => void = () => undefined,
  ): Promise<AttackResult> {
    return this.queue.run(async () => {
      const { modelDir, device, task } = request;
      const model = await this.models.get(modelDir, device, { task });
      stopIfCancelled(context);
      return await attack(model, request, { ...context, trace: tell });
    }, context.signal);
  }

  /** Which training lines help and hurt. Throws GlassboxError. */
  influence(
    request: InfluenceRequest,
    context: Partial<HandlerContext> = {},
  ): Promise<InfluenceResult> {
    return this.aboutTraining(request, context, traceInfluence);
  }

  /** Which training lines are probably mislabelled. Throws GlassboxError. */
  suspicious(
    request: SuspicionRequest,
    context: Partial<HandlerContext> = {},
  ): Promise<SuspicionResult> {
    return this.aboutTraining(request, context, findSuspicious);
  }

  /** Opens the model and its training file, or takes them as they were kept. */
  private aboutTraining<Request extends InfluenceRequest | SuspicionRequest, Result>(
    request: Request,
    context: Partial<HandlerContext>,
    answer: (
      model: Model,
      request: Request,
      train: TrainingSet,
      calls: TraceCalls,
    ) => Promise<Result>,
  ): Promise<Result> {
    return this.queue.run(async () => {
      const { modelDir, device, task, cacheDir } = request;
      const model = await this.models.get(modelDir, device, { task });
      stopIfCancelled(context);
      const train = await this.trainingSets.get(model, request.train, { ...context, cacheDir });
      const openModel = (dir: string): Promise<Model> =>
        this.models.get(dir, device, { task }, model);
      return await answer(model, request, train, { ...context, openModel });
    }, context.signal);
  }

  /** Explains a text by several methods and measures how good their maps are. Throws GlassboxError. */
  measure(request: MeasureRequest, context: Partial<HandlerContext> = {}): Promise<MeasuredText> {
    return this.queue.run(async () => {
      const { modelDir, device, task } = request;
      const model = await this.models.get(modelDir, device, { task });
      stopIfCancelled(context);
      const shuffled = (): Promise<Model> => this.models.shuffledOf(model);
      const measured = await measureText(model, request, { ...context, shuffled });
      this.explained += measured.methods.filter(({ explanation }) => explanation).length;
      return measured;
    }, context.signal);
  }

  /** Checks a model; what is wrong with it is in the answer. Throws GlassboxError 'cancelled'. */
  checkModel(request: CheckRequest, context: Partial<HandlerContext> = {}): Promise<ModelCheck> {
    return this.queue.run(() => checkModel(request, context), context.signal);
  }

  status(): EngineStatus {
    return {
      pid: process.pid,
      memory: process.memoryUsage.rss(),
      models: this.models.folders,
      explained: this.explained,
    };
  }

  /** Frees the models and the training files. */
  release(): Promise<void> {
    return this.queue.run(() => this.models.clear());
  }
}

/** Answers the requests of `channel`. */
export function serve(
  channel: Channel<NoRequests, EngineRequests, EngineEvents>,
  server: EngineServer,
): void {
  const thenTell = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } finally {
      channel.emit('status', server.status());
    }
  };
  channel.handle('loadModel', (place, context) => thenTell(server.loadModel(place, context)));
  channel.handle('explain', (request, context) => thenTell(server.explain(request, context)));
  channel.handle('explainIds', (request, context) => thenTell(server.explainIds(request, context)));
  channel.handle('explainMany', (request, context) =>
    thenTell(server.explainMany(request, context)),
  );
  channel.handle('predict', (request, context) => thenTell(server.predict(request, context)));
  channel.handle('attack', (request, context) => {
    const { trace } = request;
    const tell = (result: AttackResult): void => {
      if (trace !== undefined) channel.emit('attackTrace', { trace, result });
    };
    return thenTell(server.attack(request, context, tell));
  });
  channel.handle('influence', (request, context) => thenTell(server.influence(request, context)));
  channel.handle('suspicious', (request, context) => thenTell(server.suspicious(request, context)));
  channel.handle('measure', (request, context) => thenTell(server.measure(request, context)));
  channel.handle('checkModel', (request, context) => thenTell(server.checkModel(request, context)));
  channel.handle('status', () => server.status());
}

/** Loading cannot be interrupted; what follows need not be begun. */
function stopIfCancelled({ signal }: Partial<HandlerContext>): void {
  if (signal?.aborted) throw new GlassboxError('cancelled', 'Cancelled.');
}

function describe({ about }: Model): ModelInfo {
  const { dir, name, architecture, head, device, hash, maxTokens } = about;
  const { task, labels } = head;
  const methods = methodsFor(about);
  return { dir, name, architecture, task, labels, device, hash, maxTokens, methods };
}
