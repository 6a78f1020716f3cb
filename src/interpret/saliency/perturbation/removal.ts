/** A window without some of its features, and where its decision is read then. */
import type { Row } from '../../../model/inputs';
import type { ModelFacts } from '../../../model/model';
import type { Removal } from '../../../protocol/explanation';
import { GlassboxError } from '../../../protocol/messages';
import type { Part } from '../../task/decision';

/** Which features stand: 1, or are taken away: 0. */
export type Coalition = Uint8Array;

/** A row to be asked about, and what about it. */
export interface PerturbedRow {
  readonly row: Row;
  readonly part: Part;
}

/** A part of a question with the features of its window. */
export interface PartAtHand extends PerturbedRow {
  /** By position of the row: its feature; -1 where it has none. */
  readonly featureAt: Int32Array;
}

/** Takes away what does not stand. */
export type Remove = (whole: PartAtHand, standing: Coalition) => PerturbedRow;

/**
 * The way of taking away that is asked for. Throws GlassboxError 'bad-input' where the model has no token for it.
 * `mask`, `pad`: the token stands in place of each that goes, and is read like any other. `delete`: what follows moves up; of a text of which
 * nothing is left, special tokens neither, one token of padding is.
 */
export function removalOf(about: ModelFacts, removal: Removal): Remove {
  if (removal === 'delete') {
    const empty = about.padId ?? about.inputs.padId;
    return (whole, standing) => leaveOut(about.head.decides, whole, standing, empty);
  }
  const filling = removal === 'mask' ? about.maskId : about.padId;
  if (filling === null) {
    throw new GlassboxError(
      'bad-input',
      removal === 'mask'
        ? 'This model has no mask token that is known here (tokenizer.json names none, or is missing), so words cannot be masked; leave them out instead (removal "delete").'
        : 'This model has no padding token that is known here (neither tokenizer.json nor config.json names one), so words cannot be padded over; leave them out instead (removal "delete").',
    );
  }
  return ({ row, part, featureAt }, standing) => {
    const ids = row.ids.map((id, at) => (goes(featureAt, standing, at) ? filling : id));
    return { row: { ...row, ids }, part };
  };
}

function goes(featureAt: Int32Array, standing: Coalition, at: number): boolean {
  const feature = featureAt[at]!;
  return feature >= 0 && standing[feature] === 0;
}

function leaveOut(
  decides: ModelFacts['head']['decides'],
  { row, part, featureAt }: PartAtHand,
  standing: Coalition,
  empty: number,
): PerturbedRow {
  const left = [...row.ids.keys()].filter(at => !goes(featureAt, standing, at));
  if (left.length === 0) return { row: { ids: [empty], mask: [1], typeIds: [0] }, part };
  const of = (numbers: readonly number[]): number[] => left.map(at => numbers[at]!);
  return {
    row: { ids: of(row.ids), mask: of(row.mask), typeIds: of(row.typeIds) },
    part: followed(decides, part, left),
  };
}

/** The same decisions where their tokens stand now; these are always left. */
function followed(
  decides: ModelFacts['head']['decides'],
  part: Part,
  left: readonly number[],
): Part {
  if (decides === 'text') return part;
  const moved = new Map(left.map((old, now) => [old, now]));
  const decisions = part.decisions.map(({ position, cells }) =>
    decides === 'token'
      ? { position: moved.get(position)!, cells }
      : { position, cells: cells.map(one => ({ ...one, choice: moved.get(one.choice)! })) },
  );
  return { ...part, decisions };
}
