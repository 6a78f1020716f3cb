/** When a word that drives the model is marked as a possible shortcut. */
import type { DriverRow } from '../../src/protocol';

/** Of the strongest word's attribution, and standard deviations of the label share. */
export const leastPart = 0.5;
export const leastZ = 3;

/** In words, for the legend. */
export const shortcutRule = `the word\u2019s mean attribution is at least half of the strongest word\u2019s of the label, and the share of the label among its lines is at least ${leastZ} standard deviations from chance, the same way. The model leans on it, and so does the data: read its lines, and decide whether the word means the label or only comes with it.`;

/** `strongest`: the largest size of a mean attribution among the words of the label. */
export function isShortcut({ mean, z }: DriverRow, strongest: number): boolean {
  if (z === null || strongest <= 0) return false;
  return Math.abs(mean) >= leastPart * strongest && z * Math.sign(mean) >= leastZ;
}
