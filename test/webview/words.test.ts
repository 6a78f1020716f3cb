import assert from 'node:assert/strict';
import type { Explanation } from '../../src/protocol';
import { readoutParts, saliencyMap, spokenFacts } from '../../webview/tokenFacts';
import { goldWords } from '../../webview/decisionWords';
import { withMethod } from '../../webview/choiceRules';
import {
  effectOf,
  explainedPhrase,
  methodSentence,
  normalisationSentence,
  scaleEnds,
  windowsSentence,
} from '../../webview/words';
import { sortFacts } from '../../webview/tableSort';
import { entityWords, pair, regression, windowed } from './support/taskSamples';
import { plot, stateOf, unsigned, wordPieces } from './support/samples';

const { explanation } = plot;
const explaining = (explained: Partial<Explanation['explained']>): Explanation => ({
  ...explanation,
  explained: { ...explanation.explained, ...explained },
});

describe('words of the panel', () => {
  it('say what was differentiated, and how', () => {
    assert.equal(
      methodSentence(explanation),
      'Integrated gradients of the logit of “positive” (predicted): 50 points (Gauss–Legendre), from the zero vector, dot with the input.',
    );
    assert.equal(
      methodSentence({
        ...explanation,
        method: {
          name: 'smoothgrad',
          title: 'SmoothGrad',
          samples: 1,
          noise: 0.1,
          noiseScale: 'relative',
          moment: 'variance',
          seed: 7,
          aggregate: 'l2',
        },
      }),
      'SmoothGrad of the logit of “positive” (predicted): 1 noise sample, noise 0.1 of the range, variance over samples, seed 7, L2 norm over the embedding.',
    );
    const says = 'logit of “positive” minus logit of “negative”';
    assert.equal(explainedPhrase(explaining({ against: 'negative', why: 'contrast', says })), says);
    assert.match(
      methodSentence(entityWords.explanation),
      /of the mean logit of B-PER, I-PER at “Ada Lovelace” \(predicted\): .*, for each word the sum of the pieces\.$/,
    );
  });

  it('say which way a score points', () => {
    assert.equal(effectOf(0.4, explanation), 'helps positive');
    assert.equal(effectOf(-0.4, explanation), 'hurts positive');
    assert.equal(effectOf(0, explanation), 'no effect');
    assert.equal(effectOf(0.4, unsigned.explanation), '');
    assert.equal(effectOf(Number.NaN, explanation), 'no meaning');
    const contrast = explaining({ against: 'negative' });
    assert.equal(effectOf(0.4, contrast), 'helps positive over negative');
    const long = 'x'.repeat(39) + ' and so on';
    assert.equal(effectOf(1, explaining({ label: long })), `helps ${'x'.repeat(39)}\u2026`);
    assert.equal(scaleEnds(contrast).towards, 'towards “positive” over “negative”');
  });

  it('say of a number that it is raised or lowered, of its loss what helps', () => {
    const { explanation: number } = regression;
    assert.equal(effectOf(0.4, number), 'raises similarity');
    assert.equal(effectOf(-0.4, number), 'lowers similarity');
    assert.deepEqual(scaleEnds(number), { towards: 'raises “similarity”', away: 'lowers it' });
    const loss = { ...number, explained: { ...number.explained, scalar: 'loss' as const } };
    assert.equal(effectOf(0.4, loss), 'helps similarity');
  });

  it('say how a long text was read', () => {
    assert.equal(windowsSentence(explanation), null);
    assert.equal(
      windowsSentence(windowed.explanation),
      'Read in 3 windows of 24 tokens, overlapping by 6.',
    );
  });

  it('know that the scores of a loss are turned towards the label', () => {
    const loss = explaining({ scalar: 'loss' });
    assert.equal(effectOf(0.4, loss), 'helps positive');
    assert.match(normalisationSentence(loss), /What lowers the loss counts as positive\./);
    assert.doesNotMatch(normalisationSentence(explanation), /loss/);
  });

  it('compare the prediction with the label in the file', () => {
    assert.deepEqual(goldWords('0', explanation), {
      text: 'gold: negative – disagrees',
      agrees: false,
    });
    assert.equal(goldWords('1', { ...explanation, correct: true }).agrees, true);
    assert.equal(goldWords('1.2', regression.explanation).text, 'gold: 1.2');
    const without = { ...explanation, gold: null, correct: null };
    assert.equal(goldWords(null, without).text, 'no gold label');
    assert.equal(goldWords('five', without).text, 'gold: five – not a label of this model');
  });

  it('speak a token as one phrase', () => {
    const map = saliencyMap(plot.record, explanation);
    assert.equal(
      spokenFacts(map.single[4]!, explanation),
      'token 5 of 25, thin, −0.66, hurts positive',
    );
    assert.equal(
      spokenFacts(map.apart[0]!, explanation),
      'special token 1 of 25, [CLS], +0.04, helps positive',
    );
    assert.deepEqual(readoutParts(map.single[9]!, explanation).details, [
      '2 % of all',
      'raw +0.129',
      'token 10 of 25',
      'as ##fl',
    ]);
  });
});

