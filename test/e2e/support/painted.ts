/** What VS Code has painted behind the characters of a file, read from the page as a person sees it. */
import type { Page } from 'playwright-core';

/** Characters with a mark behind or around them. */
export interface Painted {
  readonly text: string;
  /** Style of the line under them: solid towards the label, dotted away from it, double without sign. */
  readonly line: string;
  readonly outline: string;
  readonly fill: string;
  readonly top: number;
}

/**
 * Marks of extensions in the file on the left, from top left to bottom right. VS Code paints them in
 * a layer of their own behind the text, so what is marked is found by where it stands.
 */
export async function paintedIn(page: Page): Promise<Painted[]> {
  return page.evaluate(() => {
    const editor = document.querySelector('.editor-instance .monaco-editor');
    if (!editor) return [];
    /** The characters whose middles lie in `box`. */
    const textIn = (box: DOMRect) => {
      let text = '';
      for (const line of editor.querySelectorAll('.view-line')) {
        const row = line.getBoundingClientRect();
        if (Math.abs(row.top - box.top) > row.height / 2) continue;
        const nodes = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        const range = document.createRange();
        for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
          for (const [i, character] of (node.textContent ?? '').split('').entries()) {
            range.setStart(node, i);
            range.setEnd(node, i + 1);
            const place = range.getBoundingClientRect();
            const middle = place.left + place.width / 2;
            if (middle > box.left && middle < box.right) text += character;
          }
        }
      }
      return text.replaceAll('\u00a0', ' ');
    };
    return [...editor.querySelectorAll('.cdr[class*="TextEditorDecorationType"]')]
      .map(mark => ({ box: mark.getBoundingClientRect(), style: getComputedStyle(mark) }))
      .sort((a, b) => a.box.top - b.box.top || a.box.left - b.box.left)
      .map(({ box, style }) => ({
        text: textIn(box),
        line: parseFloat(style.borderBottomWidth) > 0 ? style.borderBottomStyle : 'none',
        outline: style.outlineStyle,
        fill: style.backgroundColor,
        top: Math.round(box.top),
      }));
  });
}
