/**
 * The line, edited by hand. Typing is never held up: an edit is sent when the typing rests, answers to older ones are
 * ignored, and nothing here ever writes into the field in which someone types.
 */
import type { RewriteState, Rewriting, ToPanelEvents } from '../../src/protocol';
import { decidedShare } from '../attack/decidedShare';
import { createMarkedMap } from '../changes/markedMap';
import { createCompareBars } from '../compareBars';
import { createButton } from '../controls';
import { fill, make } from '../dom';
import { createTextArea } from '../nativeControls';
import { formatProbability } from '../numbers';
import type { ViewEvents } from '../viewEvents';
import { changedWords, decisionChange, editedFields } from './difference';
import { createPins } from './pins';

/** Milliseconds without a key before an edit is explained. */
const restsAfter = 250;

export interface RewriteView {
  readonly element: HTMLElement;
  /** Returns whether it is another line than before. */
  readonly show: (state: RewriteState) => boolean;
  /** The record starts on this line (from 1) now. */
  readonly move: (line: number) => void;
  readonly answer: (answer: ToPanelEvents['rewritten']) => void;
}

type Texts = Pick<Rewriting, 'text' | 'pair'>;

export function createRewriteView({ tell, announce }: ViewEvents): RewriteView {
  let state: RewriteState | null = null;
  /** As it was explained last. */
  let edited: Rewriting | null = null;
  let newest = 0;
  let awaits = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const source = make('div', { class: 'head-source' });
  const verdict = make('p', { class: 'verdict' });
  const status = make('p', { class: 'rewrite-status muted' });
  const failure = make('p', { class: 'field-complaint', role: 'alert' });
  const onInput = () => {
    clearTimeout(timer);
    waitFor(true);
    timer = setTimeout(send, restsAfter);
  };
  const text = createTextArea(onInput);
  const pair = createTextArea(onInput);
  const map = createMarkedMap('Text as edited');
  const before = createMarkedMap('Text of the file', 'beside');
  const bars = createCompareBars();
  const pins = createPins({
    onUnpin: index => {
      tell('unpin', { index });
    },
    onEdit: pinned => {
      write(pinned);
    },
  });
  const pin = createButton('Pin', () => {
    tell('pin', null);
  });
  const reset = createButton('Reset to Original', () => {
    if (state) write(state.original);
  });
  const append = createButton('Append to Dataset File', () => {
    tell('rewriteAppend', null);
  });
  const results = make(
    'div',
    { class: 'rewrite-results' },
    verdict,
    bars.element,
    make(
      'div',
      { class: 'rewrite-maps' },
      make('section', { 'aria-label': 'Edited' }, make('h3', {}, 'Edited'), map.element),
      make('section', { 'aria-label': 'Original' }, make('h3', {}, 'Original'), before.element),
    ),
  );

  const typed = (): Texts => {
    const now = { text: text.value(), pair: state?.original.pair === null ? null : pair.value() };
    // Untouched, it is the line as it stands in the file, its line breaks included.
    if (!state || !sameTexts(now, state.original)) return now;
    return { text: state.original.text, pair: state.original.pair };
  };
  const isExplained = () => edited !== null && sameTexts(edited, typed());
  const waitFor = (awaited: boolean) => {
    awaits = awaited;
    results.classList.toggle('fading', awaited);
    const fits = !awaited && isExplained();
    pin.setEnabled(fits);
    append.setEnabled(fits);
    if (awaited) failure.textContent = '';
    status.textContent = awaited
      ? 'Explained as soon as you stop typing.'
      : 'The line in the file is never changed.';
  };
  const send = () => {
    clearTimeout(timer);
    tell('rewrite', { edit: ++newest, ...typed() });
  };
  const write = ({ text: next, pair: second }: Texts) => {
    text.setValue(next);
    pair.setValue(second ?? '');
    waitFor(true);
    send();
  };

  const drawSource = (file: string, line: number) => {
    const parts = [
      make('span', { class: 'file' }, file),
      make('span', { class: 'line' }, ` : ${line}`),
    ];
    fill(source, make('h2', {}, ...parts));
  };

  const drawResult = () => {
    if (!state || !edited) return;
    const { original } = state;
    const share = decidedShare(edited.state.explanation.prediction);
    fill(
      verdict,
      make('strong', { class: 'predicted' }, edited.state.explanation.prediction.label),
      ' ',
      share === null ? null : make('span', { class: 'number' }, formatProbability(share)),
      ' ',
      make('span', { class: 'rewrite-change' }, decisionChange(original, edited)),
      ' ',
      make('span', { class: 'muted' }, changedWords(original, edited)),
    );
    bars.show(original.state.explanation.prediction, edited.state.explanation.prediction, 'edited');
    map.show(editedFields(original, edited), edited.state, '');
    before.show(editedFields(original, original), original.state, '');
  };

  return {
    element: make(
      'div',
      { class: 'view rewrite-view' },
      make('header', { class: 'head' }, source),
      make(
        'section',
        { class: 'rewrite-fields', 'aria-label': 'Text to edit' },
        text.element,
        pair.element,
        status,
        failure,
      ),
      make('div', { class: 'actions' }, pin.element, reset.element, append.element),
      results,
      pins.element,
    ),
    show: next => {
      const isNew = !state || !sameTexts(state.original, next.original);
      // Answers to edits of another line are too late.
      if (state && isNew) newest++;
      const { record } = next.original.state;
      state = next;
      drawSource(record.file, record.line);
      if (isNew) {
        clearTimeout(timer);
        text.setLabel(record.field === '' ? 'Text' : record.field);
        text.setValue(next.edited.text);
        pair.element.hidden = next.original.pair === null;
        pair.setLabel(record.pair?.field ?? '');
        pair.setValue(next.edited.pair ?? '');
        awaits = false;
      }
      // While an edit is on its way, the host's last one is older than what is shown here.
      if (!awaits) edited = next.edited;
      drawResult();
      pins.show(next);
      waitFor(awaits);
      return isNew;
    },
    move: line => {
      if (state) drawSource(state.original.state.record.file, line);
    },
    answer: ({ edit, state: explained, failed }) => {
      if (!state || edit !== newest) return;
      if (explained) {
        const { record } = explained;
        edited = { text: record.text, pair: record.pair?.text ?? null, state: explained };
        drawResult();
        announce(
          `${decisionChange(state.original, edited)}, ${changedWords(state.original, edited)}.`,
        );
      }
      // Typed on since: its own answer will come.
      waitFor(explained !== null && !isExplained());
      failure.textContent = failed ?? '';
    },
  };
}

function sameTexts(a: Texts, b: Texts): boolean {
  return inField(a.text) === inField(b.text) && inField(a.pair ?? '') === inField(b.pair ?? '');
}

/** A text field knows one kind of line break only. */
function inField(text: string): string {
  return text.replace(/\r\n?/gu, '\n');
}
