/** A report as one HTML file that needs nothing else: no script, no other file, no network. */
import type { ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { version } from '../../../package.json';
import { printable } from '../printable';
import { style } from './style';

/** Even a mistake of ours could load or run nothing. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

interface Page {
  /** May hold text of others, as everything in `children`: it is escaped. */
  readonly title: string;
  readonly children: ComponentChildren;
}

/** The text of the file. */
export function pageText({ title, children }: Page): string {
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={policy} />
        <meta name="viewport" content="width=device-width" />
        <meta name="generator" content={`Glassbox ${version}`} />
        <title>{printable(title)}</title>
        <style>{style}</style>
      </head>
      <body>
        <main>{children}</main>
        <footer class="faint">
          <p>Made by Glassbox {version}.</p>
        </footer>
      </body>
    </html>
  );
  return `<!DOCTYPE html>\n${renderToString(page)}\n`;
}
