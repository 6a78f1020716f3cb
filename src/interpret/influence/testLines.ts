/** The texts that a trace asks about. */
import type { Model } from '../../model/model';
import type { HealthCheck } from '../../protocol/explanation';
import type { TestInstance } from '../../protocol/influence';
import { GlassboxError } from '../../protocol/messages';
import type { TextInput } from '../../protocol/task';
import type { RunOptions } from '../task/predictRows';
import type { Example } from './curvature/batches';
import { testExamples, type TestExample } from './train/testExample';

export interface TestLines {
  readonly examples: readonly Example[];
  /** Of a single text. */
  readonly test: TestInstance | null;
  readonly count: number;
  readonly meanLoss: number;
  readonly notes: readonly HealthCheck[];
  /** What is asked about, for the middle of a sentence: 'the line', 'the 872 lines (their mean)'. */
  readonly says: string;
}

/**
 * Texts that cannot be asked about are left out, and a note counts them. Throws GlassboxError 'bad-input' where none is left: for a single text
 * with its own reason.
 */
export async function readTests(
  model: Model,
  texts: readonly TextInput[],
  unit: 'line' | 'entity',
  calls: RunOptions,
): Promise<TestLines> {
  if (texts.length === 0) {
    throw new GlassboxError('bad-input', 'There is no line to ask about; choose at least one.');
  }
  const tests = await testExamples(model, texts, { unit, ...calls });
  const found = tests.filter((test): test is TestExample => !(test instanceof GlassboxError));
  const refused = tests.filter(test => test instanceof GlassboxError);
  const [reason] = refused;
  if (found.length === 0) {
    if (texts.length === 1) throw reason!;
    throw new GlassboxError(
      'bad-input',
      `None of the ${texts.length} lines can be asked about; the first one: ${reason!.message}`,
    );
  }
  const losses = found.map(({ instance }) => instance.loss);
  const single = texts.length === 1 ? found[0]! : null;
  return {
    examples: found.map(({ example }) => example),
    test: single?.instance ?? null,
    count: found.length,
    meanLoss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
    notes: [
      ...(single ? single.notes : [...skipped(refused), ...together(found)]),
      ...predictedLabels(found, single !== null),
    ],
    says: single ? single.instance.says : `the ${inNumber(found.length)} lines (their mean)`,
  };
}

function skipped(refused: readonly GlassboxError[]): HealthCheck[] {
  const [reason] = refused;
  if (!reason) return [];
  const says = `${lines(refused.length)} could not be asked about; the first one: ${reason.message}`;
  return [{ check: 'tests-skipped', ok: false, value: refused.length, says }];
}

/** One note a kind, with how many lines it holds for. */
function together(found: readonly TestExample[]): HealthCheck[] {
  const kinds = new Map<string, HealthCheck[]>();
  for (const note of found.flatMap(({ notes }) => notes)) {
    kinds.set(note.check, [...(kinds.get(note.check) ?? []), note]);
  }
  return [...kinds.values()].map(notes => {
    const [first] = notes as [HealthCheck];
    const says =
      notes.length === 1
        ? `Of one line: ${first.says}`
        : `Of ${lines(notes.length)}, for instance: ${first.says}`;
    return { ...first, value: notes.length, says };
  });
}

/** That the predicted label stands for one that is missing. */
function predictedLabels(found: readonly TestExample[], single: boolean): HealthCheck[] {
  const without = found.filter(({ instance }) => instance.labelFrom === 'predicted');
  const [first] = without;
  if (!first) return [];
  const says = single
    ? `The line has no label that can be used, so the predicted one ("${first.instance.label}") is asked about: what helps makes the model surer of it, right or wrong.`
    : `${lines(without.length)} of ${inNumber(found.length)} have no label that can be used; of them the predicted one is asked about.`;
  return [{ check: 'predicted-label', ok: true, value: without.length, says }];
}

function lines(count: number): string {
  return count === 1 ? 'one line' : `${inNumber(count)} lines`;
}

function inNumber(count: number): string {
  return count.toLocaleString('en');
}
