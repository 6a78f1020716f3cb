/** What a tinted token says when the pointer or the keyboard asks. */
import * as vscode from 'vscode';
import type { Explanation } from '../../protocol';
import type { Span } from './spans';
import { strengthOf } from './spans';

/** '+0.42', '−0.42' (a real minus sign), '0.00'. */
export function signedNumber(value: number): string {
  const digits = Math.abs(value).toFixed(2);
  if (Number(digits) === 0) return digits;
  return `${value < 0 ? '−' : '+'}${digits}`;
}

/** In words: whether the token speaks for the label that is explained or against it. */
export function inWords(span: Span, explanation: Explanation): string {
  const { label, against } = explanation.explained;
  const named = against === null ? `“${label}”` : vscode.l10n.t('“{0}” over “{1}”', label, against);
  if (strengthOf(span) === 0) return vscode.l10n.t('hardly matters for {0}', named);
  if (!explanation.signed) return vscode.l10n.t('matters for {0} (size only, no sign)', named);
  if (explanation.prediction.task === 'regression' && explanation.explained.scalar !== 'loss') {
    return span.score > 0 ? vscode.l10n.t('raises {0}', named) : vscode.l10n.t('lowers {0}', named);
  }
  // Scores are already turned towards the label, those of a loss too (see interpret/saliency/answer.ts).
  return span.score > 0
    ? vscode.l10n.t('towards {0}: helps', named)
    : vscode.l10n.t('away from {0}: hurts', named);
}

/** What text says that the model did not read. */
export function unseenText({ windows }: Explanation): vscode.MarkdownString {
  const says = windows
    ? vscode.l10n.t(
        'Glassbox: not seen when this was explained; the model reads {0} tokens at once.',
        windows.tokens,
      )
    : vscode.l10n.t('Glassbox: not seen by the model.');
  return new vscode.MarkdownString().appendText(says);
}

/** Text from a dataset goes in by appendText: it can become neither markup nor a command link. */
export function hoverText(span: Span, explanation: Explanation): vscode.MarkdownString {
  const names = span.tokens.map(index => explanation.tokens[index]?.text ?? '').join(' ');
  const score = explanation.signed ? signedNumber(span.score) : Math.abs(span.score).toFixed(2);
  const message = new vscode.MarkdownString();
  message.supportHtml = false;
  message.appendText(`${names}   ${score}\n`);
  message.appendText(inWords(span, explanation));
  const raw = Number(span.attribution.toPrecision(3)).toString().replace('-', '−');
  message.appendText(`\n${vscode.l10n.t('{0}, attribution {1}', explanation.method.title, raw)}`);
  return message;
}
