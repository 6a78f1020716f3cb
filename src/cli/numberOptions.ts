/** Numbers on the command line. */
import { InvalidArgumentError } from 'commander';

/** Throws commander's InvalidArgumentError, as the next. */
export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('A whole number is expected.');
  return Number(text);
}

export function decimalNumber(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('A number is expected.');
  return value;
}
