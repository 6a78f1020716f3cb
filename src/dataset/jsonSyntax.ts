import { printParseErrorCode, visit } from 'jsonc-parser';
import { complaint } from './complaint';
import type { LineSource } from './lineSource';

/** What the parser's errors mean to the person who wrote the line. */
const inWords: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is no JSON value',
  InvalidNumberFormat: 'this is no number',
  PropertyNameExpected: 'a name in double quotes is expected',
  ValueExpected: 'a value or a name is expected',
  ColonExpected: 'a colon is expected',
  CommaExpected: 'a comma is expected',
  CloseBraceExpected: 'a closing brace is missing',
  CloseBracketExpected: 'a closing bracket is missing',
  EndOfFileExpected: 'there is more after the end of the value',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfComment: 'JSON has no comments',
  UnexpectedEndOfString: 'the string that begins here is not closed',
  UnexpectedEndOfNumber: 'the number is not complete',
  InvalidUnicode: 'an escape here is not \\u and four hexadecimal digits',
  InvalidEscapeCharacter: 'an escape here is not one that JSON has',
  InvalidCharacter: 'a control character here must be written as an escape',
};

/**
 * The line as JSON.parse reads it; throws unless it is strict JSON. JSON.parse decides, because it is what every other
 * program uses; jsonc-parser, which forgives more, only says where the fault is.
 */
export function requireJson(source: LineSource, line: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const fault = firstFault(text);
    const says = fault ? `${inWords[fault.code] ?? fault.code}, so the line is` : 'the line is';
    throw complaint(
      source,
      line,
      `${says} not valid JSON. Correct the line or choose another.`,
      fault?.offset,
    );
  }
}

function firstFault(text: string): { code: string; offset: number } | null {
  let first: { code: string; offset: number } | null = null;
  try {
    visit(
      text,
      {
        onError: (code, offset) => {
          first ??= { code: printParseErrorCode(code), offset };
        },
      },
      { disallowComments: true },
    );
  } catch (error) {
    // Brackets nested by the ten thousand exhaust the stack; the line is refused all the same.
    if (!(error instanceof RangeError)) {
      throw error;
    }
  }
  return first;
}
