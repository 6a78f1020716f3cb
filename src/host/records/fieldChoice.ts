/** Which fields hold the text and the label: as chosen for files with these columns, else the settings. */
import * as vscode from 'vscode';
import type { DatasetFormat, FieldOptions, LineSource } from '../../dataset';
import { DatasetCache, listFields } from '../../dataset';
import { memory } from '../ids';
import { fieldSettings } from '../settings';

/** A choice made by Select Fields. `labelField` null: these lines have no gold label. */
export interface ChosenFields {
  readonly textField: string;
  readonly labelField: string | null;
}

/** Options for the dataset reader, and whether the label that it may infer is to be left out. */
export interface FieldWish {
  readonly options: FieldOptions;
  readonly withoutLabel: boolean;
}

/** Files with the same columns share a choice: train and dev of one dataset are named once. */
function columnsKey(names: readonly string[]): string {
  return JSON.stringify([...names].sort());
}

const inferred: FieldWish = { options: {}, withoutLabel: false };

export class FieldChoice {
  constructor(private readonly workspaceMemory: vscode.Memento) {}

  /** Remembers the choice for every file with the fields called `names`. */
  async set(names: readonly string[], chosen: ChosenFields): Promise<void> {
    await this.workspaceMemory.update(memory.fields, {
      ...this.all(),
      [columnsKey(names)]: chosen,
    });
  }

  /** What holds for one line of a file. Does not throw: a line that cannot be read has no wish. */
  wishFor(
    uri: vscode.Uri,
    source: LineSource,
    format: DatasetFormat,
    line: number,
    cache: DatasetCache = new DatasetCache(),
  ): FieldWish {
    if (format === 'txt') return inferred;
    const chosen = this.chosenFor(source, format, line, cache);
    if (chosen) {
      const { textField, labelField } = chosen;
      const label = labelField === null ? {} : { labelField };
      return { options: { textField, ...label }, withoutLabel: labelField === null };
    }
    const { textField, labelField } = fieldSettings(uri);
    return {
      options: { ...(textField ? { textField } : {}), ...(labelField ? { labelField } : {}) },
      withoutLabel: false,
    };
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
