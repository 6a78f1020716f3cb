import { dataSeed } from './makeSampleData';
import { fingerprint, makeSampleData, sampleCounts, type Review } from './sampleData';

/**
 * A thousand further reviews by the grammar, from another seed, none of them in the sample's files: unlike the dev
 * set they have had no part in choosing how to train. (Lines written by hand are left out: they exist only once.)
 */
export function freshReviews(): Review[] {
  const { train, dev } = makeSampleData(dataSeed);
  const known = new Set([...train, ...dev].map(({ text }) => fingerprint(text)));
  const other = makeSampleData(dataSeed + 1, {
    ...sampleCounts,
    dev: 1300,
    devStories: 0,
    devNewPatterns: 200,
  }).dev;
  return other
    .filter(({ text }) => !known.has(fingerprint(text)) && !text.includes('\n'))
    .slice(0, 1000);
}
