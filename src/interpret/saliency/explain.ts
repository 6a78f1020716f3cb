/** Explains texts: tokens, prediction, attributions and their health. */
import { findLabel } from '../../model/labels';
import type { Row } from '../../model/inputs';
import type { Model } from '../../model/model';
import type {
  BaselineKind,
  ExplainRequest,
  Explanation,
  LabelChoice,
  MethodParameters,
  Prediction,
  ScalarKind,
  Token,
} from '../../protocol/explanation';
import { GlassboxError } from '../../protocol/messages';
import { readResult, type Question, type ReadText } from './answer';
import { methodNamed } from './methods';
import { parametersOf, resolveParameters } from './parameters';
import { SaliencyProgram } from './program';
import { runPoints, type RunOptions } from './runPoints';
import { chooseLabel, logSoftmax, scalarValue, targetOf, type ChosenLabel } from './target';

/** What is asked about texts that are token ids already. */
export interface IdsRequest {
  readonly method: string;
  readonly parameters: MethodParameters;
  readonly scalar: ScalarKind;
  readonly label: LabelChoice;
  /** Gold label of each row, when there are any. */
  readonly gold?: readonly (string | null)[];
}

/** Rows of one run. More would not be faster, and their sums have to fit into memory. */
const rowsTogether = 16;

/**
 * Explains one text. Throws GlassboxError: 'bad-input' for a request that makes no sense, 'cancelled',
 * 'bad-model' or 'unsupported' when the model turns out to be unusable (the first time only).
 */
export async function explain(
  model: Model,
  request: ExplainRequest,
  options: RunOptions = {},
): Promise<Explanation> {
  const started = performance.now();
  const { tokenizer, maxTokens, dir } = model.about;
  if (tokenizer === null) {
    throw new GlassboxError(
      'bad-model',
      `${dir} holds no tokenizer.json, so text cannot be explained, only token ids; add the tokenizer of the model.`,
    );
  }
  const { ids, typeIds, tokens, unseen } = await tokenizer.encode(request.text, { maxTokens });
  if (ids.length === 0) {
    throw new GlassboxError('bad-input', 'The text is empty: there is no token to explain.');
  }
  const text: ReadText = {
    row: { ids, typeIds, mask: ids.map(() => 1) },
    tokens,
    unseen,
    gold: request.gold ?? null,
  };
  const [explanation] = await explainRows(model, [text], request, options, started);
  return explanation!;
}

/**
 * Explains rows of token ids (padding has mask 0 and gets 0). Tokens carry no places in a text; the
 * tokenizer, when there is one, tells their names and which ones are special.
 */
export async function explainIds(
  model: Model,
  rows: readonly Row[],
  request: IdsRequest,
  options: RunOptions = {},
): Promise<Explanation[]> {
  const texts = rows.map((row, index): ReadText => {
    checkIds(row, index, model);
    return {
      row,
      tokens: tokensOfIds(model, row),
      unseen: { tokens: 0, characters: 0 },
      gold: request.gold?.[index] ?? null,
    };
  });
  const explanations: Explanation[] = [];
  for (let first = 0; first < texts.length; first += rowsTogether) {
    const some = texts.slice(first, first + rowsTogether);
    explanations.push(...(await explainRows(model, some, request, options, performance.now())));
  }
  return explanations;
}

async function explainRows(
  model: Model,
  texts: readonly ReadText[],
  request: Omit<IdsRequest, 'gold'>,
  options: RunOptions,
  started: number,
): Promise<Explanation[]> {
  const { labels } = model.about;
  const method = methodNamed(request.method);
  const parameters = resolveParameters(method, request.parameters);
  const plan = method.plan(parameters);
  const scalar = method.description.scalar ?? request.scalar;
  const baselineIds = texts.map(text => baselineOf(model, text, parameters.baseline));
  const program = await SaliencyProgram.of(model);
  const rows = texts.map(text => text.row);
  const allLogits = await model.predict(rows);
  const questions = texts.map((text, index): Question => {
    const prediction = predictionOf(labels, allLogits[index]!);
    const gold = text.gold === null ? null : findLabel(labels, text.gold);
    const chosen = chooseLabel(request.label, labels, labels.indexOf(prediction.label), gold);
    const target = targetOf(scalar, chosen, labels.length);
    return { prediction, gold, chosen, scalar, target };
  });
  // The scalar at the baseline, for the completeness check: a point that counts for nothing.
  const start = { alpha: 0, weight: 0, sigma: 0, relative: false, sample: 0 };
  const { rows: results } = await runPoints(
    program,
    {
      rows,
      targets: questions.map(question => question.target),
      baseline: { ids: baselineIds, scale: parameters.baseline === 'zero' ? 0 : 1 },
      points: plan.complete ? [...plan.points, start] : plan.points,
      moment: plan.moment,
      seed: parameters.seed,
    },
    options,
  );
  const milliseconds = (performance.now() - started) / texts.length;
  return texts.map((text, index) => {
    const question = questions[index]!;
    const { attributions, scores, signed, health } = readResult(
      { model, program, method, plan, parameters },
      text,
      question,
      results[index]!,
    );
    return {
      tokens: text.tokens,
      prediction: question.prediction,
      gold: question.gold === null ? null : labels[question.gold]!,
      explained: {
        ...names(question.chosen, labels),
        scalar,
        value: scalarValue(question.target, question.prediction.logits),
      },
      method: {
        name: method.description.name,
        title: method.description.title,
        ...parametersOf(method, parameters),
      },
      signed,
      attributions,
      scores,
      normalisation: plan.normalisation,
      health,
      device: model.about.device,
      milliseconds,
      modelHash: model.about.hash,
      modelName: model.about.name,
    };
  });
}

