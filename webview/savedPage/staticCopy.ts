/** A copy of a view that can only be read: text, tables and drawings stay; what is pressed or typed into goes, or becomes text. */
import { make } from '../dom';

/** What says how the panel is used, or waits for something, has no meaning on a page. */
const dropped = [
  'script',
  'style',
  'template',
  'vscode-button',
  'button.link:not([data-action="reveal"])',
  '.picture-links',
  '.readout',
  '.row-pointed',
  '.run-bar',
].join();

/** Roles of what is there to be read. */
const keptRoles = new Set([
  ...['img', 'list', 'listitem', 'group', 'region', 'note'],
  ...['table', 'rowgroup', 'row', 'cell', 'columnheader', 'rowheader'],
]);
const named = 'section, table, ul, ol, nav, svg, [role]';
const keptAttributes = new Set(['dir', 'lang', 'colspan', 'rowspan', 'scope', 'open', 'title']);
const svgNamespace = 'http://www.w3.org/2000/svg' as const;

/** `classOf` names the classes of an element's copy. Null where there is nothing to be seen of it. */
export function staticCopy(element: Element, classOf: (element: Element) => string): Node | null {
  if (element.matches(dropped) || getComputedStyle(element).display === 'none') return null;
  const said = saidByControl(element);
  if (said !== null) return said === '' ? null : make('span', {}, writable(said));
  const copy = element instanceof SVGElement ? drawingCopy(element) : textCopy(element);
  copy.setAttribute('class', classOf(element));
  for (const child of element.childNodes) {
    if (child instanceof Element) {
      const inner = staticCopy(child, classOf);
      if (inner) copy.append(inner);
    } else if (child instanceof Text) copy.append(writable(child.data));
  }
  return copy;
}

function textCopy(element: Element): HTMLElement {
  const isButton = element instanceof HTMLButtonElement;
  const name = isButton || element instanceof HTMLAnchorElement ? 'span' : element.localName;
  const copy = document.createElement(name);
  for (const attribute of element.getAttributeNames()) {
    if (keptAttributes.has(attribute))
      copy.setAttribute(attribute, writable(element.getAttribute(attribute)!));
  }
  const role = element.getAttribute('role');
  const inGrid = element.closest('[role="grid"]') !== null;
  const keepsRole = role !== null && keptRoles.has(role) && !inGrid;
  if (keepsRole) copy.setAttribute('role', role);
  const label = element.getAttribute('aria-label');
  const says = label === null ? null : writable(label);
  if (says !== null && !isButton && (keepsRole || (role === null && element.matches(named)))) {
    copy.setAttribute('aria-label', says);
  }
  // The numbers of a token are there for whoever points at it.
  else if (says !== null && role === 'gridcell') copy.title = says;
  if (element.getAttribute('aria-hidden') === 'true') copy.setAttribute('aria-hidden', 'true');
  return copy;
}

/** Geometry is in attributes; handlers and references to elsewhere are left behind. */
function drawingCopy(element: SVGElement): SVGElement {
  const copy = document.createElementNS(svgNamespace, element.localName);
  for (const { name, value } of element.attributes) {
    if (!/^(?:on|style$|class$|id$|tabindex$|data-)|href$/i.test(name))
      copy.setAttribute(name, writable(value));
  }
  return copy;
}

/** What a control holds, as text; null for what is none. */
function saidByControl(element: Element): string | null {
  if (element instanceof HTMLInputElement) {
    if (element.type === 'radio') return element.checked ? '\u25cf' : '\u25cb';
    if (element.type === 'checkbox') return element.checked ? '\u2611' : '\u2610';
    return element.value;
  }
  if (element instanceof HTMLTextAreaElement) return element.value;
  if (element instanceof HTMLSelectElement) return element.selectedOptions[0]?.text ?? '';
  const text = element.textContent.trim();
  switch (element.localName) {
    case 'vscode-checkbox':
      return `${(element as HTMLElement & { checked?: boolean }).checked ? '\u2611' : '\u2610'} ${text}`;
    case 'vscode-text-field':
      return `${text}: ${(element as HTMLElement & { value?: string }).value ?? ''}`;
    case 'vscode-dropdown':
      return chosenText(element);
    default:
      return null;
  }
}

function chosenText(dropdown: Element): string {
  const { value } = dropdown as HTMLElement & { value?: string };
  const options = [...dropdown.querySelectorAll('vscode-option')];
  const chosen = options.find(option => option.getAttribute('value') === value);
  return chosen?.textContent.trim() ?? '';
}

/** What a file of HTML can hold: no zero character, no half of a surrogate pair. */
export function writable(text: string): string {
  return text.replace(/[\0\p{Cs}]/gu, '\ufffd');
}
