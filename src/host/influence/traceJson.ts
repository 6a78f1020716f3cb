/** A trace as JSON, with the line that it is about. */
import type { TestPlace } from '../../batch/influenceJson';
import { influenceJson } from '../../batch/influenceJson';
import { shortPath } from '../lines/linesDataset';
import type { Traced } from './tracer';

export function placeOf({ question }: Pick<Traced, 'question'>): TestPlace {
  return { file: shortPath(question.uri.fsPath), line: question.found?.info.line ?? null };
}

/** Null where there is no result. */
export function traceText(traced: Traced): string | null {
  const { result } = traced.state;
  return result && `${JSON.stringify(influenceJson(result, placeOf(traced)), null, 2)}\n`;
}
