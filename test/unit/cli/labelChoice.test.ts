import assert from 'node:assert/strict';
import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { parseLabel, writeLabel } from '../../../src/cli/labelChoice';
import type { LabelChoice } from '../../../src/protocol/task';

describe('--label', () => {
  const choices: [string, LabelChoice][] = [
    ['predicted', { kind: 'predicted' }],
    ['gold', { kind: 'gold' }],
    ['contrast', { kind: 'contrast' }],
    ['positive', { kind: 'label', label: 'positive' }],
    ['a label: with a colon', { kind: 'label', label: 'a label: with a colon' }],
    ['span', { kind: 'label', label: 'span' }],
    ['not:', { kind: 'label', label: 'not:' }],
    ['label:gold', { kind: 'label', label: 'gold' }],
    ['label:not:good', { kind: 'label', label: 'not:good' }],
    ['not:toxic', { kind: 'not', label: 'toxic' }],
    ['span:3-5:PER', { kind: 'span', start: 3, end: 5, label: 'PER' }],
    ['span:0-1:O', { kind: 'span', start: 0, end: 1, label: 'O' }],
    ['span:3-5:PER:O', { kind: 'span', start: 3, end: 5, label: 'PER', against: 'O' }],
    ['mask:0:good', { kind: 'mask', mask: 0, token: 'good' }],
    ['mask:1::', { kind: 'mask', mask: 1, token: ':' }],
    ['answer:12-20', { kind: 'answer', start: 12, end: 20 }],
  ];
  for (const [text, choice] of choices) {
    it(text, () => {
      assert.deepEqual(parseLabel(text), choice);
      assert.equal(writeLabel(choice), text);
    });
  }

  for (const text of [
    'span:3-5',
    'span:5-5:PER',
    'span:a-b:PER',
    'mask:good',
    'answer:9',
    'answer:9-3',
  ]) {
    it(`refuses ${text} and shows how to write it`, () => {
      const kind = text.slice(0, text.indexOf(':'));
      assert.throws(
        () => parseLabel(text),
        (error: unknown) =>
          error instanceof InvalidArgumentError && new RegExp(`: ${kind}:\\d`).test(error.message),
      );
    });
  }

  it('reads back whatever it writes', () => {
    const name = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('gold', 'not:x', 'label:', 'span:1-2:X', 'predicted', 'answer:'),
    );
    const plain = name.filter(text => !text.includes(':'));
    const range = fc
      .tuple(fc.nat(), fc.integer({ min: 1, max: 99 }))
      .map(([start, length]) => ({ start, end: start + length }));
    const choice: fc.Arbitrary<LabelChoice> = fc.oneof(
      name.map(label => ({ kind: 'label' as const, label })),
      name.map(label => ({ kind: 'not' as const, label })),
      fc.tuple(range, plain).map(([at, label]) => ({ kind: 'span' as const, ...at, label })),
      fc
        .tuple(range, plain, plain)
        .map(([at, label, against]) => ({ kind: 'span' as const, ...at, label, against })),
      fc.tuple(fc.nat(), name).map(([mask, token]) => ({ kind: 'mask' as const, mask, token })),
      range.map(at => ({ kind: 'answer' as const, ...at })),
    );
    fc.assert(
      fc.property(choice, asked => {
        assert.deepEqual(parseLabel(writeLabel(asked)), asked);
      }),
    );
  });
});
