/** An attack as JSON and as text: every field, offsets that fit, marks that can be read without colour. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { version } from '../../../package.json';
import { attackJson } from '../../../src/batch/attackJson';
import { attackText } from '../../../src/batch/attackText';
import { inBrackets, markedText } from '../../../src/batch/markedText';
import { apply, firstDraft, type Edit } from '../../../src/interpret/attack/draft';
import { resolveAttackOptions } from '../../../src/interpret/attack/options';
import type { AttackRequest, AttackResult } from '../../../src/protocol/attack';
import { fakeResult } from '../../support/fakeAttacks';

const request: AttackRequest = {
  modelDir: '',
  device: 'cpu',
  attack: 'hotflip',
  options: {},
  target: null,
  label: { kind: 'predicted' },
  text: 'a very good film',
  gold: { kind: 'label', label: 'positive' },
};
const place = { file: 'data/reviews.jsonl', line: 17, field: 'text' };

describe('batch: an attack as JSON', () => {
  it('has exactly these fields', () => {
    const told = attackJson(fakeResult(request), { ...place, more: 1 } as typeof place);
    const good = { label: 'positive', probabilities: { negative: 1 - 0.9, positive: 0.9 } };
    const bad = { label: 'negative', probabilities: { negative: 0.75, positive: 0.25 } };
    assert.deepEqual(JSON.parse(JSON.stringify(told)), {
      record: place,
      attack: 'hotflip',
      outcome: 'flipped',
      says: 'flipped positive to negative',
      success: true,
      original: { text: 'a very good film', ...good },
      steps: [
        {
          text: 'FLIP very good film',
          ...good,
          changed: [{ start: 0, end: 4, from: 'a', to: 'FLIP', edit: 'replace', field: 'text' }],
          queries: 5,
          estimate: 1.25,
        },
        {
          text: 'FLIP good film',
          ...bad,
          changed: [{ start: 4, end: 4, from: ' very', to: '', edit: 'delete', field: 'text' }],
          queries: 9,
          estimate: null,
        },
      ],
      final: { text: 'FLIP good film', ...bad },
      words_changed: 2,
      words: 4,
      queries: 9,
      runs: 3,
      verified_from_text: true,
      minimality: null,
      goal: 'Make the model predict anything but "positive".',
      target: null,
      choice: { kind: 'label', label: 'positive' },
      gold: 'positive',
      correct: true,
      cancelled: false,
      notes: [],
      options: resolveAttackOptions('hotflip', {}),
      model_name: 'fake',
      model_hash: 'abc',
      device: 'cpu',
      milliseconds: 12,
      glassbox: version,
    });
  });

  it('has the second text where there is one, and says which text was changed', () => {
    const result = fakeResult({ ...request, pair: 'second' });
    const step = result.steps[0]!;
    const changed = [{ ...step.changed[0]!, field: 1 as const }];
    const told = attackJson({ ...result, steps: [{ ...step, changed }] }, place);
    assert.equal(told.original.pair, 'second');
    assert.equal(told.steps[0]!.changed[0]!.field, 'pair');
  });

  it('has the values of a regression, and the likelier of two choices that are written alike', () => {
    const result = fakeResult(request);
    const withPrediction = (changed: Partial<AttackResult['final']['prediction']>) => {
      const prediction = { ...result.final.prediction, ...changed };
      return attackJson({ ...result, final: { ...result.final, prediction } }, place).final;
    };
    const values = withPrediction({ labels: ['score'], logits: [3.25], probabilities: [] });
    assert.deepEqual(values.probabilities, { score: 3.25 });
    const tokens = { labels: ['the', '__proto__', 'the'], probabilities: [0.1, 0.2, 0.3] };
    const told = withPrediction(tokens);
    assert.deepEqual(Object.entries(told.probabilities), [
      ['the', 0.3],
      ['__proto__', 0.2],
    ]);
  });
});

describe('batch: an attack as text', () => {
  it('shows the original, each step with its changes, all of them, and the outcome', () => {
    assert.equal(
      attackText(fakeResult(request), place),
      [
        'data/reviews.jsonl:17  HotFlip  flipped positive to negative',
        'Make the model predict anything but "positive".',
        '',
        'original  positive 0.90   gold: positive (agrees)',
        '  a very good film',
        'step 1  positive 0.90   5 queries, estimated +1.25',
        '  [a -> FLIP] very good film',
        'step 2  negative 0.75  positive 0.25   9 queries',
        '  FLIP [- very] good film',
        'all changes',
        '  [a -> FLIP] [- very] good film',
        '',
        '9 texts asked about in 3 runs; the outcome is verified from the final text',
        'fake, cpu, 12 ms',
      ].join('\n'),
    );
  });

  it('shows both texts of a pair, remarks, and what was not tried', () => {
    const result: AttackResult = {
      ...fakeResult({ ...request, pair: 'the second' }),
      steps: [],
      outcome: 'skipped',
      success: false,
      queries: 1,
      runs: 1,
      says: 'already wrong: gold is negative',
      gold: 'negative',
      correct: false,
      notes: [{ check: 'seen', ok: false, value: null, says: 'The end was not read.' }],
      minimality: { proved: true, says: 'No smaller change flips it.' },
    };
    const lines = attackText(result, place).split('\n');
    assert.deepEqual(lines.slice(3, 6), [
      'original  positive 0.90   gold: negative (wrong)',
      '  text: a very good film',
      '  pair: the second',
    ]);
    assert.deepEqual(lines.slice(-4), [
      '1 text asked about in 1 run',
      'No smaller change flips it.',
      '!!  The end was not read.',
      'fake, cpu, 12 ms',
    ]);
  });

  it('marks words that are new, gone or others, with their blanks outside', () => {
    const say = (text: string, ...edits: Edit[]) => {
      const { input, changes } = apply(firstDraft({ text }, null), edits);
      const pieces = markedText(input.text, changes);
      return pieces.map(piece => (piece.kind === 'kept' ? piece.text : inBrackets(piece))).join('');
    };
    const edit = { field: 0, edit: 'replace' } as const;
    assert.equal(
      say('a good film', { ...edit, start: 2, end: 6, to: 'bad' }),
      'a [good -> bad] film',
    );
    const gone = { ...edit, edit: 'delete', to: '' } as const;
    assert.equal(say('a good film', { ...gone, start: 2, end: 6 }), 'a [- good] film');
    assert.equal(say('a good film', { ...gone, start: 0, end: 1 }), '[- a] good film');
    assert.equal(say('a good film', { ...gone, start: 7, end: 11 }), 'a good [- film]');
    const come = { ...edit, edit: 'insert', to: 'new' } as const;
    assert.equal(say('a film', { ...come, start: 2, end: 2 }), 'a [+ new] film');
    assert.equal(say('a film', { ...come, start: 6, end: 6 }), 'a film [+ new]');
  });

  it('keeps words apart whose blanks went with others', () => {
    const gone = { field: 0, edit: 'delete', start: 2, end: 2, from: 'b', to: '' } as const;
    const say = (text: string, change: typeof gone) =>
      markedText(text, [change])
        .map(piece => (piece.kind === 'kept' ? piece.text : inBrackets(piece)))
        .join('');
    assert.equal(say('a c', gone), 'a [- b] c');
    assert.equal(say('a . c', gone), 'a [- b]. c');
  });

  it('loses nothing: kept and new pieces are the changed text, kept and old ones the original', () => {
    const word = fc.stringMatching(/^[a-z]{1,4}$/);
    const words = fc.array(word, { minLength: 3, maxLength: 8 });
    fc.assert(
      fc.property(words, fc.array(fc.nat(2), { minLength: 8, maxLength: 8 }), (list, dice) => {
        const text = list.join(' ');
        let at = 0;
        const edits = list.flatMap((each, index): Edit[] => {
          const start = at;
          at += each.length + 1;
          const place = { field: 0, start, end: start + each.length } as const;
          // Two deletions side by side would share a blank.
          const kind = index % 2 === 0 ? dice[index] : 2;
          if (kind === 0) return [{ ...place, edit: 'replace', to: 'XY' }];
          return kind === 1 ? [{ ...place, edit: 'delete', to: '' }] : [];
        });
        const { input, changes } = apply(firstDraft({ text }, null), edits);
        const pieces = markedText(input.text, changes);
        const join = (part: 'from' | 'to') =>
          pieces
            .map(piece => (piece.kind === 'kept' ? piece.text : piece[part]))
            .join('')
            .replace(/\s+/g, ' ')
            .trim();
        assert.equal(join('from'), text);
        assert.equal(join('to'), input.text.trim());
      }),
    );
  });
});
