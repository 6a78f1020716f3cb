/** The panel: listens to the host, shows what it says, and remembers what it needs to come back. */
import { registerControls, createButton } from './controls';
import { make } from './dom';
import { connectHost } from './hostLink';
import { createNotices } from './notices';
import { createSaliencyView } from './saliencyView';
import type { Palette } from './theme';
import { applyPalette, watchTheme } from './theme';
import type { SavedState } from './uiState';
import { readUiState } from './uiState';

registerControls();

const { channel, getState, setState } = connectHost();
const stored = getState();
// Kept whole: until the host has answered, it is all that a second restart could come back with.
let saved: SavedState = { ...(stored as Partial<SavedState> | undefined), ...readUiState(stored) };
const save = (change: Partial<SavedState>) => {
  saved = { ...saved, ...change };
  setState(saved);
};

const main = make('main', { class: 'panel' });
document.body.append(main);
let palette: Palette = applyPalette(main);
watchTheme(() => {
  palette = applyPalette(main);
});

const notices = createNotices({
  onCancel: () => {
    channel.emit('cancel', null);
  },
  onShowLog: () => {
    channel.emit('showLog', null);
  },
});
const view = createSaliencyView({
  tell: (event, body) => {
    channel.emit(event, body);
  },
  palette: () => palette,
  ui: () => saved,
  setUi: save,
});
const whatToDo = make('p', { class: 'empty-says' });
const empty = make(
  'section',
  { class: 'empty', 'aria-label': 'Nothing to show yet' },
  make('h2', {}, 'Nothing explained yet'),
  whatToDo,
  createButton('Select Model', () => {
    channel.emit('selectModel', null);
  }).element,
);
view.element.hidden = true;
empty.hidden = true;
main.append(make('h1', { class: 'for-ears' }, 'Glassbox'), notices.element, view.element, empty);

channel.on('show', state => {
  notices.idle();
  notices.failed(null);
  notices.stale(null);
  empty.hidden = true;
  view.element.hidden = false;
  view.show(state);
  save(state.memory);
  const { prediction, method, explained } = state.explanation;
  notices.announce(
    `${state.record.file}, line ${state.record.line}: ${prediction.label}. ${method.title} of the ${explained.says}.`,
  );
});
channel.on('busy', ({ says }) => {
  notices.busy(says);
});
channel.on('failed', ({ message }) => {
  notices.failed(message);
});
channel.on('moved', memory => {
  save(memory);
  view.move(memory.line + 1);
});
channel.on('stale', ({ says }) => {
  notices.stale(says);
});
channel.on('empty', ({ says }) => {
  notices.idle();
  notices.failed(null);
  notices.stale(null);
  view.element.hidden = true;
  empty.hidden = false;
  whatToDo.textContent = says;
});
channel.on('highlight', ({ token }) => {
  notices.announce(view.highlight(token));
});
channel.emit('ready', null);
