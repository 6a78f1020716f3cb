/** How numbers are written. A real minus sign, as wide as the plus, keeps columns straight. */

const minus = '\u2212';

function withSign(value: number, digits: string): string {
  if (Number(digits) === 0) return digits;
  return `${value < 0 ? minus : '+'}${digits}`;
}

/** A score with its sign: '+0.42', '−0.42', '0.00'; a magnitude without: '0.42'. */
export function formatScore(score: number, signed: boolean): string {
  if (!Number.isFinite(score)) return 'not a number';
  const digits = Math.abs(score).toFixed(2);
  return signed ? withSign(score, digits) : digits;
}

/** A raw attribution, of any order of magnitude, to three significant digits. */
export function formatRaw(value: number, signed: boolean): string {
  if (!Number.isFinite(value)) return 'not a number';
  const size = Math.abs(value);
  const digits =
    size === 0
      ? '0'
      : size >= 1e-3 && size < 1e4
        ? String(Number(size.toPrecision(3)))
        : size.toExponential(2).replace('e+', 'e').replace('e-', `e${minus}`);
  if (size === 0 || !signed) return digits;
  return `${value < 0 ? minus : '+'}${digits}`;
}

/**
 * A mean and its standard error, as precise as the error: two digits of it, and the mean to the same place: '+0.841' and '0.070'. The
 * error is null where there is none.
 */
export function formatMean(
  mean: number,
  error: number,
  signed: boolean,
): { readonly mean: string; readonly error: string | null } {
  const size = Math.abs(mean);
  if (!Number.isFinite(mean)) return { mean: 'not a number', error: null };
  if (!Number.isFinite(error) || error < 0) return { mean: formatRaw(mean, signed), error: null };
  if (error === 0 || error < 1e-6 || Math.max(size, error) >= 1e4)
    return { mean: formatRaw(mean, signed), error: formatRaw(error, false) };
  const places = Math.max(0, 1 - Math.floor(Math.log10(error)));
  const digits = size.toFixed(places);
  const shown = signed ? withSign(mean, digits) : digits;
  return { mean: shown, error: error.toFixed(places) };
}

/** A number that a model gives as its answer, to four significant digits: '3.72', '−12'. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  return String(Number(value.toPrecision(4))).replaceAll('-', minus);
}

/** A probability, never rounded to a certainty that it is not: '0.93', '>0.99', '<0.01'. */
export function formatProbability(p: number): string {
  if (!Number.isFinite(p)) return 'not a number';
  if (p < 1 && p >= 0.995) return '>0.99';
  if (p > 0 && p < 0.005) return '<0.01';
  return p.toFixed(2);
}

/** A part of a whole: '12 %', '<1 %'. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return 'not a number';
  if (share > 0 && share < 0.005) return '<1 %';
  // 199 of 200 are not all.
  if (share >= 0.995 && share < 1) return '>99 %';
  return `${Math.round(share * 100)} %`;
}

/** A score of a model, as its card has it: '90.5 %', '>99.9 %'. */
export function formatRate(share: number): string {
  if (!Number.isFinite(share)) return 'not a number';
  if (share > 0 && share < 0.0005) return '<0.1 %';
  if (share >= 0.9995 && share < 1) return '>99.9 %';
  return `${(100 * share).toFixed(1)} %`;
}

/** 1234 -> '1,234'. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}
