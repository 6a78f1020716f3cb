/** The panel: listens to the host, shows what it says, and remembers what it needs to come back. */
import type { FromPanelEvents, PanelTab } from '../src/protocol';
import { createAttackView } from './attack/attackView';
import { createCompareView, spokenComparison } from './compare/compareView';
import { registerControls, createButton } from './controls';
import { make } from './dom';
import { createDriversView, spokenDrivers } from './drivers/driversView';
import { createEvaluationView, spokenEvaluation } from './evaluation/evaluationView';
import { connectHost } from './hostLink';
import { createInfluenceView, spokenTrace } from './influence/influenceView';
import { createLinesView } from './lines/linesView';
import { createMeasuresView, spokenMeasures } from './measures/measuresView';
import { createModelsView, spokenChanges } from './models/modelsView';
import { createNotices } from './notices';
import { grantPictures } from './pictures/pictureWish';
import { createRewriteView } from './rewrite/rewriteView';
import { createSaliencyView } from './saliencyView';
import { createSuspiciousView, spokenRanking } from './suspicious/suspiciousView';
import { createPageTools } from './savedPage/pageTools';
import { createTabs, tabTitles } from './tabs';
import type { Palette } from './theme';
import { applyPalette, watchTheme } from './theme';
import type { SavedState } from './uiState';
import { readUiState } from './uiState';
import type { ViewEvents } from './viewEvents';

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
/** What is done at once, without an answer that would take an earlier failure away. */
const deeds: readonly (keyof FromPanelEvents)[] = [
  ...(['copyJson', 'savePicture', 'attackCopy', 'attackAppend', 'rewriteAppend'] as const),
  ...(['linesReveal', 'linesShowFile'] as const),
  ...(['influenceReveal', 'influenceCopy', 'influenceSave'] as const),
  ...(['savePng', 'copyPicture', 'savePage'] as const),
  ...(['evaluationReveal', 'evaluationProblems', 'evaluationShowFile'] as const),
  ...(['driversReveal', 'modelsReveal', 'measuresShowFile'] as const),
  ...(['suspiciousReveal', 'suspiciousCopy', 'suspiciousSave', 'suspiciousProblems'] as const),
];
const tell: ViewEvents['tell'] = (event, body) => {
  if (deeds.includes(event)) notices.forget();
  channel.emit(event, body);
};
const { announce } = notices;
grantPictures(main, {
  tell,
  palette: () => palette,
  onFailed: message => {
    notices.failed(message);
  },
});
const ui = () => saved;
const saliency = createSaliencyView({ tell, ui, setUi: save });
const attack = createAttackView({ tell, announce });
const influence = createInfluenceView({ tell, ui, setUi: save });
const suspicious = createSuspiciousView({ tell, ui, setUi: save });
const rewrite = createRewriteView({ tell, announce });
const lines = createLinesView({ tell, ui, setUi: save });
const compare = createCompareView({ tell });
const evaluation = createEvaluationView({ tell, ui, setUi: save });
const drivers = createDriversView({ tell, ui, setUi: save });
const models = createModelsView({ tell, ui, setUi: save });
const measures = createMeasuresView({ tell, ui, setUi: save });
const views = {
  saliency: saliency.element,
  attack: attack.element,
  influence: influence.element,
  suspicious: suspicious.element,
  rewrite: rewrite.element,
  lines: lines.element,
  compare: compare.element,
  evaluation: evaluation.element,
  drivers: drivers.element,
  models: models.element,
  measures: measures.element,
};
const tabs = createTabs(views, saved.tab, tab => {
  save({ tab });
  tell('tab', { tab });
});
const pageTools = createPageTools(tell, () => {
  const tab = tabs.current();
  return tab === undefined ? null : { view: views[tab], name: tabTitles[tab] };
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
empty.hidden = true;
main.append(
  make('h1', { class: 'for-ears' }, 'Glassbox'),
  notices.element,
  tabs.element,
  pageTools,
  empty,
);

/** What is at work, so that what was awaited, or failed before, is past once it has begun and not each time it is told. */
const atWork = new Set<PanelTab>();
/** There is something to be seen under `tab`; with `works` more is to come. */
const arrived = (tab: PanelTab, works = false) => {
  if (!atWork.has(tab)) {
    notices.idle();
    notices.failed(null);
  }
  if (works) atWork.add(tab);
  else atWork.delete(tab);
  empty.hidden = true;
  pageTools.hidden = false;
  tabs.offer(tab, true);
};

channel.on('show', state => {
  arrived('saliency');
  notices.stale(null);
  saliency.show(state);
  drivers.offer(state.methods);
  save(state.memory);
  const { prediction, method, explained } = state.explanation;
  announce(
    `${state.record.file}, line ${state.record.line}: ${prediction.label}. ${method.title} of the ${explained.says}.`,
  );
});
channel.on('attack', state => {
  arrived('attack', state.running);
  if (attack.show(state)) tabs.toTop('attack');
  if (!state.running) announce(`${state.result.goal} ${state.result.says}.`);
});
channel.on('attackMap', map => {
  attack.showMap(map);
});
channel.on('influence', state => {
  arrived('influence', state.running !== null);
  if (influence.show(state)) tabs.toTop('influence');
  announce(state.running ? '' : spokenTrace(state));
});
channel.on('influenceMap', map => {
  influence.showMap(map);
});
channel.on('suspicious', state => {
  arrived('suspicious', state.running !== null);
  if (suspicious.show(state)) tabs.toTop('suspicious');
  announce(state.running ? '' : spokenRanking(state));
});
channel.on('rewrite', state => {
  arrived('rewrite');
  if (rewrite.show(state)) tabs.toTop('rewrite');
});
channel.on('rewritten', answer => {
  rewrite.answer(answer);
});
channel.on('lines', table => {
  arrived('lines', table.state === 'running');
  lines.show(table);
});
channel.on('comparison', state => {
  arrived('compare', state.running !== null);
  if (compare.show(state)) tabs.toTop('compare');
  announce(state.running ? '' : spokenComparison(state));
});
channel.on('evaluation', state => {
  arrived('evaluation', state.state === 'running');
  if (evaluation.show(state)) tabs.toTop('evaluation');
  announce(state.state === 'running' ? '' : spokenEvaluation(state));
});
channel.on('evaluationCell', cell => {
  evaluation.showCell(cell);
});
channel.on('drivers', state => {
  arrived('drivers', state.state === 'running');
  if (drivers.show(state)) tabs.toTop('drivers');
  announce(state.state === 'running' ? '' : spokenDrivers(state));
});
channel.on('modelChanges', state => {
  arrived('models', state.state === 'running');
  if (models.show(state)) tabs.toTop('models');
  announce(state.state === 'running' ? '' : spokenChanges(state));
});
channel.on('measures', report => {
  arrived('measures', report.state === 'running');
  if (measures.show(report)) tabs.toTop('measures');
  announce(report.state === 'running' ? '' : spokenMeasures(report));
});
channel.on('tab', ({ tab }) => {
  tabs.choose(tab);
  save({ tab });
});
channel.on('busy', ({ says }) => {
  notices.busy(says);
});
channel.on('failed', ({ message }) => {
  notices.failed(message);
  attack.fail();
  influence.fail();
  evaluation.fail();
});
channel.on('moved', memory => {
  save(memory);
  saliency.move(memory.line + 1);
});
channel.on('movedElsewhere', ({ tab, line }) => {
  ({ attack, influence, rewrite })[tab].move(line);
});
channel.on('stale', ({ says }) => {
  notices.stale(says);
});
channel.on('empty', ({ says }) => {
  notices.idle();
  notices.failed(null);
  notices.stale(null);
  tabs.offer('saliency', false);
  empty.hidden = !tabs.isEmpty();
  pageTools.hidden = tabs.isEmpty();
  whatToDo.textContent = says;
});
channel.on('highlight', ({ token }) => {
  const says = saliency.highlight(token);
  if (!saliency.element.hidden) announce(says);
});
channel.emit('ready', null);
