/** Where things are. Nothing here needs an installed package. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Everything that can be made again; git ignores it. */
export const cache = path.join(repository, '.cache');

export const sampleFolder = path.join(repository, 'media', 'sample');
