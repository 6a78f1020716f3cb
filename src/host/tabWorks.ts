/** What each tab of the panel is about, and what is at work for it. */
import type * as vscode from 'vscode';
import type { PanelTab } from '../protocol';
import type { Subject } from './panel/exports';
import type { PanelHandlerParts } from './panelHandlers';
import type { FoundRecord } from './records/readRecord';
import type { RowPlaces } from './records/rowPlaces';

interface Tab {
  /** What Cancel stops while the tab is in front. */
  readonly works: readonly { cancel(): void }[];
  /** The dataset, and the line where the tab is about one; null where it shows nothing. */
  readonly subject: Subject | null;
}

export function tabOf(parts: PanelHandlerParts, tab: PanelTab): Tab {
  const { explainer, attacker, rewriter, tracer, suspicions } = parts;
  const line = (subject: Subject | null): Tab => ({
    works: [explainer(), attacker(), parts.maps(), rewriter()],
    subject,
  });
  switch (tab) {
    case 'saliency':
      return line(ofRecord(explainer().current?.found, explainer().current?.startLine));
    case 'attack':
      return line(ofRecord(attacker().current?.found));
    case 'rewrite':
      return line(ofRecord(rewriter().current?.found));
    case 'influence': {
      const question = tracer().current?.question;
      const subject = question?.found ? ofRecord(question.found) : ofFile(question?.uri);
      return { works: [tracer(), parts.rowMaps()], subject };
    }
    case 'suspicious':
      return { works: [suspicions()], subject: ofFile(suspicions().current?.train.uri) };
    case 'compare': {
      const comparer = parts.comparer();
      return { works: [comparer], subject: ofRecord(comparer.current?.plan.found) };
    }
    case 'lines':
      return ofLines(parts.linesAttacker());
    case 'evaluation':
      return ofLines(parts.evaluator().runner);
    case 'drivers':
      return ofLines(parts.driversFinder());
    case 'models':
      return ofLines(parts.modelChanges());
    case 'measures':
      return ofLines(parts.measurer());
  }
}

interface LinesAtWork {
  cancel(): void;
  readonly current: { readonly lines: { readonly places: RowPlaces } } | null;
}

function ofLines(work: LinesAtWork): Tab {
  return { works: [work], subject: ofFile(work.current?.lines.places.uri) };
}

function ofFile(uri: vscode.Uri | undefined): Subject | null {
  return uri ? { uri, line: null } : null;
}

/** `startLine` (from 0): where the record stands by now, where the record itself does not say it. */
function ofRecord(found: FoundRecord | undefined, startLine?: number): Subject | null {
  return found
    ? { uri: found.uri, line: startLine === undefined ? found.info.line : startLine + 1 }
    : null;
}
