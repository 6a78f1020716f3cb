import assert from 'node:assert/strict';
import { hoverText, inWords, signedNumber, unseenText } from '../../../src/host/heatmap/hoverText';
import { spansOf } from '../../../src/host/heatmap/spans';
import type { Explanation } from '../../../src/protocol';
import { fakeExplanation } from './fakeAnswers';

function explanationOf(text: string, scores: number[]): Explanation {
  const plain = fakeExplanation({
    modelDir: '/model',
    device: 'cpu',
    text,
    method: 'integrated-gradients',
    parameters: {},
    scalar: 'logit',
    label: { kind: 'predicted' },
  });
  return { ...plain, scores, attributions: scores.map(score => 2 * score) };
}

describe('the hover of a tinted token', () => {
  it('tells token, number, and whether it helps or hurts', () => {
    const explanation = explanationOf('fine dull the', [1, -0.5, 0.01]);
    const [fine, dull, the] = spansOf(explanation, 'fine dull the');
    assert.equal(inWords(fine!, explanation), 'towards “positive”: helps');
    assert.equal(inWords(dull!, explanation), 'away from “positive”: hurts');
    assert.equal(inWords(the!, explanation), 'hardly matters for “positive”');
    const unsigned = { ...explanation, signed: false };
    assert.match(inWords(fine!, unsigned), /size only/);
    const { value } = hoverText(dull!, explanation);
    for (const part of ['dull', '−0.50', 'hurts', 'attribution −1']) {
      assert.ok(value.replaceAll('&nbsp;', ' ').includes(part), `${part} in ${value}`);
    }
  });

  it('tells of a number what raises and what lowers it, and of text that it was not seen', () => {
    const plain = explanationOf('fine dull', [1, -0.5]);
    const explanation: Explanation = {
      ...plain,
      prediction: { ...plain.prediction, task: 'regression', link: 'identity' },
      windows: { count: 2, tokens: 512, overlap: 128 },
    };
    const [fine, dull] = spansOf(explanation, 'fine dull');
    assert.equal(inWords(fine!, explanation), 'raises “positive”');
    assert.equal(inWords(dull!, explanation), 'lowers “positive”');
    const said = (of: Explanation) => unseenText(of).value.replaceAll('&nbsp;', ' ');
    assert.match(said(explanation), /not seen.*512 tokens/);
    assert.match(said(plain), /not seen by the model/);
  });

  it('names both labels of a contrast', () => {
    const plain = explanationOf('fine', [1]);
    const explanation = { ...plain, explained: { ...plain.explained, against: 'negative' } };
    const [fine] = spansOf(explanation, 'fine');
    assert.equal(inWords(fine!, explanation), 'towards “positive” over “negative”: helps');
  });

  it('keeps markup of the dataset as text, without links and commands', () => {
    const text = '<img/src=x> [go](command:quit) **b** $(bug)';
    const explanation = explanationOf(text, [1, 1, 1, 1]);
    for (const span of spansOf(explanation, text)) {
      const message = hoverText(span, explanation);
      assert.equal(message.isTrusted ?? false, false);
      assert.equal(message.supportHtml ?? false, false);
      assert.equal(message.supportThemeIcons ?? false, false);
      // A tag stays text because supportHtml is off; links and emphasis are escaped.
      assert.doesNotMatch(message.value, /(^|[^\\])(\[go\]\(|\*\*b)/);
    }
  });

  it('writes numbers with a sign, and zero without', () => {
    assert.deepEqual([0.423, -0.5, 0, -0.001].map(signedNumber), [
      '+0.42',
      '−0.50',
      '0.00',
      '0.00',
    ]);
  });
});
