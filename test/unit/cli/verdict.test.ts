import assert from 'node:assert/strict';
import { createColors } from 'picocolors';
import { asked, decision, verdict } from '../../../src/cli/verdict';
import type { Explanation, Prediction } from '../../../src/protocol/explanation';

const plain = createColors(false);

const sentiment: Prediction = {
  task: 'text-classification',
  link: 'softmax',
  label: 'good',
  labels: ['bad', 'good'],
  logits: [-1, 1],
  probabilities: [0.119, 0.881],
  decided: [1],
  right: [],
  entities: [],
};

function says(
  prediction: Partial<Prediction>,
  gold: string | null = null,
  correct: boolean | null = null,
  asWritten = gold,
): string {
  const whole = { prediction: { ...sentiment, ...prediction }, gold, correct };
  return verdict(whole, asWritten, plain);
}

describe('the verdict in the terminal', () => {
  it('tells the decision with its probability, and whether gold agrees', () => {
    assert.equal(says({}), 'good 0.88   no gold label');
    assert.equal(says({}, 'good', true), 'good 0.88   gold: good (agrees)');
    assert.equal(says({}, 'bad', false), 'good 0.88   gold: bad (wrong)');
    assert.equal(says({}, null, null, 'ugly'), 'good 0.88   gold: ugly (not a label of the model)');
  });

  it('gives no probability to a decision that is several or a number', () => {
    const several = { label: 'bad, good', decided: [0, 1], task: 'multi-label-classification' };
    assert.equal(says(several as Partial<Prediction>), 'bad, good   no gold label');
    const none = { label: 'none', decided: [], task: 'multi-label-classification' };
    assert.equal(says(none as Partial<Prediction>), 'none   no gold label');
    const number = {
      task: 'regression',
      link: 'identity',
      label: '3.72',
      labels: ['value'],
      logits: [3.7212],
      probabilities: [],
      decided: [],
    } as const;
    assert.equal(says(number, '3.5'), '3.72   gold: 3.5');
    assert.equal(
      says(number, null, null, 'a lot'),
      '3.72   gold: a lot (cannot be compared, see below)',
    );
    assert.deepEqual(decision({ prediction: { ...sentiment, ...number } }, 'x', plain), [
      'value 3.721',
    ]);
  });

  it('lists entities with what asks for them', () => {
    const range = { start: 4, end: 7 };
    const entity = { start: 1, end: 2, type: 'PER', range, probability: 0.9 };
    const lines = (status: 'right' | 'predicted' | 'missed' | 'unknown', text: string | null) =>
      decision({ prediction: { ...sentiment, entities: [{ ...entity, status }] } }, text, plain);
    assert.deepEqual(
      (['right', 'predicted', 'missed', 'unknown'] as const).map(s => lines(s, 'and Ann')[0]),
      [
        'PER "Ann" 0.90  agrees with gold  --label span:1-2:PER',
        'PER "Ann" 0.90  not in gold  --label span:1-2:PER',
        'PER "Ann" 0.90  missed  --label span:1-2:PER',
        'PER "Ann" 0.90  --label span:1-2:PER',
      ],
    );
    assert.equal(lines('unknown', null)[0], 'PER 0.90  --label span:1-2:PER');
  });

  it('shows the likeliest of many choices, the decision and what is right', () => {
    const labels = Array.from({ length: 30 }, (_, i) => `l${i}`);
    const many = {
      ...sentiment,
      labels,
      logits: labels.map((_, i) => i),
      probabilities: labels.map((_, i) => i / 435),
      decided: [29],
      right: [3],
    };
    const [line] = decision({ prediction: many }, 'x', plain);
    const shown = [...line!.matchAll(/l(\d+) /g)].map(match => Number(match[1]));
    assert.deepEqual(shown, [3, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
    assert.match(line!, / and 17 more$/);
  });

  it('says how to ask again for what --label has no single word for', () => {
    const explained: Explanation['explained'] = {
      label: 'PER',
      against: null,
      why: 'predicted',
      scalar: 'logit',
      value: 1.5,
      choice: { kind: 'span', start: 1, end: 2, label: 'PER' },
      says: 'logit of B-PER at "Ann"',
    };
    const method = { name: 'gradient', title: 'Gradient', aggregate: 'l2' } as const;
    assert.equal(
      asked({ explained, method }),
      'Gradient of the logit of B-PER at "Ann" (predicted), 1.500; aggregate l2; --label span:1-2:PER',
    );
    const label = { ...explained, choice: { kind: 'label', label: 'good' } } as const;
    assert.doesNotMatch(asked({ explained: label, method }), /--label/);
  });
});
