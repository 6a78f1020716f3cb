/** Cases for every rule that has no test file of its own, by the kind of op. */
import { elementwise } from './elementwise';
import { indexing } from './indexing';
import { linear } from './linear';
import { reductions } from './reductions';
import { shape } from './shape';

export const ruleCases = { elementwise, shape, indexing, linear, reductions };
