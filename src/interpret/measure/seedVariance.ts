/** How far the map of a method that draws depends on its seed. */

/** Seeds of a method that does not say its spread itself. */
export const seeds = 5;

/**
 * Mean over tokens of the standard deviation over seeds, divided by the mean magnitude of the map; null where the map is zero.
 * @param maps one map a seed, of the same tokens; at least two.
 */
export function varianceOverSeeds(maps: readonly (readonly number[])[]): number | null {
  const tokens = [...maps[0]!.keys()];
  const of = tokens.map(token => maps.map(map => map[token]!));
  const means = of.map(mean);
  const deviations = of.map((values, token) =>
    Math.sqrt(
      values.reduce((sum, value) => sum + (value - means[token]!) ** 2, 0) / (maps.length - 1),
    ),
  );
  return relativeSpread(deviations, mean(maps.map(map => mean(map.map(Math.abs)))));
}

/** The same where a method tells its standard deviations itself; null where they are not known or the map is zero. */
export function toldVariance(
  spread: readonly number[],
  attributions: readonly number[],
): number | null {
  return relativeSpread(spread, mean(attributions.map(Math.abs)));
}

function relativeSpread(deviations: readonly number[], size: number): number | null {
  const found = mean(deviations) / size;
  return Number.isFinite(found) ? found : null;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
