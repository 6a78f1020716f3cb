/**
 * The text as the map: every token tinted where it stands. The map is one tab stop; arrows walk from
 * token to token, and pointer or focus on a token is told to the caller.
 */
import type { Mark } from './changes/marks';
import { fill, make } from './dom';
import { apartElement, fieldRow } from './mapElements';
import type { SaliencyMap, TokenFacts } from './tokenFacts';
import type { WalkKey } from './walk';
import { stepFrom, walkKeyOf } from './walk';

/** Where pointer or focus may stand. Text that the model did not see is a stop without facts. */
interface Stop {
  readonly element: HTMLElement;
  readonly facts: TokenFacts | null;
}

export interface HeatmapEvents {
  /** Pointer or focus moved onto facts, or off all. */
  readonly onPoint: (facts: TokenFacts | null) => void;
  /** Enter, Space or a click on a token. */
  readonly onReveal: (facts: TokenFacts, by: 'key' | 'pointer') => void;
}

export interface Heatmap {
  readonly element: HTMLElement;
  /** `marks`, one list a field, are changes of the text, drawn in the map. */
  readonly show: (map: SaliencyMap, marks?: readonly (readonly Mark[])[]) => void;
  /** Emphasises the facts that hold this token, and returns them. */
  readonly highlight: (token: number | null) => TokenFacts | null;
  /** Emphasises like the pointer does, for a pointer that is on the same token elsewhere. */
  readonly echo: (token: number | null) => void;
}

export function createHeatmap(events: HeatmapEvents, label = 'Tokens of the text'): Heatmap {
  const apartRow = make('div', { role: 'row', class: 'map-apart' });
  const element = make('div', { role: 'grid', 'aria-label': label, class: 'map' });

  let stops: Stop[] = [];
  let stopOfToken = new Map<number, number>();
  let rover = 0;
  let pointer: number | null = null;
  let focus: number | null = null;
  let told: TokenFacts | null = null;

  const stopAt = (target: EventTarget | null): number | null => {
    const cell = target instanceof Element ? target.closest<HTMLElement>('[data-stop]') : null;
    return cell ? Number(cell.dataset['stop']) : null;
  };
  const emphasise = (className: string, at: number | null | undefined) => {
    for (const old of element.querySelectorAll(`.${className}`)) old.classList.remove(className);
    if (at !== null && at !== undefined) stops[at]?.element.classList.add(className);
  };
  const tell = () => {
    const at = pointer ?? focus;
    emphasise('pointed', at);
    const facts = at === null ? null : (stops[at]?.facts ?? null);
    if (facts === told) return;
    told = facts;
    events.onPoint(facts);
  };
  const rove = (at: number) => {
    stops[rover]?.element.setAttribute('tabindex', '-1');
    stops[at]?.element.setAttribute('tabindex', '0');
    rover = at;
  };
  const reveal = (at: number | null, by: 'key' | 'pointer') => {
    const facts = at === null ? null : stops[at]?.facts;
    if (facts) events.onReveal(facts, by);
  };
  const walk = (key: WalkKey) => {
    const here = stops[rover]?.element ?? element;
    const rightToLeft = getComputedStyle(here).direction === 'rtl';
    const at = stepFrom(key, rover, stops.length, rightToLeft, i => {
      const { left, width, top } = stops[i]!.element.getClientRects()[0] ?? new DOMRect();
      return { middle: left + width / 2, top };
    });
    stops[at]?.element.focus();
  };

  element.addEventListener('pointerover', event => {
    pointer = stopAt(event.target);
    tell();
  });
  element.addEventListener('pointerleave', () => {
    pointer = null;
    tell();
  });
  element.addEventListener('focusin', event => {
    focus = stopAt(event.target);
    if (focus !== null) rove(focus);
    // What moved last counts: a pointer left lying on the map must not hide where the keyboard is.
    pointer = null;
    tell();
  });
  element.addEventListener('focusout', () => {
    focus = null;
    tell();
  });
  element.addEventListener('click', event => {
    // Whoever marked some text wants to copy it, not to leave the panel.
    if (document.getSelection()?.isCollapsed !== false) reveal(stopAt(event.target), 'pointer');
  });
  element.addEventListener('keydown', event => {
    const key = walkKeyOf(event);
    if (key === null) return;
    event.preventDefault();
    if (key === 'act') reveal(stopAt(event.target), 'key');
    else walk(key);
  });

  const show = (map: SaliencyMap, marks: readonly (readonly Mark[])[] = []) => {
    const hadFocus = focus !== null;
    const before = stops.length;
    stops = [];
    pointer = null;
    focus = null;
    const add = (cell: HTMLElement, facts: TokenFacts | null) => {
      cell.dataset['stop'] = String(stops.length);
      stops.push({ element: cell, facts });
      return cell;
    };
    const rows = map.fields.map(field => fieldRow(field, marks[field.field] ?? [], map, add));
    const apart = map.apart.map(facts => add(apartElement(facts, map), facts));
    fill(apartRow, ...apart);
    apartRow.hidden = apart.length === 0;
    fill(element, ...rows, apartRow);
    stopOfToken = new Map(
      stops.flatMap(({ facts }, at) => (facts?.tokens ?? []).map(token => [token, at] as const)),
    );
    rove(before === stops.length ? rover : 0);
    if (hadFocus) stops[rover]?.element.focus({ preventScroll: true });
    tell();
  };

  return {
    element,
    show,
    highlight: token => {
      const at = token === null ? undefined : stopOfToken.get(token);
      emphasise('lit', at);
      if (at === undefined) return null;
      stops[at]!.element.scrollIntoView({ block: 'nearest' });
      return stops[at]!.facts;
    },
    echo: token => {
      emphasise('pointed', token === null ? null : stopOfToken.get(token));
    },
  };
}
