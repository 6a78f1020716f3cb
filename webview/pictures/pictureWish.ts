/**
 * A wish for a picture rises from the map that is meant to the page, which knows the colours and the host: so any view can
 * have pictures without being told of either.
 */
import type { RecordInfo } from '../../src/protocol';
import type { Palette } from '../theme';
import type { SaliencyMap } from '../tokenFacts';
import type { ViewEvents } from '../viewEvents';
import { drawPicture } from './picture';
import { pngOf } from './png';

export const pictureForms = ['svg', 'png', 'copy'] as const;
export type PictureForm = (typeof pictureForms)[number];

/** What a picture is drawn from. */
export interface Pictured {
  readonly record: RecordInfo;
  readonly map: SaliencyMap;
}

const eventName = 'glassbox-picture';

interface Wish extends Pictured {
  readonly form: PictureForm;
}

export function wishPicture(from: HTMLElement, wish: Wish): void {
  from.dispatchEvent(new CustomEvent<Wish>(eventName, { bubbles: true, detail: wish }));
}

export interface PictureEvents extends Pick<ViewEvents, 'tell'> {
  readonly palette: () => Palette;
  /** One sentence. */
  readonly onFailed: (message: string) => void;
}

/** Draws what is wished for anywhere in `root`, and hands it to the host. */
export function grantPictures(root: HTMLElement, { tell, palette, onFailed }: PictureEvents): void {
  root.addEventListener(eventName, event => {
    const { record, map, form } = (event as CustomEvent<Wish>).detail;
    const svg = drawPicture(record, map, palette());
    if (form === 'svg') tell('savePicture', { svg });
    if (form === 'copy') tell('copyPicture', { svg });
    if (form !== 'png') return;
    pngOf(svg).then(
      base64 => {
        tell('savePng', { base64 });
      },
      () => {
        onFailed('This map could not be drawn as a PNG; save it as SVG instead.');
      },
    );
  });
}
