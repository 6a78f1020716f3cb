/** A page as a browser understands it: its elements and texts. */
import { parse, type DefaultTreeAdapterTypes as Tree } from 'parse5';

export type Element = Tree.Element;

/** The document element. Throws where the markup is not what it should be. */
export function parsePage(html: string): Element {
  const errors: string[] = [];
  const document = parse(html, { onParseError: ({ code }) => errors.push(code) });
  if (errors.length > 0) throw new Error(`The page has faults: ${errors.join(', ')}`);
  return document.childNodes.find(isElement)!;
}

/** All elements below with this name, in the order of the page. */
export function all(below: Element, name: string): Element[] {
  return below.childNodes
    .filter(isElement)
    .flatMap(child => [...(child.tagName === name ? [child] : []), ...all(child, name)]);
}

export function textOf(node: Tree.ChildNode): string {
  if (node.nodeName === '#text') return (node as Tree.TextNode).value;
  return isElement(node) ? node.childNodes.map(textOf).join('') : '';
}

export function attribute(element: Element, name: string): string | null {
  return element.attrs.find(each => each.name === name)?.value ?? null;
}

/** Exact numbers of the `data` elements below. */
export function valuesOf(below: Element): number[] {
  return all(below, 'data').map(element => Number(attribute(element, 'value')));
}

/** Rows of the first table of the section with this heading, without the header. */
export function rowsOf(page: Element, heading: string): Element[] {
  const section = all(page, 'section').find(each => textOf(all(each, 'h2')[0]!) === heading);
  if (!section) throw new Error(`There is no section "${heading}"`);
  return all(all(section, 'tbody')[0]!, 'tr');
}

/** Every name of an element or attribute, once. */
export function namesOf(page: Element): { elements: Set<string>; attributes: Set<string> } {
  const elements = new Set<string>();
  const attributes = new Set<string>();
  const visit = (element: Element): void => {
    elements.add(element.tagName);
    for (const { name } of element.attrs) attributes.add(name);
    element.childNodes.filter(isElement).forEach(visit);
  };
  visit(page);
  return { elements, attributes };
}

function isElement(node: Tree.ChildNode): node is Element {
  return 'tagName' in node;
}
