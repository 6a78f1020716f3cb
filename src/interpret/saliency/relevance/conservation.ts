/** Whether relevance adds up to what was explained. */
import type { HealthCheck } from '../../../protocol/explanation';
import type { VariantName } from './variants';

export interface RelevanceSums {
  /** The explained number. */
  readonly value: number;
  /** The relevance of all embeddings and biases, and the sum of its magnitudes. */
  readonly sum: number;
  readonly magnitude: number;
  readonly bias: number;
}

/** Rounding in float32, relative to the largest of the explained number and the magnitudes. */
const roundingLimit = 1e-4;
/** Rules that lose or gain this many times what they started with have left the explained number behind. */
const lossLimit = 10;
/** The epsilon rule is to take away little. */
const absorbedLimit = 0.5;

/** More than rounding is lost or made. */
export function isLost({ value, sum, magnitude }: RelevanceSums): boolean {
  return !(ratio(Math.abs(value - sum), Math.max(Math.abs(value), magnitude)) <= roundingLimit);
}

/** CP-LRP conserves but for rounding. The others need not, and say how much of the explained number they lose or make. */
export function conservation(name: VariantName, sums: RelevanceSums): HealthCheck {
  const { value, sum, magnitude, bias } = sums;
  const lost = value - sum;
  const error = ratio(Math.abs(lost), Math.max(Math.abs(value), magnitude));
  const adds = `The relevance of all embeddings (${short(sum - bias)}) and biases (${short(bias)}) adds up to ${short(sum)}`;
  const answer = (ok: boolean, measured: number, says: string): HealthCheck => ({
    check: 'conservation',
    ok,
    value: measured,
    says,
  });
  if (!isLost(sums)) return answer(true, error, `${adds}, the logit: nothing is lost.`);
  const differs = `${adds}; the logit is ${short(value)}`;
  const share = ratio(Math.abs(lost), Math.abs(value));
  switch (name) {
    case 'lrp-cp':
      return answer(
        false,
        error,
        `${differs}: somewhere in this model relevance is lost or made, so the numbers are not shares of the logit.`,
      );
    case 'lrp': {
      if (share > lossLimit && Math.abs(lost) > magnitude) {
        return answer(
          false,
          share,
          `${differs}: AttnLRP has left it far behind, so the map is of little worth for this model; take CP-LRP.`,
        );
      }
      const way = lost > 0 === value > 0 ? 'stays in' : 'is made by';
      return answer(
        true,
        share,
        `${differs}. AttnLRP does not conserve: ${short(Math.abs(lost))} ${way} softmax and products of signals, so compare tokens with each other, not with the logit (CP-LRP adds up).`,
      );
    }
    case 'lrp-epsilon':
      if (share > absorbedLimit && lost > 0 === value > 0) {
        return answer(
          false,
          share,
          `${differs}: epsilon absorbs more than half of it; take a smaller epsilon.`,
        );
      }
      return answer(
        true,
        share,
        `${differs}. The epsilon rule does not conserve: the difference, ${short(Math.abs(lost))}, is what epsilon absorbs.`,
      );
  }
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? (part === 0 ? 0 : Infinity) : part / whole;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
