/** Results may come faster than the eye: one drawing a frame is enough. */

/** A function that has `draw` run in the next frame, however often it is called before. */
export function oncePerFrame(draw: () => void): () => void {
  let waits = false;
  return () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      draw();
    });
  };
}
