/** An open document as the lines of a dataset: what the user sees, saved or not. */
import type * as vscode from 'vscode';
import type { LineSource } from '../../dataset';
import { baseName } from './target';

export function documentLines(document: vscode.TextDocument): LineSource {
  return {
    name: baseName(document.uri),
    get lineCount() {
      return document.lineCount;
    },
    line: index => document.lineAt(index).text,
  };
}
