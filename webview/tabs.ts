/**
 * What the panel shows, each thing under a tab. The tabs are there from the second thing on; what is hidden keeps its
 * state, and how far it is scrolled. Arrow keys, Home and End go from tab to tab (WAI-ARIA: tabs with automatic activation).
 */
import type { PanelTab } from '../src/protocol';
import { panelTabs } from '../src/protocol';
import { make } from './dom';

export const tabTitles: Readonly<Record<PanelTab, string>> = {
  saliency: 'Saliency',
  attack: 'Attack',
  influence: 'Influence',
  suspicious: 'Suspicious Labels',
  rewrite: 'Rewrite',
  lines: 'Lines',
  compare: 'Compare',
  evaluation: 'Evaluation',
  drivers: 'Drivers',
  models: 'Models',
  measures: 'Measures',
};

export interface Tabs {
  /** The row of tabs, and the views below it. */
  readonly element: HTMLElement;
  /** Whether there is something to show under `tab`. */
  readonly offer: (tab: PanelTab, there: boolean) => void;
  /** Brings `tab` to the front, as soon as there is something under it. */
  readonly choose: (tab: PanelTab) => void;
  /** What is under `tab` is another thing than before: it is shown from its top. */
  readonly toTop: (tab: PanelTab) => void;
  readonly isEmpty: () => boolean;
  /** What is in front. */
  readonly current: () => PanelTab | undefined;
}

/** `onChosen` hears of what the user chose, not of what the caller did. */
export function createTabs(
  views: Readonly<Record<PanelTab, HTMLElement>>,
  first: PanelTab,
  onChosen: (tab: PanelTab) => void,
): Tabs {
  const there = new Set<PanelTab>();
  let wanted = first;
  /** What is in front while there is nothing under `wanted`: it stays there, whatever else comes. */
  let instead: PanelTab | undefined;
  let shown: PanelTab | undefined;
  const scrolled = new Map<PanelTab, number>();
  const buttons = Object.fromEntries(
    panelTabs.map(tab => {
      const attributes = { type: 'button', role: 'tab', id: `tab-${tab}`, class: 'tab' };
      const button = make('button', attributes, tabTitles[tab]);
      button.addEventListener('click', () => {
        pick(tab);
      });
      return [tab, button];
    }),
  ) as Record<PanelTab, HTMLButtonElement>;
  const label = { role: 'tablist', class: 'tabs', 'aria-label': 'What is shown' };
  const row = make('div', label, ...panelTabs.map(tab => buttons[tab]));
  row.hidden = true;
  const panels = make('div', { class: 'tab-panels' });

  const offered = () => panelTabs.filter(tab => there.has(tab));
  const current = () => {
    if (there.has(wanted)) return wanted;
    if (instead === undefined || !there.has(instead)) instead = offered()[0];
    return instead;
  };
  const pick = (tab: PanelTab) => {
    if (tab === current()) return;
    wanted = tab;
    draw();
    onChosen(tab);
  };
  row.addEventListener('keydown', event => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const all = offered();
    const at = all.findIndex(tab => tab === current());
    const targets: Readonly<Record<string, number>> = {
      ArrowLeft: (at - 1 + all.length) % all.length,
      ArrowRight: (at + 1) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    const next = targets[event.key];
    if (next === undefined) return;
    event.preventDefault();
    pick(all[next]!);
    buttons[all[next]!].focus();
  });

  const draw = () => {
    const all = offered();
    const now = current();
    const many = all.length > 1;
    const page = document.scrollingElement;
    if (shown !== undefined && shown !== now) scrolled.set(shown, page?.scrollTop ?? 0);
    for (const tab of panelTabs) {
      buttons[tab].hidden = !there.has(tab);
      // A view is put in once and not moved: what is moved loses the focus.
      if (!there.has(tab)) views[tab].remove();
      else if (!views[tab].isConnected) panels.append(views[tab]);
    }
    row.hidden = !many;
    for (const tab of all) {
      const isCurrent = tab === now;
      buttons[tab].ariaSelected = String(isCurrent);
      buttons[tab].tabIndex = isCurrent ? 0 : -1;
      const view = views[tab];
      view.id = `view-${tab}`;
      view.hidden = !isCurrent;
      if (many) {
        buttons[tab].setAttribute('aria-controls', view.id);
        view.setAttribute('role', 'tabpanel');
        view.setAttribute('aria-labelledby', buttons[tab].id);
      } else {
        view.removeAttribute('role');
        view.removeAttribute('aria-labelledby');
      }
    }
    if (page && now !== undefined && shown !== now) page.scrollTop = scrolled.get(now) ?? 0;
    shown = now;
  };
  return {
    element: make('div', { class: 'tabbed' }, row, panels),
    offer: (tab, isThere) => {
      if (there.has(tab) === isThere) return;
      if (isThere) there.add(tab);
      else there.delete(tab);
      draw();
    },
    choose: tab => {
      wanted = tab;
      draw();
    },
    toTop: tab => {
      scrolled.delete(tab);
      if (tab === current()) document.scrollingElement?.scrollTo(0, 0);
    },
    isEmpty: () => there.size === 0,
    current,
  };
}
