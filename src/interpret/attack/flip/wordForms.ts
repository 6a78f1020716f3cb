/** How a word looks: its case, what it is made of, and whether it carries meaning by itself. */

/** 'none': without a letter that has a case. A single capital letter is capitalised. */
export type Written = 'lower' | 'capitalised' | 'upper' | 'mixed' | 'none';

/**
 * Numbers may have points and commas inside, words hyphens and apostrophes. Words in Latin letters and those in other scripts are
 * two classes: one does not read as the other.
 */
export type WordClass = 'latin' | 'letters' | 'digits' | 'punctuation' | 'mixed';

const lower = /^[^\p{Lu}\p{Lt}]*$/u;
const capitalised = /^[^\p{Lu}\p{Lt}\p{Ll}]*[\p{Lu}\p{Lt}][^\p{Lu}\p{Lt}]*$/u;
const upper = /^[^\p{Ll}\p{Lt}]*$/u;
const cased = /[\p{Lu}\p{Lt}\p{Ll}]/u;

export function writtenAs(word: string): Written {
  if (!cased.test(word)) return 'none';
  if (lower.test(word)) return 'lower';
  if (capitalised.test(word)) return 'capitalised';
  return upper.test(word) ? 'upper' : 'mixed';
}

const letters = /^[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*$/u;
const latin = /^[\p{Script=Latin}\p{M}'’-]+$/u;
const digits = /^\p{N}+(?:[.,]\p{N}+)*$/u;
const lettersOrDigits = /[\p{L}\p{N}]/u;

export function classOf(word: string): WordClass {
  if (letters.test(word)) return latin.test(word) ? 'latin' : 'letters';
  if (digits.test(word)) return 'digits';
  return lettersOrDigits.test(word) ? 'mixed' : 'punctuation';
}

const whole = /^[\p{L}\p{M}\p{N}]+$/u;

/** Letters (with their combining marks) and digits only. */
export function isWholeWord(word: string): boolean {
  return whole.test(word);
}

const alphanumeric = /^[\p{L}\p{N}]+$/u;

/** Python's str.isalnum, by which AllenNLP chooses: letters and numbers, no marks. */
export function isAlphanumeric(token: string): boolean {
  return alphanumeric.test(token);
}

/** `word` in the case of `like`; unchanged where changing it back would not give it again ('ß'). */
export function inCaseOf(like: string, word: string): string {
  const form = writtenAs(like);
  const [first = ''] = word;
  const changed =
    form === 'upper'
      ? word.toUpperCase()
      : form === 'capitalised'
        ? first.toUpperCase() + word.slice(first.length)
        : word;
  return changed.toLowerCase() === word ? changed : word;
}

/**
 * English words of closed classes: articles, pronouns, prepositions, conjunctions, auxiliaries and their contracted endings. Negations
 * and intensifiers are none: to swap "not" is to change what is said.
 */
const stopWords = new Set(
  `a an the this that these those
  i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers herself
  it its itself they them their theirs themselves one who whom whose which what
  about above across after against along among around as at before behind below beneath beside between beyond by down during
  for from in inside into near of off on onto out outside over past per since through throughout till to toward towards under
  until up upon via with within
  and but or so yet if because although though while whereas unless when where why how than whether
  am is are was were be been being do does did doing done have has had having will would shall should can could may might must ought
  s t ll re ve d m there here then also`.split(/\s+/),
);

export function isStopWord(word: string): boolean {
  return stopWords.has(word.toLowerCase());
}
