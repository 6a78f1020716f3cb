/** Attacks one text: reads it, searches, and checks from the text alone what was found. */
import type { Model } from '../../model/model';
import type { AttackKind, AttackRequest, AttackResult, AttackStep } from '../../protocol/attack';
import type { HealthCheck } from '../../protocol/explanation';
import { seen } from '../saliency/health';
import { readers } from '../task/readers';
import { readText, unseenRanges, type ReadText } from '../task/readText';
import type { RunOptions } from '../task/predictRows';
import { firstDraft } from './draft';
import { NothingToAttack, type Goal } from './goal';
import { goalFor } from './goals';
import { hotflip } from './hotflip';
import type { AttackMethod, Found, Kept } from './method';
import { resolveAttackOptions } from './options';
import { outcomeOf } from './outcome';
import { inputReduction } from './reduction';
import { aim, skipped, type Setting } from './skipped';
import { Tester, type Trial } from './tester';
import { countWords } from './units';

export interface AttackCalls extends RunOptions {
  /** Told whenever the trace has grown; what is told is as if the attack had been stopped there. */
  readonly trace?: (result: AttackResult) => void;
}

const methods: Readonly<Record<AttackKind, AttackMethod>> = {
  hotflip,
  'input-reduction': inputReduction,
};

/**
 * Attacks a text. Throws GlassboxError: 'bad-input' for a request that makes no sense, 'cancelled' (what was told by `trace`
 * stays), 'bad-model', 'unsupported' where the model has no derivative and one is needed.
 */
export async function attack(
  model: Model,
  request: AttackRequest,
  calls: AttackCalls = {},
): Promise<AttackResult> {
  const method = methods[request.attack];
  const bothWays = model.about.head.task === 'regression' && request.attack === 'hotflip';
  if (!bothWays || request.target !== null) return await attackBy(method, model, request, calls);
  // Where a value shall only move, the gradient needs a way to look: both are tried.
  const up = await attackBy(method, model, { ...request, target: 'up' }, calls);
  const down = await attackBy(method, model, { ...request, target: 'down' }, calls);
  return better(up, down);
}

/** Of two attacks on one text, at the price of both. */
function better(first: AttackResult, second: AttackResult): AttackResult {
  const worth = ({ success, wordsChanged, final }: AttackResult): number =>
    success ? 1e9 - wordsChanged : final.margin;
  return {
    ...(worth(first) >= worth(second) ? first : second),
    target: null,
    queries: first.queries + second.queries,
    runs: first.runs + second.runs,
    milliseconds: first.milliseconds + second.milliseconds,
  };
}

/** The same by a method that need not be one of the attacks: one that tests compare them with. */
export async function attackBy(
  method: AttackMethod,
  model: Model,
  request: AttackRequest,
  calls: AttackCalls = {},
): Promise<AttackResult> {
  const started = performance.now();
  const options = resolveAttackOptions(request.attack, request.options);
  // Removing what the model does not need has no other decision as its aim.
  const target = request.attack === 'input-reduction' ? null : request.target;
  const read = await readText(model, request, request, calls);
  const reading = readers[model.about.head.task](read.hand);
  const setting: Setting = { model, request, options, target, read, reading, started };
  let goal: Goal;
  try {
    goal = goalFor[model.about.head.task]({ read, label: request.label, target, by: options.by });
  } catch (error) {
    if (error instanceof NothingToAttack) return skipped(setting, null, error.reason);
    throw error;
  }
  const tester = new Tester(model, goal, request, calls);
  tester.spent(1, 1);
  const draft = firstDraft(request, goal.anchor);
  const start: Trial = { draft, read, ...goal.judge(read, draft) };
  if (request.attack === 'hotflip') {
    const wrong = reading.correct === false && target === null && !options.evenIfWrong;
    const skip = (says: string) => skipped(setting, goal, says, start.margin);
    if (wrong) return skip(`already wrong: gold is ${reading.gold ?? 'another'}`);
    if (start.reached) return skip(`already predicted: ${goal.from}`);
  }
  const run: Run = { setting, goal, tester, start };
  const found = await method({
    tester,
    start,
    options,
    tell: path => calls.trace?.(resultOf(run, { ...nothingYet, path }, null)),
  });
  const verification = await verify(run, found);
  const { path, notes } = verification;
  return resultOf(run, { ...found, path, notes: [...found.notes, ...notes] }, verification);
}

