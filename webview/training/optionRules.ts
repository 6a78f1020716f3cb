/** What the options of a method are called, which methods read them, and of which shape they are. */
import type { NumberRule } from '../controls';

export type OptionShape =
  | { readonly kind: 'number'; readonly rule: NumberRule }
  /** An empty field is `empty`, and says `hint`. */
  | {
      readonly kind: 'number-or';
      readonly rule: NumberRule;
      readonly empty: 'auto' | null;
      readonly hint: string;
    }
  /** '' stands for null. */
  | { readonly kind: 'choice'; readonly words: Readonly<Record<string, string>> }
  /** A regular expression; an empty field is null. */
  | { readonly kind: 'pattern'; readonly hint: string }
  /** With blanks between. */
  | { readonly kind: 'patterns'; readonly hint: string }
  | { readonly kind: 'numbers'; readonly hint: string }
  /** One a line. */
  | { readonly kind: 'lines' };

export interface OptionRule<Method extends string> {
  readonly name: string;
  readonly title: string;
  readonly shape: OptionShape;
  /** Offered at first sight, not under "More options". */
  readonly common: boolean;
  readonly methods: readonly Method[];
  /** Whether it means anything beside the other options. */
  readonly fits?: (options: OptionValues) => boolean;
  /** Means something only for texts with a tag for each word. */
  readonly onlyTagged?: boolean;
}

/** Values by the option's name; `unknown`, because each has its own type. */
export type OptionValues = Readonly<Record<string, unknown>>;

export const whole = (min: number, max: number): OptionShape => ({
  kind: 'number',
  rule: { min, max, whole: true },
});
export const part = (min: number, max: number): OptionShape => ({
  kind: 'number',
  rule: { min, max, whole: false },
});
