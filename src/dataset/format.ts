/** The kinds of dataset files, told apart by the end of the file name. */
export type DatasetFormat = 'jsonl' | 'csv' | 'tsv' | 'txt';

const endings = new Map<string, DatasetFormat>([
  ['jsonl', 'jsonl'],
  ['ndjson', 'jsonl'],
  ['csv', 'csv'],
  ['tsv', 'tsv'],
  ['tab', 'tsv'],
  ['txt', 'txt'],
]);

/** The format of a file by its name or path, or null when it is not a dataset file. */
export function formatOf(fileName: string): DatasetFormat | null {
  const dot = fileName.lastIndexOf('.');
  return dot < 0 ? null : (endings.get(fileName.slice(dot + 1).toLowerCase()) ?? null);
}
