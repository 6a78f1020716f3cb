/** Label and prediction of a line, for eyes and for ears. Both come from data: they are shown as text, and may be long. */
import type { InfluenceInstance } from '../../src/protocol';
import { make } from '../dom';
import { formatProbability } from '../numbers';
import { quote } from '../words';

/** Longer labels (tags of a whole sentence) are cut where they are part of a name for ears. */
const spokenLength = 60;
/** Of tags that differ so many are told. */
const toldTags = 3;

/** Label and prediction as a row of their own; where they disagree a sign and a frame say so, too. */
export function labelLine(instance: InfluenceInstance): HTMLElement {
  return make('div', { class: 'train-labels' }, ...labelParts(instance));
}

function labelParts(instance: InfluenceInstance): HTMLElement[] {
  const { label, predicted, probability, agrees } = instance;
  const share = probability === null ? '' : ` ${formatProbability(probability)}`;
  if (agrees === true) {
    return [
      make('span', { class: 'label-part' }, 'labelled ', named(label)),
      make('span', { class: 'label-part muted' }, `= predicted${share}`),
    ];
  }
  const differences = agrees === false ? tagDifferences(instance) : null;
  if (differences) {
    return [make('span', { class: 'label-part label-disagrees' }, '\u2260 ', ...differences)];
  }
  const frame = agrees === false ? 'label-part label-disagrees' : 'label-part';
  return [
    make('span', { class: 'label-part' }, 'labelled ', named(label)),
    make(
      'span',
      { class: frame },
      agrees === false ? '\u2260 ' : '',
      'predicted ',
      named(predicted),
      make('span', { class: 'number' }, share),
    ),
  ];
}

/** Of a text that is cut into words, the words whose tags differ; null where that cannot be told. */
function tagDifferences({
  text,
  words,
  label,
  predicted,
}: InfluenceInstance): (Node | string)[] | null {
  if (words === null) return null;
  const [gold, own] = [label.split(' '), predicted.split(' ')];
  if (gold.length !== words.length || own.length !== words.length) return null;
  const differing = words.flatMap(({ start, end }, at) =>
    gold[at] === own[at] ? [] : [{ word: text.slice(start, end), at }],
  );
  const told = differing
    .slice(0, toldTags)
    .flatMap(({ word, at }, place) => [
      place === 0 ? '' : '; ',
      make('bdi', {}, quote(word)),
      ' labelled ',
      named(gold[at]!),
      ', predicted ',
      named(own[at]!),
    ]);
  const more = differing.length - toldTags;
  return more > 0 ? [...told, `; ${more} more`] : told;
}

function named(label: string): HTMLElement {
  return make('bdi', { class: 'label-name', title: label }, label === '' ? 'none' : label);
}

/** Labels are numbers: they are near what is predicted or far from it, they do not agree or disagree. */
export function areNumbers(instances: readonly InfluenceInstance[]): boolean {
  return instances.length > 0 && instances.every(({ agrees }) => agrees === null);
}

/** 'labelled positive, predicted negative'. */
export function spokenLabels({ label, predicted }: InfluenceInstance): string {
  return `labelled ${spoken(label)}, predicted ${spoken(predicted)}`;
}

function spoken(label: string): string {
  if (label === '') return 'none';
  return label.length > spokenLength ? `${label.slice(0, spokenLength - 1)}\u2026` : label;
}
