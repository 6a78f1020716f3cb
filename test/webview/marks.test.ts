/** Changes of a text as marks: nothing lost, nothing doubled, each in its place. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Change } from '../../src/protocol';
import { kindOf, marksOf, spokenMark } from '../../webview/changes/marks';
import { countChanged, countWords, wordChanges } from '../../webview/changes/wordDiff';
import { failed, flipped, reduced } from './support/attackSamples';

/** The original again, from the changed text and its changes. */
function undo(text: string, changes: readonly Change[]): string {
  let at = 0;
  let original = '';
  for (const { start, end, from } of changes) {
    original += text.slice(at, start) + from;
    at = end;
  }
  return original + text.slice(at);
}

/** What is read when the marks are drawn: old and new. */
function readMarked(text: string, field: 0 | 1, changes: readonly Change[]): string {
  let at = 0;
  let said = '';
  for (const { start, end, from, to, lead, tail } of marksOf(field, changes, changes)) {
    said += `${text.slice(at, start)}${lead}[${from}|${to}]${tail}`;
    at = end;
  }
  return said + text.slice(at);
}

describe('words changed by hand', () => {
  const word = fc.constantFrom(
    'a',
    'good',
    'film',
    '\u00e9t\u00e9',
    ',',
    '\ud83d\ude00',
    'film.',
    '\n',
  );
  const sentence = fc.array(word, { maxLength: 12 }).map(words => words.join(' '));

  it('undone, give the original; done, the text (any two texts)', () => {
    fc.assert(
      fc.property(sentence, sentence, (before, after) => {
        const changes = wordChanges(before, after, 0)!;
        assert.equal(undo(after, changes), before);
        for (const { start, end, to } of changes) assert.equal(after.slice(start, end), to);
        assert.equal(changes.length === 0, before === after);
      }),
      { numRuns: 500 },
    );
  });

  it('are a replacement, an insertion, a deletion, each counted in words', () => {
    const changes = wordChanges('a good film , really', 'a very bad film ,', 0)!;
    assert.equal(
      readMarked('a very bad film ,', 0, changes),
      'a [good|very] [|bad] film , [really|]',
    );
    assert.equal(countChanged(changes), 3);
    assert.equal(countWords(' a good\n film '), 3);
  });

  it('of texts without end are not looked for', () => {
    assert.equal(wordChanges('a'.repeat(30_000), 'b', 0), null);
    assert.deepEqual(wordChanges('same', 'same', 1), []);
  });
});

describe('marks of an attack', () => {
  it('lead back to the original at every step', () => {
    for (const { result } of [flipped, failed, reduced])
      for (const { text, changes } of result.steps)
        assert.equal(undo(text, changes), result.original.text);
  });

  it('stand beside each other: a run of deleted words is one mark', () => {
    const { text, changes, changed } = reduced.result.steps.at(-1)!;
    assert.equal(
      readMarked(text, 0, changes),
      '[The plot is thin|] , [but the leads are|] a joy .',
    );
    const marks = marksOf(0, changes, changed);
    assert.deepEqual(
      marks.map(mark => [mark.from, mark.isNew]),
      [
        ['The plot is thin', false],
        ['but the leads', false],
        ['are', true],
      ],
    );
  });

  it('say what happened', () => {
    const spoken = ({ result }: typeof flipped) =>
      marksOf(0, result.steps.at(-1)!.changes, []).map(mark => [kindOf(mark), spokenMark(mark)]);
    assert.deepEqual(spoken(flipped), [
      ['inserted', 'inserted not'],
      ['replaced', 'changed leads to plots'],
      ['replaced', 'changed joy to bore'],
    ]);
    assert.deepEqual(spoken(failed), [
      ['deleted', 'deleted thin'],
      ['respelled', 'respelled joy as j\u043ey (with U+043E)'],
    ]);
  });
});
