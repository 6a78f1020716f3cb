/** How an attack ended, in words. */
import type { AttackKind, AttackOutcome, ResolvedAttackOptions } from '../../protocol/attack';
import { mostFlips } from './hotflip/limits';

/** What a sentence about an attack needs to know. */
export interface Ending {
  readonly attack: AttackKind;
  readonly options: ResolvedAttackOptions;
  readonly target: string | null;
  /** The decision of the original and of the final text, in words. */
  readonly from: string;
  readonly to: string;
  readonly reached: boolean;
  readonly verified: boolean;
  readonly wordsChanged: number;
  readonly words: number;
  /** Words of the final text: single tokens may join when others go, so that these are not the rest. */
  readonly left: number;
  readonly runs: number;
  readonly cancelled: boolean;
  readonly nothingToTry: string | null;
}

export interface Outcome {
  readonly outcome: AttackOutcome;
  readonly success: boolean;
  readonly says: string;
}

export function outcomeOf(ending: Ending): Outcome {
  const { attack, nothingToTry, cancelled } = ending;
  if (nothingToTry !== null) {
    return { outcome: 'skipped', success: false, says: `not tried: ${nothingToTry}` };
  }
  const ended = attack === 'hotflip' ? flipEnding(ending) : reductionEnding(ending);
  return cancelled ? { ...ended, says: `stopped: ${ended.says}` } : ended;
}

function flipEnding(ending: Ending): Outcome {
  const { from, to, reached, verified, wordsChanged, words, runs, target, options } = ending;
  if (reached && verified) {
    const changed = `${wordsChanged} of ${countOf(words, unitOf(options))} changed`;
    const says = `flipped ${from} to ${to} with ${changed}, ${countOf(runs, 'run')}`;
    return { outcome: 'flipped', success: true, says };
  }
  if (reached) {
    const says = `no flip that survives: alone and tokenised anew, the text is still ${from}`;
    return { outcome: 'failed', success: false, says };
  }
  const limit = mostFlips(options, words);
  const wanted = target === null ? 'no flip' : `no flip to ${target}`;
  const within = ending.cancelled
    ? `${wanted} after ${countOf(wordsChanged, 'change')}`
    : `${wanted} within ${countOf(limit, 'change')}`;
  return {
    outcome: 'failed',
    success: false,
    says: `${within}, ${countOf(runs, 'run')}`,
  };
}

function reductionEnding({
  from,
  reached,
  verified,
  wordsChanged,
  words,
  left,
  runs,
  options,
}: Ending): Outcome {
  const unit = unitOf(options);
  if (wordsChanged > 0 && !reached && verified) {
    const says = `reduced from ${words} to ${countOf(left, unit)} and still ${from}, ${countOf(runs, 'run')}`;
    return { outcome: 'reduced', success: true, says };
  }
  if (wordsChanged > 0) {
    const says = `no reduction that survives: alone and tokenised anew, the text is no longer ${from}`;
    return { outcome: 'failed', success: false, says };
  }
  const says = `no ${unit} can be removed: without any one of them it is no longer ${from}`;
  return { outcome: 'failed', success: false, says };
}

function unitOf({ unit }: ResolvedAttackOptions): string {
  return unit === 'words' ? 'word' : 'token';
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
