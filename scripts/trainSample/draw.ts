import type { Aspect, Product } from './reviews';
import type { Dealer } from './dealer';
import type { Random } from './random';
import { common } from './reviews/common';

/** How a predicate begins that 'not' can deny. */
const formOfBe = /^(is|are|was|were) /;

/** A clause in two parts: an aspect and what is said of it. */
interface Remark {
  readonly aspect: Aspect;
  readonly predicate: string;
}

/**
 * One review in the making: hands out phrases of one product and never the same one twice.
 * Its twin hands out the same phrases again, by kind and side, so that a pattern made once as praise and once
 * as blame gives two reviews of (nearly) the same words and opposite labels.
 */
export class Draw {
  readonly #random: Random;
  readonly #dealer: Dealer;
  readonly #product: Product;
  /** Part of the phrases that are common ones ('is great') instead of the product's own. */
  readonly #common: number;
  readonly #used = new Set<unknown>();
  readonly #drawn = new Map<string, unknown[]>();
  readonly #again: Map<string, unknown[]>;

  constructor(
    random: Random,
    dealer: Dealer,
    product: Product,
    common: number,
    again = new Map<string, unknown[]>(),
  ) {
    this.#random = random;
    this.#dealer = dealer;
    this.#product = product;
    this.#common = common;
    this.#again = again;
  }

  twin(): Draw {
    return new Draw(this.#random, this.#dealer, this.#product, this.#common, this.#drawn);
  }

  /** One of several ways to say it. */
  of(...ways: readonly string[]): string {
    return ways[this.#phrase(`one of ${ways.length}`, () => this.#random.below(ways.length))]!;
  }

  /** A clause about an aspect not yet mentioned: 'the plot is thin'. */
  clause(good: boolean): string {
    const { aspect, predicate } = this.#remark(good);
    return `${aspect.noun} ${predicate}`;
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

  /** A clause with a form of 'be', denied or not: 'the plot is not thin'. */
  being(good: boolean, denied: boolean): string {
    const { aspect, predicate } = this.#phrase(`being ${good}`, () => {
      const aspect = this.#fresh(this.#product.aspects);
      return { aspect, predicate: this.#predicate(aspect, good, formOfBe) };
    });
    return `${aspect.noun} ${denied ? predicate.replace(formOfBe, '$1 not ') : predicate}`;
  }

  /** A clause with its subject in front: 'as for the plot, it is thin'. */
  topic(lead: string, good: boolean, mark: string): string {
    const { aspect, predicate } = this.#remark(good);
    return `${lead} ${aspect.noun}${mark} ${aspect.pronoun ?? 'it'} ${predicate}`.trimStart();
  }

  /** The product, third person singular: 'this movie'. */
  thing(): string {
    return this.#phrase('thing', () => this.#random.pick(this.#product.things));
  }

  /** An adjective of praise or blame, not used before in this review. */
  adjective(good: boolean): string {
    return this.#phrase(`adjective ${good}`, () => {
      if (this.#random.chance(this.#common))
        return this.#fresh((good ? common.good : common.bad).simple);
      return this.#fresh(good ? this.#product.praise : this.#product.blame);
    });
  }

  /** A neutral sentence. */
  scene(): string {
    return this.#phrase('scene', () => this.#random.pick(this.#product.scenes));
  }

  /** Something to compare with. */
  rival(): string {
    return this.#phrase('rival', () => this.#random.pick(this.#product.rivals));
  }

  /** Something nobody likes. */
  pain(): string {
    return this.#random.pick(this.#product.pains);
  }

  /** A closing sentence, with its full stop. */
  end(good: boolean): string {
    return this.#dealer.deal(good ? this.#product.goodEnds : this.#product.badEnds);
  }

  /** A remark about an aspect not yet mentioned. */
  #remark(good: boolean): Remark {
    return this.#phrase(`remark ${good}`, () => {
      const aspect = this.#fresh(this.#product.aspects);
      return { aspect, predicate: this.#predicate(aspect, good) };
    });
  }

  /** What is said of an aspect: one of its own phrases that fit, or a common one in the right number. */
  #predicate(aspect: Aspect, good: boolean, fits = /^/): string {
    const own = good ? aspect.good : aspect.bad;
    if (!this.#random.chance(this.#common) && own.some(phrase => fits.test(phrase))) {
      return this.#dealer.deal(own, phrase => fits.test(phrase));
    }
    const { adjectives, verbs } = good ? common.good : common.bad;
    if (this.#random.chance(0.2) && fits !== formOfBe) return this.#dealer.deal(verbs);
    const plural = aspect.pronoun === 'they';
    const verb = this.#random.chance(0.6) ? (plural ? 'are' : 'is') : plural ? 'were' : 'was';
    return `${verb} ${this.#fresh(adjectives)}`;
  }

  /** The next phrase of a kind: as the twin had it, or else a new one. */
  #phrase<T>(kind: string, make: () => T): T {
    const again = this.#again.get(kind)?.shift() as T | undefined;
    const phrase = again ?? make();
    const drawn = this.#drawn.get(kind);
    if (drawn === undefined) this.#drawn.set(kind, [phrase]);
    else drawn.push(phrase);
    // What both twins say of one aspect must not be said of it a second time.
    this.#used.add(phrase);
    if (typeof phrase === 'object' && phrase !== null && 'aspect' in phrase) {
      this.#used.add(phrase.aspect);
    }
    return phrase;
  }

  #fresh<T>(list: readonly T[]): T {
    const item = this.#dealer.deal(list, candidate => !this.#used.has(candidate));
    this.#used.add(item);
    return item;
  }
}
