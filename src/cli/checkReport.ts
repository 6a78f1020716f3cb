/** The page of a model's check in a terminal: the same words as in the editor, with colours. */
import type { Colors } from 'picocolors/types';
import { checkPage } from '../interpret/check/page';
import type { ModelCheck } from '../protocol/modelCheck';

/** Lines without the last line break. */
export function reportCheck(check: ModelCheck, colors: Colors): string {
  const lines = checkPage(check);
  // The page puts the verdict on its third line, below its title; what a heading stands over is indented.
  const isHeading = (line: string, index: number): boolean =>
    index === 0 || (/^\S/.test(line) && (lines[index + 1] ?? '').startsWith('  '));
  const tint = (line: string, index: number): string => {
    if (index === 2) return check.ok ? colors.green(line) : colors.yellow(line);
    if (/^ {2}!!? /.test(line) || line.endsWith('NO derivative rule')) return colors.yellow(line);
    if (line.startsWith('  ok ')) return colors.dim(line);
    return isHeading(line, index) ? colors.bold(line) : line;
  };
  return lines.map(tint).join('\n');
}
