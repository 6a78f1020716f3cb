/** The orders in which ideas are tried. */
import type { Slope } from './gradientStep';
import { byEstimate, type Idea } from './proposal';

/** The best of the one list, the best of the other, the second best of the one, and so on. */
export function inTurn(a: readonly Idea[], b: readonly Idea[]): Idea[] {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, i) => [a.slice(i, i + 1), b.slice(i, i + 1)]).flat(2);
}

/** Ideas by their place, the places in the order of their first idea. */
export function placesOf(ideas: readonly Idea[]): Idea[][] {
  const places = new Map<string, Idea[]>();
  for (const idea of ideas) {
    const place = placeOf(idea);
    const others = places.get(place);
    if (others) others.push(idea);
    else places.set(place, [idea]);
  }
  return [...places.values()];
}

/**
 * AllenNLP's order (HotFlip 2.10.1): the position with the largest gradient first (of equals the first one), and at it the
 * replacement with the largest gain. Its faults are not copied: it may put in the token that stands there already (and spend the
 * position), it never looks at the text that its tokens make, it stops every attack on a tagger after one flip, and it has no
 * limit but the text's end. It follows the gradient of the loss and we that of the margin: of two classes the loss is a
 * falling function of the margin, so both rank alike; of more they need not.
 */
export function byPosition(slopes: readonly Slope[], ideas: readonly Idea[]): Idea[] {
  const norms = new Map(slopes.map(({ unit, norm }) => [placeOf({ edit: unit.place }), norm]));
  const normOf = (idea: Idea): number => norms.get(placeOf(idea)) ?? 0;
  return [...ideas].sort(
    (a, b) =>
      normOf(b) - normOf(a) ||
      a.edit.field - b.edit.field ||
      a.edit.start - b.edit.start ||
      byEstimate(a, b),
  );
}

function placeOf({
  edit: { field, start, end },
}: {
  edit: Idea['edit'] | Slope['unit']['place'];
}): string {
  return `${field} ${start} ${end}`;
}
