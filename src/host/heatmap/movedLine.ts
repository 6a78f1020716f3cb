/** Follows a line while other lines of its document are edited. */

export interface Place {
  readonly line: number;
  readonly character: number;
}

/** One edit: the text between two places was replaced. The shape of VS Code's change events. */
export interface Edit {
  readonly range: { readonly start: Place; readonly end: Place };
  readonly text: string;
}

function lineBreaks(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}

/**
 * Where the text that started on `line` starts after `edits`, which are of one event: they do not
 * overlap and their places are those before the event. An edit that reaches over the start of the line
 * leaves it behind the edit's new text; whether the text is still the same is for the caller to compare.
 */
export function movedLine(line: number, edits: readonly Edit[]): number {
  let moved = line;
  for (const { range, text } of edits) {
    const { start, end } = range;
    const endsBefore = end.line < line || (end.line === line && end.character === 0);
    if (endsBefore) moved += lineBreaks(text) - (end.line - start.line);
    else if (start.line < line) moved += lineBreaks(text) - (line - start.line);
  }
  return moved;
}
