/** Retrainings of the sample's network on random halves of its training lines: which lines, and what came out. */
import { existsSync, readFileSync } from 'node:fs';
import { Random } from './random';

/** A finished run, or the mean of several. */
export interface Run {
  readonly mask: number;
  /** Counts the runs on one mask, from 0. */
  readonly repeat: number;
  /** How many runs its numbers are the mean of; see `summary`. */
  readonly runs: number;
  /** The lines trained on, see `hexOf`. */
  readonly lines: string;
  /** Part of the dev labels that it gets right. */
  readonly accuracy: number;
  /** Cross-entropy of each dev line's label. */
  readonly losses: readonly number[];
}

/** The runs in a file; none where there is no file yet. */
export function readRuns(file: string): Run[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.filter(line => line !== '').map(line => JSON.parse(line) as Run);
}

/**
 * What is still to be done, all masks once before any comes twice. `part`, as '2/4': the second of four equal parts, by masks.
 */
export function planned(
  done: readonly Run[],
  { masks, repeats, part = '1/1' }: { masks: number; repeats: number; part?: string },
): Pick<Run, 'mask' | 'repeat'>[] {
  const [number, parts] = part.split('/').map(Number) as [number, number];
  const known = new Set(done.map(({ mask, repeat }) => `${mask} ${repeat}`));
  return Array.from({ length: masks * repeats }, (_, i) => ({
    mask: i % masks,
    repeat: Math.floor(i / masks),
  })).filter(({ mask, repeat }) => mask % parts === number - 1 && !known.has(`${mask} ${repeat}`));
}

/** A random half of `count` lines, the same everywhere for the same number: true for lines that are trained on. */
export function halfMask(mask: number, count: number): boolean[] {
  const order = new Random(90_000 + mask).shuffle(Array.from({ length: count }, (_, i) => i));
  const chosen = new Array<boolean>(count).fill(false);
  for (const line of order.slice(0, Math.floor(count / 2))) chosen[line] = true;
  return chosen;
}

/** Lines as hexadecimal digits: four lines a digit, the first line its highest bit. */
export function hexOf(chosen: readonly boolean[]): string {
  let digits = '';
  for (let i = 0; i < chosen.length; i += 4) {
    const bits = [0, 1, 2, 3].map(bit => (chosen[i + bit] ? 8 >> bit : 0));
    digits += bits.reduce((sum, bit) => sum + bit, 0).toString(16);
  }
  return digits;
}

/** The reverse of `hexOf`. */
export function fromHex(digits: string, count: number): boolean[] {
  return Array.from(
    { length: count },
    (_, i) => (parseInt(digits[i >> 2]!, 16) & (8 >> (i & 3))) !== 0,
  );
}

/**
 * At most two entries a mask, the means over its runs with even and with odd repeats: small enough to be committed, and enough to tell
 * how far retrainings agree.
 */
export function summary(runs: readonly Run[]): Run[] {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const name = `${run.mask} ${run.repeat % 2}`;
    groups.set(name, [...(groups.get(name) ?? []), run]);
  }
  return [...groups.values()]
    .map(group => {
      const { mask, repeat, lines, losses } = group[0]!;
      const mean = (of: (run: Run) => number): number =>
        Number((group.reduce((sum, run) => sum + of(run), 0) / group.length).toPrecision(4));
      return {
        ...{ mask, repeat: repeat % 2, runs: group.length, lines },
        accuracy: mean(({ accuracy }) => accuracy),
        losses: losses.map((_, line) => mean(run => run.losses[line]!)),
      };
    })
    .sort((a, b) => a.mask - b.mask || a.repeat - b.repeat);
}
