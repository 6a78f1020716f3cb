/** What can be done with a map's picture. */
import { createButton } from '../controls';
import { make } from '../dom';
import type { PictureForm, Pictured } from './pictureWish';
import { pictureForms, wishPicture } from './pictureWish';

const words: Readonly<Record<PictureForm, string>> = {
  svg: 'Save SVG',
  png: 'Save PNG',
  copy: 'Copy SVG',
};

/** One button a form, for a view of one map. */
export function createPictureButtons(pictured: () => Pictured | null): HTMLElement[] {
  return pictureForms.map(form => {
    const { element } = createButton(words[form], () => {
      const now = pictured();
      if (now) wishPicture(element, { ...now, form });
    });
    return element;
  });
}

/** The same in small, for a map beside others; `of` tells it from theirs: 'Integrated gradients'. */
export function createPictureLinks(of: string, pictured: () => Pictured | null): HTMLElement {
  const links = pictureForms.map(form => {
    const name = `${words[form]} of ${of}`;
    const attributes = { type: 'button', class: 'link', 'data-key': name, 'aria-label': name };
    const link = make('button', attributes, words[form]);
    link.addEventListener('click', () => {
      const now = pictured();
      if (now) wishPicture(link, { ...now, form });
    });
    return link;
  });
  return make('div', { class: 'picture-links' }, ...links);
}
