/**
 * Ops whose derivative is zero wherever it exists: steps, comparisons, integers, shapes, and ops that make values
 * from shapes or at random.
 */
import { flat, type RuleTable } from '../rule';

const steps = ['Sign', 'Floor', 'Ceil', 'Round', 'Hardmax'];

const comparisons = [
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'],
  ...['And', 'Or', 'Xor', 'Not', 'IsNaN', 'IsInf'],
];

const integers = [
  ...['ArgMax', 'ArgMin', 'NonZero', 'Shape', 'Size', 'NonMaxSuppression'],
  ...['BitShift', 'BitwiseAnd', 'BitwiseNot', 'BitwiseOr', 'BitwiseXor'],
];

const made = [
  ...['Constant', 'ConstantOfShape', 'EyeLike'],
  ...['BlackmanWindow', 'HammingWindow', 'HannWindow', 'MelWeightMatrix'],
  ...['Bernoulli', 'Multinomial'],
  ...['RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike'],
];

const texts = [
  ...['RegexFullMatch', 'StringConcat', 'StringNormalizer', 'StringSplit', 'TfIdfVectorizer'],
  'OptionalHasElement',
];

export const flatRules: RuleTable = Object.fromEntries(
  [...steps, ...comparisons, ...integers, ...made, ...texts].map(op => [op, flat]),
);