function names(
  { label, against, why }: ChosenLabel,
  labels: readonly string[],
): { label: string; against: string | null; why: string } {
  return { label: labels[label]!, against: against === null ? null : labels[against]!, why };
}

function predictionOf(labels: readonly string[], logits: readonly number[]): Prediction {
  const largest = logits.indexOf(Math.max(...logits));
  if (!logits.every(Number.isFinite)) {
    throw new GlassboxError(
      'bad-model',
      `The model gives no finite prediction for this text (logits ${logits.join(', ')}), so there is nothing to explain.`,
    );
  }
  const probabilities = logSoftmax(logits).map(Math.exp);
  return { label: labels[largest]!, labels, logits, probabilities };
}

/**
 * Ids of the baseline: the special tokens and the padding stay, all others become [PAD] or [MASK]. Without
 * a tokenizer nothing tells which tokens are special, and only the padding stays.
 */
function baselineOf(model: Model, { row, tokens }: ReadText, kind: BaselineKind): number[] {
  if (kind === 'zero') return row.ids.map(() => 0);
  const { padId, maskId } = model.about;
  const filling = kind === 'pad' ? padId : maskId;
  if (filling === null) {
    const [token, where] =
      kind === 'pad'
        ? ['padding', 'neither tokenizer.json nor config.json names one']
        : ['mask', 'tokenizer.json names none, or is missing'];
    throw new GlassboxError(
      'bad-input',
      `This model has no ${token} token that is known here (${where}), so it cannot be the baseline; choose another one.`,
    );
  }
  return row.ids.map((id, index) =>
    tokens[index]!.special || row.mask[index] === 0 ? id : filling,
  );
}

function checkIds({ ids, mask, typeIds }: Row, index: number, { about }: Model): void {
  const fail = (what: string): never => {
    throw new GlassboxError('bad-input', `Row ${index} of the token ids ${what}.`);
  };
  if (ids.length === 0 || !mask.includes(1)) fail('has no token');
  if (mask.length !== ids.length || typeIds.length !== ids.length) {
    fail('has ids, attention mask and token types of different lengths');
  }
  const limit = about.inputs.length ?? about.maxTokens;
  if (ids.length > limit) fail(`has ${ids.length} tokens, more than the model's ${limit}`);
  const { vocabulary } = about.embedding;
  const stray = ids.find(id => !Number.isSafeInteger(id) || id < 0 || id >= vocabulary);
  if (stray !== undefined) fail(`holds ${stray}, which is not an id from 0 to ${vocabulary - 1}`);
  const odd = mask.find(entry => entry !== 0 && entry !== 1);
  if (odd !== undefined) fail(`has ${odd} in its attention mask, where only 0 and 1 can stand`);
  // How many types there are, only the graph knows; ONNX counts negative ones from the end.
  const type = typeIds.find(entry => !Number.isSafeInteger(entry) || entry < 0);
  if (type !== undefined) fail(`holds the token type ${type}, which is not a number from 0 up`);
}

function tokensOfIds({ about }: Model, row: Row): Token[] {
  const { tokenizer } = about;
  return row.ids.map((id, index) => ({
    text: tokenizer?.tokenOf(id) ?? String(id),
    start: 0,
    end: 0,
    special: row.mask[index] === 0 || (tokenizer?.isSpecial(id) ?? false),
    unknown: tokenizer?.unkId === id,
    word: null,
  }));
}
