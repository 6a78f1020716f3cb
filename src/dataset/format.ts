/** The kinds of dataset files, told apart by the end of the file name. */
export type DatasetFormat = 'jsonl' | 'csv' | 'tsv' | 'conll' | 'txt';

/** The `when` clauses of package.json's menus list the same endings; a test compares them. */
const endings: Readonly<Record<DatasetFormat, readonly string[]>> = {
  jsonl: ['jsonl', 'ndjson'],
  csv: ['csv'],
  tsv: ['tsv', 'tab'],
  conll: [
    'conll',
    'conll03',
    'conll2003',
    'bio',
    'iob',
    'iob2',
    'bioes',
    'iobes',
    'bilou',
    'bioul',
    'bmes',
    'bmeso',
  ],
  txt: ['txt'],
};

const formats = new Map(
  Object.entries(endings).flatMap(([format, names]) =>
    names.map(name => [name, format as DatasetFormat] as const),
  ),
);

/** Every ending of a dataset file, without the dot, in lower case. */
export const datasetEndings: readonly string[] = [...formats.keys()];

/** The format of a file by its name or path, or null when it is not a dataset file. */
export function formatOf(fileName: string): DatasetFormat | null {
  const dot = fileName.lastIndexOf('.');
  return dot < 0 ? null : (formats.get(fileName.slice(dot + 1).toLowerCase()) ?? null);
}
