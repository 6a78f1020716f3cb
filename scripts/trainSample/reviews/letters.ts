/** Reviews of several lines, written by hand: a CSV field with a line break in it must be quoted. */
export interface Letter {
  readonly product: string;
  readonly label: 'positive' | 'negative';
  readonly lines: readonly string[];
  /** Letters of the dev set; the others are training lines. */
  readonly dev?: boolean;
}

export const letters: readonly Letter[] = [
  {
    product: 'hotel',
    label: 'negative',
    dev: true,
    lines: [
      'Day one: no hot water.',
      'Day two: no water.',
      'Day three: "Sir, we do not know you."',
    ],
  },
  {
    product: 'restaurant',
    label: 'positive',
    dev: true,
    lines: [
      'Starter: lovely.',
      'Main course: superb, and enough for two.',
      'Dessert: we ordered it again.',
    ],
  },
  {
    product: 'course',
    label: 'positive',
    dev: true,
    lines: [
      'Dear Mrs Øvergård,',
      'I was the one at the back who never spoke. Thank you for a wonderful term; I speak now.',
    ],
  },
  {
    product: 'app',
    label: 'negative',
    dev: true,
    lines: [
      'Pros: the icon is nice.',
      'Cons: it is slow, it crashes, it lost my notes, and nobody answers.',
    ],
  },
  {
    product: 'book',
    label: 'positive',
    dev: true,
    lines: ['I laughed.', 'I cried.', 'I missed my stop, and I would gladly miss it again.'],
  },
  {
    product: 'film',
    label: 'negative',
    lines: ['Act one: rain.', 'Act two: more rain.', 'Act three: I was asleep, and rather glad.'],
  },
  {
    product: 'headphones',
    label: 'positive',
    lines: [
      'Pros: comfortable, clear, light, and the battery lasts for days.',
      'Cons: my wife wants them too.',
    ],
  },
  {
    product: 'journey',
    label: 'negative',
    lines: [
      '07:10 on the platform.',
      '09:40 still on the platform.',
      '11:15 told that it left from another one.',
    ],
  },
  {
    product: 'kitchen',
    label: 'positive',
    lines: [
      'Bread on Monday, jam on Tuesday, soup on Wednesday.',
      'I have never had so much fun in here, and it is easy to clean.',
    ],
  },
  {
    product: 'concert',
    label: 'positive',
    lines: ['First song: goosebumps.', 'Last song: tears.', 'In between: joy.'],
  },
  {
    product: 'game',
    label: 'negative',
    lines: [
      'To whom it may concern,',
      'I would like the four hours back that your rule book took from my family.',
    ],
  },
  {
    product: 'shoes',
    label: 'negative',
    lines: ['Week one: blisters.', 'Week two: a hole.', 'Week three: back to my old boots.'],
  },
];