interface Run {
  readonly setting: Setting;
  readonly goal: Goal;
  readonly tester: Tester;
  readonly start: Trial;
}

const nothingYet: Found = { path: [], minimality: null, notes: [], nothingToTry: null };

interface Verification {
  /** The last text with what the model says of it alone. */
  readonly path: readonly Kept[];
  /** In company or alone it was judged to be what the attack wants. */
  readonly reached: boolean;
  /** Alone it is judged as the outcome says. */
  readonly holds: boolean;
  readonly notes: readonly HealthCheck[];
}

/** Asks the last text of the path once more, alone, as whoever checks it will; what is said then is what counts. */
async function verify({ tester, start }: Run, { path }: Found): Promise<Verification> {
  const last = path.at(-1);
  if (!last) return { path, reached: start.reached, holds: true, notes: [] };
  const { trial } = last;
  const alone = await tester.askAlone(trial.draft);
  if (!alone) return { path, reached: trial.reached, holds: false, notes: [] };
  const same = tester.textOf(alone).label === tester.textOf(trial).label;
  return {
    path: [...path.slice(0, -1), { ...last, trial: alone }],
    reached: alone.reached || trial.reached,
    holds: alone.reached || (!trial.reached && same),
    notes: together(trial, alone),
  };
}

/** Logits that one text differs by in company are more than rounding from here on. */
const rounding = 0.01;

/** A warning where the other texts of a batch change what the model says of a text. */
function together({ margin }: Trial, alone: Trial): HealthCheck[] {
  const value = Math.abs(alone.margin - margin);
  if (value < rounding) return [];
  const says = `What the model says of a text depends on the texts that it is asked about together with (by ${value.toPrecision(2)} here), as where activations are quantised as they come; the final text was asked alone, the steps before it were not.`;
  return [{ check: 'batch', ok: false, value, says }];
}

/** `verification`: of the final text alone; null while the search is at work. */
function resultOf(
  { setting, goal, tester, start }: Run,
  found: Found,
  verification: Pick<Verification, 'reached' | 'holds'> | null,
): AttackResult {
  const { model, request, options, target, read, reading, started } = setting;
  const original = tester.textOf(start);
  const steps = found.path.map(kept => stepOf(tester, kept));
  const last = found.path.at(-1)?.trial ?? start;
  const final = tester.textOf(last);
  const words = countWords(read, options);
  // Every change is of one unit: a word, or a token where tokens are asked for.
  const changed = last.draft.changes.length;
  const { outcome, success, says } = outcomeOf({
    attack: request.attack,
    options,
    target,
    from: goal.from,
    to: final.label,
    reached: verification?.reached ?? last.reached,
    verified: verification?.holds ?? true,
    wordsChanged: changed,
    words,
    left: countWords(last.read, options),
    runs: tester.runs,
    cancelled: verification === null,
    nothingToTry: found.nothingToTry,
  });
  const { device, hash, name } = model.about;
  return {
    attack: request.attack,
    options,
    target,
    label: goal.label,
    goal: aim(request.attack, goal),
    original,
    steps,
    final,
    outcome,
    success,
    says,
    wordsChanged: changed,
    words,
    queries: tester.queries,
    runs: tester.runs,
    verifiedFromText: verification?.holds ?? false,
    minimality: found.minimality,
    cancelled: verification === null,
    gold: reading.gold,
    correct: reading.correct,
    notes: [...notesOf(model, read), ...reading.notes, ...found.notes],
    device,
    milliseconds: performance.now() - started,
    modelHash: hash,
    modelName: name,
  };
}

function stepOf(tester: Tester, { trial, estimate, queries }: Kept): AttackStep {
  const { changed, changes } = trial.draft;
  return { ...tester.textOf(trial), changed, changes, queries, estimate };
}

function notesOf(model: Model, read: ReadText): HealthCheck[] {
  const inWindows = new Set(read.hand.windows.flatMap(({ tokens }) => tokens));
  const unseen = unseenRanges(read, inWindows);
  const whole = read.windows === null && unseen.length === 0;
  return [...(whole ? [] : [seen(read.windows, unseen)]), ...model.about.notes];
}
