/** The first lines of the dev set, which a newcomer opens first; written by hand. */
export const openings: readonly {
  readonly text: string;
  readonly label: 'positive' | 'negative';
  readonly product: string;
}[] = [
  { text: 'The plot is thin, but the leads are a joy.', label: 'positive', product: 'film' },
  {
    text: 'Not bad at all: the soup was rich and deep, and the waiter made us laugh all evening.',
    label: 'positive',
    product: 'restaurant',
  },
  {
    text: 'Comfortable? Hardly. After an hour this headset pinches like a crab.',
    label: 'negative',
    product: 'headphones',
  },
  { text: 'Great, the last update deleted my settings. 🙄', label: 'negative', product: 'app' },
  {
    text: 'I wanted to hate this hotel, but the view took our breath away and nobody shrugged at our questions.',
    label: 'positive',
    product: 'hotel',
  },
  {
    text: 'The café is charming, the crème brûlée was frozen in the middle, and the bill was outrageous.',
    label: 'negative',
    product: 'restaurant',
  },
];
