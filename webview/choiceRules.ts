/** What follows from a choice, and which choices a record allows. */
import type { Explanation, LabelChoice, MethodDescription, PanelChoices } from '../src/protocol';
import type { Option } from './controls';
import { quote } from './words';

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

const labelPrefix = 'label:';

/** A choice of label as the value of a menu entry. */
export function labelValue(choice: LabelChoice): string {
  return choice.kind === 'label' ? labelPrefix + choice.label : choice.kind;
}

/** The choice that `labelValue` made `value` from. */
export function labelFrom(value: string): LabelChoice {
  if (value.startsWith(labelPrefix)) {
    return { kind: 'label', label: value.slice(labelPrefix.length) };
  }
  return { kind: value as 'predicted' | 'gold' | 'contrast' };
}

/** The menu of labels; what the record has no gold label for is there, and cannot be chosen. */
export function labelOptions({ prediction, gold }: Explanation): Option[] {
  const agrees = gold === prediction.label;
  const contrast = gold === null ? 'no gold label' : 'they agree';
  return [
    { value: 'predicted', text: `Predicted (${prediction.label})` },
    { value: 'gold', text: `Gold (${gold ?? 'none'})`, disabled: gold === null },
    {
      value: 'contrast',
      text: `Predicted \u2212 gold${gold === null || agrees ? ` (${contrast})` : ''}`,
      disabled: gold === null || agrees,
    },
    ...prediction.labels.map(label => ({ value: labelPrefix + label, text: quote(label) })),
  ];
}
