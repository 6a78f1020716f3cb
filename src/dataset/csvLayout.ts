import { csvCells } from './csvCells';
import { headerColumns, isHeader, namelessColumns, type Column } from './csvHeader';
import { CsvReading, type Dialect, type FoundRecord } from './csvReading';
import type { LineSource } from './lineSource';

/** What the beginning of a CSV or TSV file says about all of it. */
export interface CsvLayout {
  readonly delimiter: string;
  readonly columns: readonly Column[];
  /** The lines of the header; null when there is none. */
  readonly header: { readonly start: number; readonly end: number } | null;
  /** First line after the header. */
  readonly firstLine: number;
  /** What speaks, in the sample, against quotes as in RFC 4180 and against quotes as plain characters. */
  readonly cost: { readonly quoted: number; readonly literal: number };
}

/** The sample: so many lines from the start, or so many characters; more while they hold fewer than two records. */
const samples = [
  { lines: 64, characters: 1 << 18 },
  { lines: 1024, characters: 1 << 22 },
  { lines: 16384, characters: 1 << 24 },
];

/** Reads the beginning of the file. `namesSet` are field names from the settings, in lower case. */
export function csvLayout(
  source: LineSource,
  format: 'csv' | 'tsv',
  namesSet: readonly string[],
): CsvLayout {
  const { lines, delimiter, quoted, literal, chosen } = readBeginning(source, format);
  const cells = chosen.records
    .slice(0, samples[0]!.lines)
    .map(record => csvCells(lines.slice(record.start!, record.end + 1).join('\n'), chosen.dialect));
  const [first, ...rest] = cells;
  const firstRecord = chosen.records[0];
  const cost = { quoted: quoted.cost, literal: literal.cost };
  if (first && firstRecord && isHeader(first, rest, namesSet)) {
    return {
      delimiter,
      columns: headerColumns(first, rest),
      header: { start: firstRecord.start!, end: firstRecord.end },
      firstLine: firstRecord.end + 1,
      cost,
    };
  }
  return { delimiter, columns: namelessColumns(cells), header: null, firstLine: 0, cost };
}

/** Tells the delimiter, and in files with tabs whether quotes are plain characters. */
function readBeginning(source: LineSource, format: 'csv' | 'tsv') {
  for (let attempt = 0; ; attempt++) {
    const lines = firstLines(source, samples[attempt]!);
    const delimiter = format === 'tsv' ? '\t' : findDelimiter(lines);
    const quoted = readSample(lines, { delimiter, quotes: true });
    const literal = readSample(lines, { delimiter, quotes: false });
    const chosen = delimiter === '\t' && literal.cost < quoted.cost ? literal : quoted;
    const isLast = lines.length === source.lineCount || attempt === samples.length - 1;
    if (isLast || chosen.records.length >= 2) {
      return { lines, delimiter, quoted, literal, chosen };
    }
  }
}

function firstLines(source: LineSource, most: { lines: number; characters: number }): string[] {
  const lines: string[] = [];
  let characters = 0;
  while (
    lines.length < Math.min(most.lines, source.lineCount) &&
    (lines.length === 0 || characters < most.characters)
  ) {
    const text = source.line(lines.length);
    lines.push(text);
    characters += text.length;
  }
  return lines;
}

interface SampleReading {
  readonly dialect: Dialect;
  readonly records: readonly FoundRecord[];
  readonly cost: number;
}

/** The complete records of the sample; the first one says how many columns there are. */
function readSample(lines: readonly string[], dialect: Dialect): SampleReading {
  const readAll = (expectedColumns: number) => {
    const reading = new CsvReading(dialect, expectedColumns, 0);
    const records = lines
      .map((text, line) => reading.next(line, text))
      .filter(record => record !== null);
    return { dialect, records, cost: reading.cost };
  };
  return readAll(readAll(0).records[0]?.columns ?? 1);
}

/**
 * The delimiter of a .csv file: the one that splits the first record in two or more and the other records of the
 * sample in as many; when several do, the commonest.
 */
function findDelimiter(lines: readonly string[]): string {
  let best = { delimiter: ',', score: 0 };
  for (const delimiter of [',', ';', '\t', '|']) {
    const { records } = readSample(lines, { delimiter, quotes: true });
    const first = records[0];
    if (!first || first.columns < 2) {
      continue;
    }
    const alike = records.filter(record => record.columns === first.columns).length;
    const score = alike / records.length;
    if (score > best.score) {
      best = { delimiter, score };
    }
  }
  return best.delimiter;
}
