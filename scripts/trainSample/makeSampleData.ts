/** Writes the data set of the sample: `npm run make-sample-data`. The README lists the wrong labels. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toJsonl, toTable } from './formats';
import { makeSampleData, type SampleData } from './sampleData';

/** The seed of the committed files. */
export const dataSeed = 7;

const folder = path.resolve(import.meta.dirname, '..', '..', 'media', 'sample');

/** The files of the data set, by name. */
export function dataFiles({ train, dev }: SampleData): Record<string, string> {
  const cells = dev.map(({ text, label, product }) => [text, label, product]);
  const numbered = dev
    .slice(0, 60)
    .map(({ text, label }) => [text, label === 'positive' ? '1' : '0']);
  return {
    'reviews.train.jsonl': toJsonl(train),
    'reviews.dev.jsonl': toJsonl(dev),
    'reviews.dev.csv': toTable([['text', 'label', 'product'], ...cells], ','),
    'reviews.dev.tsv': toTable([['sentence', 'label'], ...numbered], '\t'),
  };
}

/** The table of wrong labels, in Markdown. */
export function mislabelledTable({ train, mislabelled }: SampleData): string {
  const rows = mislabelled.map(({ line, right }) => {
    const review = train[line - 1]!;
    return `| ${line} | ${review.label} | ${right} | ${review.text} |`;
  });
  return ['| line | label in the file | right label | text |', '|---:|---|---|---|', ...rows].join(
    '\n',
  );
}

function main(): void {
  const data = makeSampleData(dataSeed);
  for (const [name, content] of Object.entries(dataFiles(data))) {
    writeFileSync(path.join(folder, name), content);
  }
  const readme = path.join(folder, 'README.md');
  const marked = /(<!-- mislabelled -->\n)[^]*(<!-- end -->)/;
  writeFileSync(
    readme,
    readFileSync(readme, 'utf8').replace(
      marked,
      (_, begin: string, end: string) => `${begin}\n${mislabelledTable(data)}\n\n${end}`,
    ),
  );
  console.log(`${data.train.length} training and ${data.dev.length} dev reviews in ${folder}`);
}

if (process.argv[1] === import.meta.filename) main();
