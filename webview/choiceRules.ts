/** What follows from a choice. */
import type { MethodDescription, PanelChoices } from '../src/protocol';

/** The choices after another method was picked: its own parameters, and what it shares with the old. */
export function withMethod(choices: PanelChoices, method: MethodDescription): PanelChoices {
  const { aggregations, defaults, scalar, name } = method;
  const fallback = defaults.aggregate ?? aggregations[0] ?? choices.aggregate;
  return {
    ...choices,
    method: name,
    parameters: {},
    scalar: scalar ?? choices.scalar,
    aggregate: aggregations.includes(choices.aggregate) ? choices.aggregate : fallback,
  };
}
