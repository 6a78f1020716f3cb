/** A view as one HTML file that needs nothing else and does nothing: no script, nothing from elsewhere. */
import { staticCopy, writable } from './staticCopy';
import { createStyleSheet } from './styleSheet';

/** Nothing may be loaded and nothing may run, whatever the text of a dataset holds. */
const policy = "default-src 'none'; style-src 'unsafe-inline'";

/** The title is on the tab of the browser, and the view has a heading of its own. */
const forEars =
  '.title-for-ears { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }';

/** The HTML of `view` as it is seen now, under `title`. Built as a tree and then written, so that no text can become markup. */
export function pageOf(view: HTMLElement, title: string): string {
  const named = writable(title);
  const page = document.implementation.createHTMLDocument(named);
  page.documentElement.lang = document.documentElement.lang || 'en';
  const meta = (attributes: Readonly<Record<string, string>>) => {
    const element = page.createElement('meta');
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    page.head.prepend(element);
  };
  meta({ name: 'viewport', content: 'width=device-width, initial-scale=1' });
  meta({ 'http-equiv': 'Content-Security-Policy', content: policy });
  meta({ charset: 'utf-8' });
  const sheet = createStyleSheet();
  const main = page.createElement('main');
  main.className = sheet.classOf(view.closest('.panel') ?? view);
  const copy = staticCopy(view, element => sheet.classOf(element));
  const heading = page.createElement('h1');
  heading.className = 'title-for-ears';
  heading.textContent = named;
  main.append(heading);
  if (copy) main.append(page.adoptNode(copy));
  page.body.className = sheet.classOf(document.body);
  page.body.append(main);
  const css = `${sheet.text()}\n${forEars}`;
  // Written, not made: the panel's own policy lets no style be made, not even in a tree that is never shown.
  const html = page.documentElement.outerHTML.replace(
    '</head>',
    () => `<style>\n${css}\n</style></head>`,
  );
  return `<!DOCTYPE html>\n${html}\n`;
}

/** The file that a view is about, as its heading has it. */
export function subjectOf(view: HTMLElement): string {
  const heading = view.querySelector('.file') ?? view.querySelector('h2');
  return heading?.textContent.trim() ?? '';
}
