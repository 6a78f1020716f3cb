import { app } from './app';
import { book } from './book';
import { concert } from './concert';
import { course } from './course';
import { film } from './film';
import { game } from './game';
import { headphones } from './headphones';
import { hotel } from './hotel';
import { journey } from './journey';
import { kitchen } from './kitchen';
import type { Product } from './product';
import { restaurant } from './restaurant';
import { shoes } from './shoes';

/** Every kind of product that the reviews are about. */
export const products: readonly Product[] = [
  film,
  book,
  restaurant,
  hotel,
  headphones,
  app,
  concert,
  shoes,
  game,
  kitchen,
  course,
  journey,
];

export type { Aspect, Product } from './product';
