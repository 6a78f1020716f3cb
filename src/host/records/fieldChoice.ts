/** Which fields hold the texts and the label: as chosen for files with these columns, else the settings. */
import * as vscode from 'vscode';
import type { DatasetFormat, FieldOptions, LineSource } from '../../dataset';
import { DatasetCache, listFields, noField } from '../../dataset';
import { memory } from '../ids';
import { fieldSettings } from '../settings';

/** A choice made by Select Fields. */
export interface ChosenFields {
  readonly textField: string;
  /** Null: these lines have one text. Absent (a choice of an earlier version): infer it. */
  readonly pairField?: string | null;
  /** Null: these lines have no gold label. */
  readonly labelField: string | null;
}

/** Files with the same columns share a choice: train and dev of one dataset are named once. */
function columnsKey(names: readonly string[]): string {
  return JSON.stringify([...names].sort());
}

export class FieldChoice {
  constructor(private readonly workspaceMemory: vscode.Memento) {}

  /** Remembers the choice for every file with the fields called `names`. */
  async set(names: readonly string[], chosen: ChosenFields): Promise<void> {
    await this.workspaceMemory.update(memory.fields, {
      ...this.all(),
      [columnsKey(names)]: chosen,
    });
  }

  /** What the dataset reader is told about one line. Does not throw: a line that cannot be read has no wish. */
  wishFor(
    uri: vscode.Uri,
    source: LineSource,
    format: DatasetFormat,
    line: number,
    cache: DatasetCache = new DatasetCache(),
  ): FieldOptions {
    if (format === 'txt' || format === 'conll') return {};
    const chosen = this.chosenFor(source, format, line, cache);
    if (!chosen) return fieldSettings(uri);
    const { textField, pairField, labelField } = chosen;
    return {
      textField,
      pairField: pairField === undefined ? '' : (pairField ?? noField),
      labelField: labelField ?? noField,
    };
  }

  /** The same as long as `wishFor` says the same of the same file. */
  stateFor(uri: vscode.Uri): string {
    return JSON.stringify([this.all(), fieldSettings(uri)]);
  }

  private chosenFor(
    source: LineSource,
    format: DatasetFormat,
    line: number,
    cache: DatasetCache,
  ): ChosenFields | null {
    const all = this.all();
    if (Object.keys(all).length === 0) return null;
    try {
      const names = listFields(source, format, line, { cache }).map(field => field.name);
      return all[columnsKey(names)] ?? null;
    } catch {
      // The reader says it again, with its sentence, when the record itself is asked for.
      return null;
    }
  }

  private all(): Readonly<Record<string, ChosenFields>> {
    return this.workspaceMemory.get<Record<string, ChosenFields>>(memory.fields) ?? {};
  }
}
