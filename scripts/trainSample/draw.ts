import type { Aspect, Product } from './reviews';
import type { Random } from './random';

/** One review in the making: hands out phrases of one product and never the same one twice. */
export class Draw {
  readonly #random: Random;
  readonly #product: Product;
  readonly #used = new Set<unknown>();

  constructor(random: Random, product: Product) {
    this.#random = random;
    this.#product = product;
  }

  /** One of several ways to say it. */
  of(...ways: readonly string[]): string {
    return this.#random.pick(ways);
  }

  /** A clause about an aspect not yet mentioned: 'the plot is thin'. */
  clause(good: boolean): string {
    const aspect: Aspect = this.#fresh(this.#product.aspects);
    return `${aspect.noun} ${this.#random.pick(good ? aspect.good : aspect.bad)}`;
  }

  /** The same for a place where a main clause stands, with more ways to put it. */
  say(good: boolean): string {
    if (this.#random.chance(0.08)) return this.topic('as for', good, ',');
    if (this.#random.chance(0.08)) return this.topic('what I noticed first was', good, ':');
    const clause = this.clause(good);
    if (this.#random.chance(0.75)) return clause;
    return this.of(
      `if you ask me, ${clause}`,
      `${clause}, if you ask me`,
      `${clause}, no question`,
      `in short, ${clause}`,
      `for one thing, ${clause}`,
      `${clause}, and I do not say that lightly`,
      `as we found out, ${clause}`,
      `${clause}, as everybody here will tell you`,
    );
  }

  /** A clause with its subject in front: 'as for the plot, it is thin'. */
  topic(lead: string, good: boolean, mark: string): string {
    const aspect: Aspect = this.#fresh(this.#product.aspects);
    const predicate = this.#random.pick(good ? aspect.good : aspect.bad);
    return `${lead} ${aspect.noun}${mark} ${aspect.pronoun ?? 'it'} ${predicate}`.trimStart();
  }

  /** The product, third person singular: 'this movie'. */
  thing(): string {
    return this.#random.pick(this.#product.things);
  }

  /** An adjective of praise or blame, not used before in this review. */
  adjective(good: boolean): string {
    return this.#fresh(good ? this.#product.praise : this.#product.blame);
  }

  /** A neutral sentence. */
  scene(): string {
    return this.#random.pick(this.#product.scenes);
  }

  /** Something to compare with. */
  rival(): string {
    return this.#random.pick(this.#product.rivals);
  }

  /** Something nobody likes. */
  pain(): string {
    return this.#random.pick(this.#product.pains);
  }

  /** A closing sentence, with its full stop. */
  end(good: boolean): string {
    return this.#random.pick(good ? this.#product.goodEnds : this.#product.badEnds);
  }

  #fresh<T>(list: readonly T[]): T {
    const left = list.filter(item => !this.#used.has(item));
    const item = this.#random.pick(left);
    this.#used.add(item);
    return item;
  }
}
