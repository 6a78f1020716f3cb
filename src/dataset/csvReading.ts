/** How a CSV file is written. */
export interface Dialect {
  /** One character. */
  readonly delimiter: string;
  /** False: a quote is a character like any other (SST-2 style TSV); true: RFC 4180. */
  readonly quotes: boolean;
}

/** A record as far as its lines go. */
export interface FoundRecord {
  /** First line; null when the record began before the lines that were read. */
  readonly start: number | null;
  readonly end: number;
  readonly columns: number;
  /** Line and character of the first quote that breaks the rules: a closing quote with text behind it. */
  readonly stray: { readonly line: number; readonly character: number } | null;
  /** Line of the quote that was still open when the lines ended. */
  readonly unclosed: number | null;
}

/** Prices of what speaks against an assumption; `margin` in csvFind.ts is in the same unit. */
const wrongColumnCount = 4;
const strayQuote = 4;
const unclosedQuote = 4;
const quotedLineLikeARecord = 1 / 8;

/**
 * Reads lines in order under one assumption: whether the first of them starts inside a quoted field. Knows at each
 * line which record it belongs to, without decoding anything, and adds up in `cost` what speaks against the assumption.
 * Quotes are those of RFC 4180, except that a quote inside an unquoted field stands for itself, as most programs
 * read it.
 */
export class CsvReading {
  cost = 0;
  private inside: boolean;
  private start: number | null | undefined;
  private columns = 1;
  private stray: FoundRecord['stray'] = null;
  private openedOn: number;

  constructor(
    private readonly dialect: Dialect,
    private readonly expectedColumns: number,
    firstLine: number,
    startsInside = false,
  ) {
    this.inside = startsInside;
    this.start = startsInside ? null : undefined;
    this.openedOn = firstLine;
  }

  /** True between records. */
  get between(): boolean {
    return this.start === undefined;
  }

  /** The line on which the open quoted field was opened, or null outside of one. */
  get openQuote(): number | null {
    return this.inside ? this.openedOn : null;
  }

  /** Reads the next line; gives the record that ends with it. Empty lines between records give null. */
  next(line: number, text: string): FoundRecord | null {
    if (this.start === undefined) {
      if (text === '') {
        return null;
      }
      this.start = line;
    }
    const wasInside = this.inside;
    const before = this.columns;
    this.walk(line, text);
    if (!this.inside) {
      return this.finish(line);
    }
    const untouched = wasInside && this.columns === before && !text.includes('"');
    if (
      untouched &&
      this.expectedColumns > 1 &&
      1 + this.countDelimiters(text) === this.expectedColumns
    ) {
      this.cost += quotedLineLikeARecord;
    }
    return null;
  }

  /** The record that the end of the file cuts off inside a quoted field, if there is one. */
  end(line: number): FoundRecord | null {
    if (!this.inside) {
      return null;
    }
    this.cost += unclosedQuote;
    const unclosed = this.openedOn;
    return { ...this.finish(line), unclosed };
  }

  private finish(end: number): FoundRecord {
    const { columns, stray } = this;
    const start = this.start ?? null;
    const wrong =
      start === null ? columns > this.expectedColumns : columns !== this.expectedColumns;
    this.cost += wrong ? wrongColumnCount : 0;
    this.start = undefined;
    this.columns = 1;
    this.stray = null;
    this.inside = false;
    return { start, end, columns, stray, unclosed: null };
  }

  private countDelimiters(text: string): number {
    let count = 0;
    for (let at = text.indexOf(this.dialect.delimiter); at >= 0; count++) {
      at = text.indexOf(this.dialect.delimiter, at + 1);
    }
    return count;
  }

  /** Walks a line from quote to quote and delimiter to delimiter. */
  private walk(line: number, text: string): void {
    const { delimiter, quotes } = this.dialect;
    if (!quotes || (!this.inside && !text.includes('"'))) {
      this.columns += this.countDelimiters(text);
      return;
    }
    let at = 0;
    for (;;) {
      if (this.inside) {
        const close = closingQuote(text, at);
        if (close < 0) {
          return;
        }
        this.inside = false;
        at = close + 1;
        if (at < text.length && text[at] !== delimiter) {
          this.cost += strayQuote;
          this.stray ??= { line, character: close };
        }
      } else if (text[at] === '"') {
        this.inside = true;
        this.openedOn = line;
        at++;
        continue;
      }
      const next = text.indexOf(delimiter, at);
      if (next < 0) {
        return;
      }
      this.columns++;
      at = next + 1;
    }
  }
}

/** Place of the quote that closes a quoted field, from `at` on; -1 when the field goes on in the next line. */
function closingQuote(text: string, at: number): number {
  for (let quote = text.indexOf('"', at); quote >= 0; quote = text.indexOf('"', quote + 2)) {
    if (text[quote + 1] !== '"') {
      return quote;
    }
  }
  return -1;
}
