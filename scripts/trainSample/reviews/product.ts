/** One part of a product that reviews talk about, with things to say about it. */
export interface Aspect {
  /** Subject of the clause: 'the plot', 'the leads'. */
  readonly noun: string;
  /** 'it' when missing. */
  readonly pronoun?: 'they' | 'he' | 'she';
  /** Predicates that agree with the noun and praise it: 'is clever without showing off'. */
  readonly good: readonly string[];
  /** Predicates that agree with the noun and complain. */
  readonly bad: readonly string[];
}

/** All that the grammar knows about one kind of product. Every phrase was written for this project. */
export interface Product {
  /** The value of the field `product`. */
  readonly name: string;
  /** Ways to name it, third person singular. */
  readonly things: readonly string[];
  /** Neutral sentences that set the scene and must not tell the label. */
  readonly scenes: readonly string[];
  readonly aspects: readonly Aspect[];
  /** Adjectives of praise and of blame, fit after 'is'. */
  readonly praise: readonly string[];
  readonly blame: readonly string[];
  /** Things to compare with: 'the book it came from'. */
  readonly rivals: readonly string[];
  /** Unpleasant things, for irony: 'If you enjoy waiting, ...'. */
  readonly pains: readonly string[];
  readonly goodEnds: readonly string[];
  readonly badEnds: readonly string[];
  /** Whole reviews written by hand; each is used once. */
  readonly stories: { readonly good: readonly string[]; readonly bad: readonly string[] };
}
