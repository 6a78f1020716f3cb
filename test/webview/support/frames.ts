/** Views of runs draw in the frame after they were told: two frames later it is there. */
import type { PanelPage } from './panelPage';

export function drawn({ page }: PanelPage): Promise<void> {
  return page.evaluate(
    () =>
      new Promise<void>(resolve => {
        requestAnimationFrame(() => {
          requestAnimationFrame(() => {
            resolve();
          });
        });
      }),
  );
}
