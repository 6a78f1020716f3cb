/** Imported before everything else, so that it is evaluated first: when the extension began to load. */
export const loadingBegan = performance.now();
