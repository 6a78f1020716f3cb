/** From the options that were asked for to those that are measured with. */
import type { ModelFacts } from '../../model/model';
import type { Removal } from '../../protocol/explanation';
import {
  measureNames,
  type MeasureOptions,
  type ResolvedMeasureOptions,
} from '../../protocol/measures';
import { GlassboxError } from '../../protocol/messages';

/** 1, 5, 10, 20 and 50 %, as ERASER has them. */
const usualShares = [0.01, 0.05, 0.1, 0.2, 0.5];
/** Captum's number of perturbations. */
const usualSamples = 10;
const mostSamples = 1000;

/** Of a model that is not known: by what tokens are taken away may be open. */
export type CheckedMeasureOptions = Omit<ResolvedMeasureOptions, 'removal'> & {
  readonly removal: Removal | null;
};

/** All defaults filled in: by the mask token where the model has one, else by padding, else by leaving out. Throws as `checkedOptions`. */
export function resolveMeasureOptions(
  { maskId, padId }: Pick<ModelFacts, 'maskId' | 'padId'>,
  options: MeasureOptions,
): ResolvedMeasureOptions {
  const usual = maskId !== null ? 'mask' : padId !== null ? 'pad' : 'delete';
  const checked = checkedMeasureOptions(options);
  return { ...checked, removal: checked.removal ?? usual };
}

/** Everything is measured where nothing else is said. Throws GlassboxError 'bad-input' for values that make no sense. */
export function checkedMeasureOptions({
  measures = measureNames,
  removal,
  shares = usualShares,
  samples = usualSamples,
  seed = 0,
}: MeasureOptions): CheckedMeasureOptions {
  const odd = measures.find(name => !measureNames.includes(name));
  if (odd !== undefined) {
    throw bad(`There is no measure "${odd}"; choose from ${measureNames.join(', ')}.`);
  }
  if (measures.length === 0) throw bad('No measure was chosen; choose at least one.');
  if (shares.length === 0 || !shares.every(share => share > 0 && share <= 1)) {
    throw bad(
      `Shares of the tokens must be numbers above 0 and up to 1, not ${shares.join(', ')}.`,
    );
  }
  if (!Number.isSafeInteger(samples) || samples < 1 || samples > mostSamples) {
    throw bad(
      `Samples of a measure must be a whole number from 1 to ${mostSamples}, not ${samples}.`,
    );
  }
  if (!Number.isSafeInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw bad(`The seed must be a whole number from 0 to ${2 ** 32 - 1}, not ${seed}.`);
  }
  return {
    // In one order, so that the same measures are the same settings.
    measures: measureNames.filter(name => measures.includes(name)),
    removal: removal ?? null,
    shares: [...shares],
    samples,
    seed,
  };
}

function bad(says: string): GlassboxError {
  return new GlassboxError('bad-input', says);
}
