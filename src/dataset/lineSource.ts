/** Where a dataset's lines come from: an open document of the editor, or a file on disk. */
export interface LineSource {
  /** What messages call it, usually the base name of the file: 'reviews.dev.jsonl'. */
  readonly name: string;
  /** Line breaks plus one, as editors count: a file that ends in a line break has an empty last line. */
  readonly lineCount: number;
  /** The text of a line without its line break. `index` counts from 0. */
  line(index: number): string;
}

/** A source that keeps the lines that were read, for work that looks at the same lines several times. */
export function remembering(source: LineSource): LineSource {
  const lines = new Map<number, string>();
  return {
    name: source.name,
    lineCount: source.lineCount,
    line(index) {
      let text = lines.get(index);
      if (text === undefined) {
        text = source.line(index);
        lines.set(index, text);
      }
      return text;
    },
  };
}

/** Number of lines as a person counts them: the nothing after a final line break is no line. */
export function writtenLines(source: LineSource): number {
  const count = source.lineCount;
  return count > 0 && source.line(count - 1) === '' ? count - 1 : count;
}