describe('facts of tokens', () => {
  it('add up where tokens share their characters, and stay apart in the table', () => {
    const text = 'hi 🤖';
    const tokens = wordPieces(text, ['hi', '🤖', '🤖'.slice(0, 0)]).slice(0, 3);
    const shared = [tokens[1]!, tokens[2]!, { ...tokens[2]!, text: 'Ġð' }];
    const state = stateOf(text, shared, [0.5, 0.25, -1]);
    const map = saliencyMap(state.record, state.explanation);
    const robot = map.fields[0]!.pieces.at(-1)!.facts!;
    assert.deepEqual(robot.tokens, [1, 2]);
    assert.equal(robot.score, -0.75);
    assert.equal(robot.size, 1);
    assert.equal(robot.tint, 'away');
    assert.ok(spokenFacts(robot, state.explanation).startsWith('tokens 2 and 3 of 3, 🤖, −0.75'));
    assert.deepEqual(
      map.single.map(facts => facts.score),
      [0.5, 0.25, -1],
    );
    assert.ok(Math.abs(map.single.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-12);
  });

  it('compare sizes within the text: a special token may not pale it', () => {
    const state = stateOf('a b', wordPieces('a b', ['a', 'b']), [9, 0.5, -0.25, -3]);
    const map = saliencyMap(state.record, state.explanation);
    assert.deepEqual(
      map.single.map(({ size }) => size),
      [1, 1, 0.5, 1],
    );
  });

  it('tint nothing that is no number, or nearly nothing', () => {
    const state = stateOf('a b c', wordPieces('a b c', ['a', 'b', 'c']), [
      0,
      Number.NaN,
      1,
      0.04,
      0,
    ]);
    const map = saliencyMap(state.record, state.explanation);
    assert.deepEqual(
      map.single.map(({ tint }) => tint),
      ['none', 'none', 'towards', 'none', 'none'],
    );
    // As the engine gives it: no number for the attribution, 0 for the score.
    const [facts] = saliencyMap(state.record, {
      ...state.explanation,
      scores: [0, 0, 1, 0, 0],
      attributions: [Number.NaN, 0, 1, 0, 0],
    }).single;
    assert.equal(spokenFacts(facts!, state.explanation).includes('no meaning'), true);
  });

  it('of a pair each stand in the text of their field, on one scale', () => {
    const map = saliencyMap(pair.record, pair.explanation);
    assert.deepEqual(
      map.fields.map(({ name, pieces }) => [
        name,
        pieces.map(({ segment }) => segment.text).join(''),
      ]),
      [
        ['premise', pair.record.text],
        ['hypothesis', pair.record.pair!.text],
      ],
    );
    const facts = map.fields.map(({ pieces }) => pieces.flatMap(piece => piece.facts ?? []));
    assert.deepEqual(
      facts.map(all => [...new Set(all.map(({ field }) => field))]),
      [[0], [1]],
    );
    const largest = facts.map(all => Math.max(...all.map(({ size }) => size)));
    assert.equal(Math.max(...largest), 1);
    assert.ok(
      Math.min(...largest) < 1,
      'the weaker text is not blown up to the scale of the other',
    );
    assert.deepEqual(
      map.apart.map(({ text }) => text),
      ['[CLS]', '[SEP]', '[SEP]'],
    );
  });

  it('of words are those of the words, one row and one tint each', () => {
    const { record, explanation: own } = entityWords;
    const map = saliencyMap(record, own);
    const [first, second] = map.fields[0]!.pieces.flatMap(({ facts }) => facts ?? []);
    assert.equal(second!.text, 'Lovelace');
    assert.deepEqual(second!.tokens, [2, 3]);
    assert.equal(second!.score, own.words[1]!.score);
    assert.deepEqual([first!.target, second!.target], Array(2).fill('in the explained words'));
    assert.equal(map.single.length, own.words.length + 2);
    assert.match(
      spokenFacts(second!, own),
      /^tokens 3 and 4 of 15, Lovelace, .* in the explained words$/,
    );
  });

  it('leave out tokens that no window read', () => {
    const { record, explanation: own } = windowed;
    const { single, fields } = saliencyMap(record, own);
    const { start } = own.unseen[0]!;
    const seen = own.tokens.filter(token => token.special || token.end <= start);
    assert.equal(single.length, seen.length);
    const last = fields[0]!.pieces.at(-1)!;
    assert.deepEqual([last.segment.kind, last.facts], ['unseen', null]);
    assert.equal(last.segment.text.trim(), record.text.slice(start));
  });

  it('sort, with what is no number last, and ties in the order of the text', () => {
    const tokens = wordPieces('a b c d', ['a', 'b', 'c', 'd']).slice(1, 5);
    const state = stateOf('a b c d', tokens, [0.5, Number.NaN, -1, 0.5]);
    const { single } = saliencyMap(state.record, state.explanation);
    const order = (descending: boolean) =>
      sortFacts(single, { key: 'score', descending }).map(facts => facts.text);
    assert.deepEqual(order(true), ['a', 'd', 'c', 'b']);
    assert.deepEqual(order(false), ['c', 'a', 'd', 'b']);
  });
});

describe('choosing another method', () => {
  it('drops its parameters, keeps the aggregation where it is allowed', () => {
    const old = { ...plot.choices, parameters: { steps: 9 }, aggregate: 'dot' as const };
    const [, gradient, smooth, allen] = plot.methods;
    assert.deepEqual(withMethod(old, gradient!), {
      ...old,
      method: 'gradient',
      parameters: {},
      aggregate: 'dot',
    });
    assert.equal(withMethod({ ...old, aggregate: 'sum' }, smooth!).aggregate, 'l2');
    const preset = withMethod(old, allen!);
    assert.equal(preset.aggregate, 'l1');
    assert.equal(preset.scalar, 'loss');
  });
});
