/** What the panel asks for in its rewrite tab, done. */
import * as vscode from 'vscode';
import type { Appender } from '../append/appender';
import type { PanelHandlers } from '../panel/listen';
import { wordsBetweenBlanks } from '../explain/otherText';
import type { Rewriter, Rewritten } from './rewriter';

export interface RewriteHandlerParts {
  readonly rewriter: () => Rewriter;
  readonly appender: Appender;
}

type Names = 'rewrite' | 'pin' | 'unpin' | 'rewriteAppend';

/** `guarded` tells what its work throws. */
export function makeRewriteHandlers(
  { rewriter, appender }: RewriteHandlerParts,
  guarded: (work: () => Promise<unknown>) => void,
): Pick<PanelHandlers, Names> {
  return {
    rewrite(edit) {
      guarded(() => rewriter().edit(edit));
    },
    pin() {
      rewriter().pin();
    },
    unpin({ index }) {
      rewriter().unpin(index);
    },
    rewriteAppend() {
      const { current } = rewriter();
      if (current) guarded(() => append(current, appender));
    },
  };
}

async function append({ found, state }: Rewritten, appender: Appender): Promise<void> {
  const { original, edited } = state;
  const { explanation } = edited.state;
  const { text, pair } = edited;
  const label = await askLabel(found.info.gold, explanation.prediction.labels, found.info.words);
  if (label === undefined) return;
  await appender.append({
    found,
    other: { text, pair, words: found.info.words && wordsBetweenBlanks(text) },
    maker: {
      attack: 'rewrite',
      goal: null,
      before: original.state.explanation.prediction.label,
      after: explanation.prediction.label,
      changes: null,
      options: null,
      target: null,
      step: null,
      verified: null,
      model: { name: explanation.modelName, hash: explanation.modelHash },
    },
    ...label,
  });
}

/**
 * A person may have changed what is right: which label the text has now. Undefined when they changed their mind; empty
 * where the label of the line stays as the dataset has it.
 */
async function askLabel(
  gold: string | null,
  labels: readonly string[],
  words: unknown,
): Promise<{ readonly label?: string | null } | undefined> {
  if (words !== null || labels.length === 0) return {};
  const asItWas = gold === null ? [] : [{ label: gold, description: vscode.l10n.t('as it was') }];
  const none = { label: vscode.l10n.t('No label'), isNone: true };
  const others = labels.filter(label => label !== gold).map(label => ({ label }));
  const items: { label: string; description?: string; isNone?: boolean }[] = [
    ...asItWas,
    ...others,
    none,
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Glassbox: Append the Rewritten Line'),
    placeHolder: vscode.l10n.t('Which label is right for the text as you wrote it?'),
  });
  if (!picked) return undefined;
  if (picked.isNone) return { label: null };
  return picked.label === gold ? {} : { label: picked.label };
}
