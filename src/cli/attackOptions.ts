/** What `attack` can be asked for. */
import path from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { AttackQuestion } from '../batch/attackRun';
import {
  attackEdits,
  attackKinds,
  attackSearches,
  importances,
  type AttackEdit,
  type AttackKind,
  type AttackOptions,
  type AttackSearch,
  type Importance,
} from '../protocol/attack';
import type { DevicePreference } from '../protocol/explanation';
import { GlassboxError } from '../protocol/messages';
import type { LabelChoice, LongText, TaskKind } from '../protocol/task';
import { labelHelp, parseLabel } from './labelChoice';
import { decimalNumber, wholeNumber } from './numberOptions';
import { addTextOptions, readingOf } from './options';

/** The options of `attack`, as commander hands them over; what was not given is undefined. */
export interface AttackCommandOptions {
  readonly model: string;
  readonly attack: AttackKind;
  readonly target?: string;
  readonly label: LabelChoice;
  readonly search?: AttackSearch;
  readonly beam?: number;
  readonly maxFlips?: number;
  readonly maxShare?: number;
  readonly candidates?: number;
  readonly edits?: readonly AttackEdit[];
  readonly ignore?: readonly string[];
  readonly attackField?: 'text' | 'pair' | 'both';
  readonly unit?: 'words' | 'tokens';
  readonly ownWords?: 'protect' | 'attack';
  readonly wholeWords?: boolean;
  readonly sameCase?: boolean;
  readonly sameClass?: boolean;
  readonly stopWords?: boolean;
  readonly minCosine?: number;
  readonly importance?: Importance;
  readonly by?: number;
  readonly evenIfWrong?: true;
  readonly preset?: 'none' | 'allennlp';
  readonly seed?: number;
  readonly field?: string;
  readonly pairField?: string;
  readonly labelField?: string;
  readonly task?: TaskKind;
  readonly device: DevicePreference;
  readonly long?: LongText['mode'];
  readonly overlap?: number;
  readonly output?: string;
  readonly json?: true;
  readonly verbose?: true;
}

export function addAttackOptions(command: Command): Command {
  const choice = (flags: string, about: string, choices: readonly string[]) =>
    new Option(flags, about).choices(choices);
  const own = command
    .requiredOption('--model <dir>', 'folder with model.onnx, config.json and tokenizer.json')
    .addOption(
      choice(
        '--attack <kind>',
        'flip the prediction, or remove what it does not need',
        attackKinds,
      ).default('hotflip'),
    )
    .option(
      '--target <what>',
      "what shall be predicted instead: a label, a word, an entity's type or O, an answer, up or down",
    )
    .addOption(
      new Option('--label <what>', `which decision is attacked: ${labelHelp}`)
        .argParser(parseLabel)
        .default({ kind: 'predicted' } satisfies LabelChoice, 'predicted'),
    )
    .addOption(choice('--search <how>', 'how flips are looked for', attackSearches))
    .option('--beam <n>', 'width of a beam', wholeNumber)
    .option('--max-flips <n>', 'most changes', wholeNumber)
    .option('--max-share <p>', 'most changes as a share of the words', decimalNumber)
    .option('--candidates <n>', 'changes that are verified at each step', wholeNumber)
    .option('--edits <list>', `what may be done, by commas: ${attackEdits.join(', ')}`, parseEdits)
    .option('--ignore <token>', 'a token that is never changed; can be given again', collect)
    .addOption(
      choice('--attack-field <which>', 'which text of a pair may be changed', [
        'text',
        'pair',
        'both',
      ]),
    )
    .addOption(choice('--unit <what>', 'what is changed at once', ['words', 'tokens']))
    .addOption(
      choice('--own-words <how>', "the attacked entity's or answer's own words", [
        'protect',
        'attack',
      ]),
    )
    .option('--whole-words', 'replacements are letters and digits only')
    .option('--no-whole-words', 'replacements may be pieces of words, and symbols')
    .option('--same-case', 'replacements are in the case of what they replace')
    .option('--no-same-case', 'replacements may be in another case')
    .option('--same-class', 'words for words, numbers for numbers, punctuation for punctuation')
    .option('--no-same-class', 'anything for anything')
    .option('--stop-words', 'stop words may be put in, and replaced')
    .option('--no-stop-words', 'stop words are neither put in nor replaced')
    .option('--min-cosine <c>', 'least cosine of the word vectors of new and old', decimalNumber)
    .addOption(choice('--importance <kind>', 'what is removed first', importances))
    .option('--by <n>', 'of a regression: how far the value must move', decimalNumber)
    .option('--even-if-wrong', 'attack although the prediction is not the gold one')
    .addOption(choice('--preset <name>', 'as another program does it', ['none', 'allennlp']))
    .option('--seed <n>', 'of everything random', wholeNumber);
  return addTextOptions(own)
    .option(
      '--output <file>',
      'with FILE: write the results to this .jsonl file and a .csv beside it, or go on where they end',
    )
    .option('--json', 'print JSON')
    .option('--verbose', "print the engine's log to stderr");
}

/**
 * What the engine is asked about a text; it knows the defaults. The engine's own folder may be another one. Throws GlassboxError
 * 'bad-input' for options that do not go together.
 */
export function attackQuestion(options: AttackCommandOptions): AttackQuestion {
  const { model, device, attack, label, target = null } = options;
  if (attack === 'input-reduction' && target !== null) {
    throw new GlassboxError(
      'bad-input',
      'Input Reduction keeps what is predicted; leave --target out, or choose --attack hotflip.',
    );
  }
  const modelDir = path.resolve(model);
  return {
    ...{ modelDir, device, attack, label, target },
    options: attackOptionsOf(options),
    ...readingOf(options),
  };
}

/** Only what was given. */
function attackOptionsOf(given: AttackCommandOptions): AttackOptions {
  const { search, beam, maxFlips, maxShare, candidates, edits, ignore, attackField: field } = given;
  const { unit, ownWords, wholeWords, sameCase, sameClass, stopWords, minCosine } = given;
  const { importance, by, evenIfWrong, preset, seed } = given;
  const all = {
    ...{ search, beam, maxFlips, maxShare, candidates, edits, ignore, field, unit, ownWords },
    ...{ wholeWords, sameCase, sameClass, minCosine, importance, by, evenIfWrong, preset, seed },
    noStopWords: stopWords === undefined ? undefined : !stopWords,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function parseEdits(text: string): AttackEdit[] {
  return text.split(',').map(part => {
    const edit = attackEdits.find(name => name === part.trim());
    if (edit) return edit;
    throw new InvalidArgumentError(`Allowed are ${attackEdits.join(', ')}, divided by commas.`);
  });
}

function collect(token: string, before: readonly string[] = []): string[] {
  return [...before, token];
}
