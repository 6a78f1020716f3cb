/** Ideas that the gradient at the text itself gives an estimate of: replacements and deletions. */
import type { Vocabulary } from '../../flip/vocabulary';
import type { Slope } from '../gradientStep';
import type { Idea } from '../proposal';

/** Every replacement that was asked for, of every unit. */
export function replacementsOf(slopes: readonly Slope[], vocabulary: Vocabulary): Idea[] {
  return slopes.flatMap(({ unit, replacements }) =>
    replacements.flatMap(({ id, gain }): Idea[] => {
      const to = vocabulary.surfaceOf(id, unit.text);
      if (to === null) return [];
      const meant = { id, first: unit.tokens[0]!, end: unit.tokens.at(-1)! + 1 };
      return [{ edit: { ...unit.place, edit: 'replace', to }, estimate: gain, meant, id }];
    }),
  );
}

/** Each unit taken away: its word vectors become zero, as far as the first order knows. */
export function deletionsOf(slopes: readonly Slope[]): Idea[] {
  return slopes.map(({ unit, dot }): Idea => {
    const edit = { ...unit.place, edit: 'delete', to: '' } as const;
    return { edit, estimate: -dot, meant: null, id: -1 };
  });
}
