/** Attacks many lines of a dataset with several searches, for tests and for the bench. */
import { attack, attackBy } from '../../src/interpret/attack/attack';
import { formatOf, openFileLines, recordAt, textInput } from '../../src/dataset';
import { loadModel } from '../../src/model/loadModel';
import type { Model } from '../../src/model/model';
import type { AttackOptions, AttackResult } from '../../src/protocol/attack';
import type { TextInput } from '../../src/protocol/task';
import { randomAttack } from './randomAttack';

export interface Study {
  readonly name: string;
  readonly results: readonly AttackResult[];
  readonly milliseconds: number;
}

/** One way to attack a text. */
export type Attacker = (model: Model, input: TextInput) => Promise<AttackResult>;

export function hotflipWith(options: AttackOptions): Attacker {
  return (model, input) => attack(model, request(input, options));
}

/** Replacements by chance, as many looked at as HotFlip looks at. */
export function chanceWith(options: AttackOptions): Attacker {
  return (model, input) => attackBy(randomAttack, model, request(input, options));
}

/** The request for HotFlip, untargeted, of what is predicted. */
export function request(input: TextInput, options: AttackOptions) {
  return {
    ...input,
    modelDir: '',
    device: 'cpu',
    attack: 'hotflip',
    options,
    target: null,
    label: { kind: 'predicted' },
  } as const;
}

export async function openModel(dir: string): Promise<Model> {
  return await loadModel(dir, 'cpu');
}

/** The first `count` records of a file, blank lines left out. */
export async function firstTexts(file: string, count: number): Promise<TextInput[]> {
  const format = formatOf(file)!;
  const lines = await openFileLines(file);
  try {
    const texts: TextInput[] = [];
    // A CSV file begins with its header.
    for (let line = format === 'csv' || format === 'tsv' ? 1 : 0; texts.length < count;) {
      if (line >= lines.lineCount) break;
      if (lines.line(line).trim() === '') {
        line++;
        continue;
      }
      const record = recordAt(lines, format, line);
      texts.push(textInput(record));
      line = record.endLine + 1;
    }
    return texts;
  } finally {
    await lines.close();
  }
}

/** Runs each attacker over all texts, one text after another and the attackers in turn. */
export async function studyAttacks(
  model: Model,
  texts: readonly TextInput[],
  attackers: Readonly<Record<string, Attacker>>,
): Promise<Study[]> {
  const studies = Object.keys(attackers).map(name => ({
    name,
    results: [] as AttackResult[],
    milliseconds: 0,
  }));
  for (const text of texts) {
    for (const study of studies) {
      const started = performance.now();
      study.results.push(await attackers[study.name]!(model, text));
      study.milliseconds += performance.now() - started;
    }
  }
  return studies;
}

export interface Rates {
  readonly tried: number;
  readonly succeeded: number;
  readonly rate: number;
  /** Of those that were tried, the share that one change flipped. */
  readonly rateOfOne: number;
  /** Of successful attacks. */
  readonly meanWords: number;
  readonly meanQueries: number;
  readonly meanRuns: number;
  /** A text that was tried. */
  readonly milliseconds: number;
}

export function ratesOf({ results, milliseconds }: Study): Rates {
  const tried = results.filter(({ outcome }) => outcome !== 'skipped');
  const won = tried.filter(({ success }) => success);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return {
    tried: tried.length,
    succeeded: won.length,
    rate: won.length / Math.max(1, tried.length),
    rateOfOne:
      won.filter(({ wordsChanged }) => wordsChanged === 1).length / Math.max(1, tried.length),
    meanWords: mean(won.map(({ wordsChanged }) => wordsChanged)),
    meanQueries: mean(tried.map(({ queries }) => queries)),
    meanRuns: mean(tried.map(({ runs }) => runs)),
    milliseconds: milliseconds / Math.max(1, tried.length),
  };
}
