/** Predicates that fit every aspect of every product: the words that most reviews are made of. */
export const common = {
  good: {
    /** Of whole products; fit after 'not', 'twice as' and the like. */
    simple: ['good', 'great', 'wonderful', 'lovely', 'pleasant', 'nice'],
    /** After 'is', 'are', 'was' or 'were'. */
    adjectives: [
      'great',
      'wonderful',
      'lovely',
      'excellent',
      'superb',
      'perfect',
      'fantastic',
      'a delight',
      'first class',
      'splendid',
      'very good',
      'better than expected',
    ],
    /** Past tense, so that they agree with any subject. */
    verbs: [
      'won me over',
      'pleased all of us',
      'exceeded our hopes',
      'made my day',
      'impressed me',
    ],
  },
  bad: {
    simple: ['bad', 'terrible', 'awful', 'poor', 'disappointing', 'dreadful'],
    adjectives: [
      'terrible',
      'awful',
      'poor',
      'dreadful',
      'disappointing',
      'a mess',
      'a disaster',
      'hopeless',
      'weak',
      'horrible',
      'very bad',
      'worse than expected',
    ],
    verbs: ['let me down', 'annoyed all of us', 'fell short', 'ruined my day', 'put me off'],
  },
} as const;
