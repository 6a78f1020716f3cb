/** Files as buttons and headings name them. */
import type { ButtonControl } from './controls';

/** The last part of a path, with either kind of slash. */
export function baseName(path: string): string {
  return path.split(/[\\/]/u).at(-1) ?? path;
}

/** A button that leads to a file with results: of the workspace by its place in it, of elsewhere by its name. Hidden where there is none. */
export function showFileButton({ element, setText }: ButtonControl, path: string): void {
  const isElsewhere = /^(?:[\\/]|[a-z]:)/i.test(path);
  setText(`Show ${isElsewhere ? baseName(path) : path}`);
  element.title = path;
  element.hidden = path === '';
}
