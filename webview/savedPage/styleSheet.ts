/** A style sheet of what elements look like now: the theme's colours are in it as numbers, and nothing is looked up elsewhere. */
import { drawingNames, drawnWhere, inheritedNames, ownNames } from './styleNames';

export interface StyleSheet {
  /** Names of the classes that make a copy of `element` look like it. */
  readonly classOf: (element: Element) => string;
  readonly text: () => string;
}

/** Everything is set from its initial value, so that only what differs from it is written. */
const reset =
  ':where(body :not(svg, svg *, style)) { all: unset; }\n:where(body *)::selection { background: Highlight; color: HighlightText; }';

export function createStyleSheet(): StyleSheet {
  const probe = document.createElement('div');
  probe.style.setProperty('all', 'initial');
  document.body.append(probe);
  const initial = new Map(ownNames.map(name => [name, valueOf(probe, name)]));
  probe.remove();
  const names = new Map<string, string>();
  const classFor = (rules: string): string => {
    const name = names.get(rules) ?? `c${names.size}`;
    names.set(rules, name);
    return name;
  };
  return {
    classOf: element => {
      const own =
        element instanceof SVGElement && element.ownerSVGElement
          ? drawing(element)
          : `${declared(ownNames, name => valueOf(element, name), initial)}${inherited(element)}`;
      const before = pseudo(element, '::before', initial);
      const after = pseudo(element, '::after', initial);
      return classFor(`${own}|${before}|${after}`);
    },
    text: () => {
      const rules = [...names].flatMap(([key, name]) => {
        const [own, before, after] = key.split('|') as [string, string, string];
        return [
          `.${name} { ${own}}`,
          before === '' ? '' : `.${name}::before { ${before}}`,
          after === '' ? '' : `.${name}::after { ${after}}`,
        ].filter(rule => rule !== '');
      });
      // A value is never read as the end of the sheet.
      return [reset, ...rules].join('\n').replaceAll('<', '\\3c ');
    },
  };
}

/** Computed, not yet laid out: a share of the width stays one. */
function valueOf(element: Element, name: string): string {
  return element.computedStyleMap().get(name)?.toString() ?? '';
}

/** `|` parts rules above; in a value it can stand in a string only, and there it may be written by its number. */
function safe(value: string): string {
  return value.replaceAll('|', '\\7c ').replaceAll('{', '\\7b ').replaceAll('}', '\\7d ');
}

function declared(
  all: readonly string[],
  read: (name: string) => string,
  initial: ReadonlyMap<string, string>,
): string {
  return all
    .map(name => [name, read(name)] as const)
    .filter(([name, value]) => value !== '' && value !== initial.get(name))
    .filter(([name]) => !drawnWhere.has(name) || read(drawnWhere.get(name)!) !== 'none')
    .map(([name, value]) => `${name}: ${safe(value)}; `)
    .join('');
}

function inherited(element: Element): string {
  const plaintext = valueOf(element, 'unicode-bidi') === 'plaintext';
  const { parentElement } = element;
  // Neither inherited nor reset by `all`; of its values only this one is not the browser's own.
  const bidi = plaintext ? 'unicode-bidi: plaintext; ' : '';
  return inheritedNames
    .map(name => [name, valueOf(element, name)] as const)
    .filter(
      ([name, value]) => value !== '' && !(parentElement && value === valueOf(parentElement, name)),
    )
    .map(([name, value]) => `${name}: ${safe(value)}; `)
    .join('')
    .concat(bidi);
}

function drawing(element: Element): string {
  const style = getComputedStyle(element);
  return drawingNames.map(name => `${name}: ${safe(style.getPropertyValue(name))}; `).join('');
}

function pseudo(
  element: Element,
  which: '::before' | '::after',
  initial: ReadonlyMap<string, string>,
): string {
  const style = getComputedStyle(element, which);
  const content = style.getPropertyValue('content');
  if (content === 'none' || content === 'normal' || style.display === 'none') return '';
  const own = declared(
    ownNames.filter(name => !/^(?:width|height|min-|max-|top|right|bottom|left)/.test(name)),
    name => style.getPropertyValue(name),
    initial,
  );
  const letters = ['color', 'font-size', 'font-style', 'font-weight', 'visibility']
    .map(name => `${name}: ${safe(style.getPropertyValue(name))}; `)
    .join('');
  return `content: ${safe(content)}; ${own}${letters}`;
}
