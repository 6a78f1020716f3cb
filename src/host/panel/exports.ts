/** What leaves the panel: a copy of the numbers, pictures, pages. None of it ever touches a dataset. */
import { realpath } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { refuseSame, writing } from '../../batch/outputFile';
import type { PanelState } from '../../protocol';
import { isDataset } from '../records/target';
import { HostError } from '../report';

/** The dataset that the panel is about, and the line (from 1) where it is about one. */
export interface Subject {
  readonly uri: vscode.Uri;
  readonly line: number | null;
}

/** Everything needed to read the explanation and to make it again. */
export function explanationJson({ record, explanation }: PanelState): string {
  return JSON.stringify({ record, ...explanation }, null, 2);
}

export async function copyJson(state: PanelState): Promise<void> {
  await vscode.env.clipboard.writeText(explanationJson(state));
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('Glassbox: the explanation is in the clipboard as JSON.'),
    4000,
  );
}

export async function copyPicture(svg: string): Promise<void> {
  await vscode.env.clipboard.writeText(svg);
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('Glassbox: the picture is in the clipboard as SVG.'),
    4000,
  );
}

/** Asks where, and writes `svg` there. Errors as `save`. */
export async function savePicture(svg: string, subject: Subject | null): Promise<void> {
  const how = {
    title: vscode.l10n.t('Save the picture of the explanation'),
    ending: 'svg',
    kind: vscode.l10n.t('SVG picture'),
  };
  await save(Buffer.from(svg, 'utf8'), how, subject);
}

const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex');

/** The same of a PNG, its bytes in base64. Throws a HostError, too, where that is none. */
export async function savePng(base64: string, subject: Subject | null): Promise<void> {
  const bytes = Buffer.from(base64, 'base64');
  if (!bytes.subarray(0, pngSignature.length).equals(pngSignature)) {
    const says = vscode.l10n.t('The picture could not be drawn as PNG; save it as SVG.');
    throw new HostError('bad-input', says, []);
  }
  const how = {
    title: vscode.l10n.t('Save the picture of the explanation'),
    ending: 'png',
    kind: vscode.l10n.t('PNG picture'),
  };
  await save(bytes, how, subject);
}

/** A view as a page; `name` says which one. Errors as `save`. */
export async function savePage(html: string, name: string, subject: Subject | null): Promise<void> {
  const view = name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
  const how = {
    title: vscode.l10n.t('Save the view as a page'),
    ending: view === '' ? 'html' : `${view}.html`,
    kind: vscode.l10n.t('HTML page'),
  };
  await save(Buffer.from(html, 'utf8'), how, subject);
}

interface How {
  readonly title: string;
  /** 'svg', 'comparison.html' */
  readonly ending: string;
  /** In the dialog. */
  readonly kind: string;
}

/** The dialog asks whether a file that is there shall be replaced. Throws GlassboxError 'bad-input' for a dataset, and where nothing can be written. */
async function save(bytes: Buffer, how: How, subject: Subject | null): Promise<void> {
  const extension = how.ending.replace(/^.*\./, '');
  const target = await vscode.window.showSaveDialog({
    title: how.title,
    defaultUri: proposedUri(how.ending, subject),
    filters: { [how.kind]: [extension] },
  });
  if (!target) return;
  const meant = await realpath(target.fsPath).catch(() => target.fsPath);
  if ([target, vscode.Uri.file(meant)].some(isDataset)) {
    const says = vscode.l10n.t(
      'Glassbox does not write over a dataset; save under a name that ends in .{0}.',
      extension,
    );
    throw new HostError('bad-input', says, []);
  }
  if (subject?.uri.scheme === 'file') await refuseSame(target.fsPath, subject.uri.fsPath);
  await writing(target.fsPath, async () => {
    await vscode.workspace.fs.writeFile(target, bytes);
  });
  const name = path.posix.basename(target.path);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Glassbox: saved as {0}.', name), 4000);
}

/** 'reviews.dev.jsonl' and line 17 -> 'reviews.dev.17.svg', beside the dataset. */
function proposedUri(ending: string, subject: Subject | null): vscode.Uri {
  if (subject) {
    const base = path.posix.basename(subject.uri.path).replace(/\.[^.]*$/, '');
    const line = subject.line === null ? '' : `.${subject.line}`;
    return vscode.Uri.joinPath(subject.uri, '..', `${base}${line}.${ending}`);
  }
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const name = `glassbox.${ending}`;
  return folder ? vscode.Uri.joinPath(folder.uri, name) : vscode.Uri.file(path.resolve(name));
}
