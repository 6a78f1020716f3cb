/** The words of a text that an attack may change, where they stand, and what is protected. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { apply, firstDraft, textOf, type Draft } from '../../../src/interpret/attack/draft';
import type { Place } from '../../../src/interpret/attack/goal';
import {
  countWords,
  unitsOf,
  wordsOfFields,
  type UnitOptions,
} from '../../../src/interpret/attack/units';
import { readText, type ReadText } from '../../../src/interpret/task/readText';
import { loadModel } from '../../../src/model/loadModel';
import type { Model } from '../../../src/model/model';
import type { TextInput } from '../../../src/protocol/task';
import { bagModel, sumOfNumbers } from '../../support/bags';
import { Folders } from '../../support/models';

const plain: UnitOptions = { unit: 'words', field: 'both', ignore: [], ownWords: 'protect' };
const anchored = { anchorMayChange: true };

describe('units of an attack', () => {
  let folders: Folders;
  let model: Model;
  before(async () => {
    folders = new Folders();
    model = await loadModel(folders.textModel(), 'cpu');
  });
  after(async () => {
    await model.release();
    folders.remove();
  });

  interface Asked {
    readonly options?: Partial<UnitOptions>;
    readonly anchor?: Place | null;
    readonly goal?: { readonly anchorMayChange: boolean };
    readonly once?: boolean;
  }

  async function reading(input: TextInput, anchor: Place | null = null, own = model) {
    const read = await readText(own, input, {}, {});
    return { draft: firstDraft(input, anchor), read };
  }
  const textsOf = (
    trial: { draft: Draft; read: ReadText },
    { options, goal = anchored, once = false }: Asked = {},
  ): string[] =>
    unitsOf(trial, goal, { ...plain, ...options }, { once }).map(({ text, place }) => {
      assert.equal(textOf(trial.draft, place.field).slice(place.start, place.end), text);
      return text;
    });
  const of = async (input: TextInput, asked: Asked = {}, own = model): Promise<string[]> =>
    textsOf(await reading(input, asked.anchor, own), asked);

  it('are words with all of their pieces, marks by themselves, and no special tokens', async () => {
    const text = "The charming film isn't badly good.";
    assert.deepEqual(await of({ text }), [
      'The',
      'charming',
      'film',
      "isn't",
      'badly',
      'good',
      '.',
    ]);
    assert.deepEqual(await of({ text }, { options: { unit: 'tokens' } }), [
      'The',
      'charm',
      'ing',
      'film',
      'isn',
      "'",
      't',
      'bad',
      'ly',
      'good',
      '.',
    ]);
    const trial = await reading({ text });
    assert.equal(countWords(trial.read, plain), 7);
    assert.equal(countWords(trial.read, { unit: 'tokens' }), 11);
  });

  it("take a contraction for one word, with a blank before it or without, and a quotation's mark for none", async () => {
    assert.deepEqual(await of({ text: "it's the film 's 'bad' don’t" }), [
      "it's",
      ...['the', 'film', "'s", "'", 'bad', "'", 'don’t'],
    ]);
  });

  it('know their tokens, and where these stand in a window', async () => {
    const { draft, read } = await reading({ text: 'good charming film' });
    const [, charming] = unitsOf({ draft, read }, anchored, plain);
    assert.deepEqual(charming, {
      place: { field: 0, start: 5, end: 13 },
      text: 'charming',
      tokens: [2, 3],
      window: 0,
      positions: [2, 3],
    });
  });

  it('lie in the texts of a pair, or in one of them', async () => {
    const pair = { text: 'the film', pair: 'is good .' };
    const named = async (field: UnitOptions['field']): Promise<string[]> =>
      await of(pair, { options: { field } });
    assert.deepEqual(await named('both'), ['the', 'film', 'is', 'good', '.']);
    assert.deepEqual(await named('text'), ['the', 'film']);
    assert.deepEqual(await named('pair'), ['is', 'good', '.']);
    assert.deepEqual(wordsOfFields((await reading(pair)).read, plain), [2, 3]);
  });

  it('leave out what is to be ignored: a token as it is written, or a word as it stands there', async () => {
    const text = 'The charming film is badly Good.';
    const without = async (ignore: string[], own = model): Promise<string[]> =>
      await of({ text }, { options: { ignore } }, own);
    assert.deepEqual(await without(['.', '##ly']), ['The', 'charming', 'film', 'is', 'Good']);
    assert.deepEqual(
      await without(['CHARMING', 'good', 'ing', 'charm']),
      ['The', 'film', 'is', 'badly', '.'],
      'this tokenizer reads capitals as small letters; "charm" is a token of the word, "ing" is none',
    );
    const cased = await bagModel(folders, { Good: [1], good: [1], film: [1] }, sumOfNumbers, {
      lowercase: false,
    });
    const some = (ignore: string[]): Promise<string[]> =>
      of({ text: 'Good good film' }, { options: { ignore } }, cased);
    assert.deepEqual(await some(['good', 'Film']), ['Good', 'film']);
    await cased.release();
  });

  it('leave out special tokens and masks that are written into the text', async () => {
    assert.deepEqual(await of({ text: 'the [MASK] is [SEP] good [PAD]' }), ['the', 'is', 'good']);
  });

  it('leave out the own words of an entity, an answer or a mask, unless they may be attacked', async () => {
    const anchor = { field: 0, start: 4, end: 17 } as const;
    const input = { text: 'the charming film is' };
    assert.deepEqual(await of(input, { anchor }), ['the', 'is']);
    const attack = { ownWords: 'attack' } as const;
    assert.deepEqual(await of(input, { anchor, options: attack }), [
      'the',
      'charming',
      'film',
      'is',
    ]);
    const mask = { anchorMayChange: false };
    assert.deepEqual(await of(input, { anchor, options: attack, goal: mask }), ['the', 'is']);
    // The same characters of the other text are another place.
    assert.deepEqual(
      await of({ text: 'is', pair: 'the charming' }, { anchor: { field: 0, start: 0, end: 2 } }),
      ['the', 'charming'],
    );
  });

  it("are the dataset's words where it has cut the text", async () => {
    const words = [
      { start: 0, end: 3 },
      { start: 4, end: 10 },
      { start: 10, end: 11 },
    ];
    const tagger = await loadModel(folders.textModel('bert-ner'), 'cpu');
    try {
      assert.deepEqual(await of({ text: 'the is-bad!', words }, {}, tagger), [
        'the',
        'is-bad',
        '!',
      ]);
      assert.deepEqual(await of({ text: 'the is-bad!' }, {}, tagger), [
        'the',
        'is',
        '-',
        'bad',
        '!',
      ]);
    } finally {
      await tagger.release();
    }
  });

  it('are only what a window reads', async () => {
    const many = Array.from({ length: 100 }, () => 'film').join(' ');
    const read = await readText(
      model,
      { text: many },
      { longText: { mode: 'start', overlap: null } },
      {},
    );
    const { length } = read.hand.windows[0]!.tokens;
    const trial = { draft: firstDraft({ text: many }, null), read };
    assert.equal(unitsOf(trial, anchored, plain).length, length - 2);
    assert.equal(countWords(read, plain), 100);
    // In windows every word is read, each in the window that has most text around it.
    const all = await reading({ text: many });
    const units = unitsOf(all, anchored, plain);
    assert.equal(units.length, 100);
    for (const { window, positions, tokens } of units) {
      assert.deepEqual(
        positions.map(at => all.read.hand.windows[window]!.tokens[at]),
        tokens,
      );
    }
  });

  it('are changed once where that is asked', async () => {
    const start = await reading({ text: 'the charming film is good .' });
    const at = (text: string): Place =>
      unitsOf(start, anchored, plain).find(unit => unit.text === text)!.place;
    const changed = async (draft: Draft) => ({
      draft,
      read: await readText(model, draft.input, {}, {}),
    });
    const replaced = await changed(
      apply(start.draft, [
        { ...at('film'), edit: 'replace', to: 'etoile' },
        { ...at('the'), edit: 'delete', to: '' },
      ]),
    );
    assert.equal(replaced.draft.input.text, 'charming etoile is good .');
    assert.deepEqual(textsOf(replaced, { once: true }), ['charming', 'is', 'good', '.']);
    // Of a word that lost letters no token is as it was.
    const { start: first } = at('good');
    const letters = await changed(
      apply(start.draft, [
        { field: 0, start: first + 1, end: first + 2, edit: 'characters', to: '' },
        { field: 0, start: first + 3, end: first + 4, edit: 'characters', to: 't' },
      ]),
    );
    assert.equal(letters.draft.input.text, 'the charming film is got .');
    assert.deepEqual(textsOf(letters, { once: true }), ['the', 'charming', 'film', 'is', '.']);
    const inserted = await changed(
      apply(start.draft, [{ field: 0, start: 3, end: 3, edit: 'insert', to: 'very' }]),
    );
    assert.equal(inserted.draft.input.text, 'the very charming film is good .');
    assert.ok(!textsOf(inserted, { once: true }).includes('very'));
  });

  it('do not grow together where a mark between them goes', async () => {
    const start = await reading({ text: "the good,bad film (rock'n) good." });
    const gone = (text: string): string => {
      const { place } = unitsOf(start, anchored, plain).find(unit => unit.text === text)!;
      return apply(start.draft, [{ ...place, edit: 'delete', to: '' }]).input.text;
    };
    assert.equal(gone(','), "the good bad film (rock'n) good.");
    assert.equal(gone("'"), 'the good,bad film (rock n) good.');
    assert.equal(gone('('), "the good,bad film rock'n) good.");
    assert.equal(gone('.'), "the good,bad film (rock'n) good");
  });

  it('leave the other words as they were, single blanks between them, whichever of them go', () => {
    const words = fc.array(fc.stringMatching(/^[ab.'(-]{1,5}$/), { minLength: 1, maxLength: 5 });
    const cut = (text: string): string[] => text.match(/[ab]+|[.'(-]/g) ?? [];
    fc.assert(
      fc.property(words, fc.infiniteStream(fc.nat(99)), (list, picks) => {
        let draft = firstDraft({ text: list.join(' ') }, null);
        let left = cut(draft.input.text);
        while (left.length > 1) {
          const gone = picks.next().value! % left.length;
          const places = [...draft.input.text.matchAll(/[ab]+|[.'(-]/g)];
          const { index: start, 0: word } = places[gone]!;
          const edit = {
            field: 0,
            start,
            end: start + word.length,
            edit: 'delete',
            to: '',
          } as const;
          draft = apply(draft, [edit]);
          left = left.filter((_, at) => at !== gone);
          const { text } = draft.input;
          assert.deepEqual(cut(text), left);
          assert.equal(text, text.trim().replace(/ +/g, ' '));
        }
      }),
      { numRuns: 300, seed: 2 },
    );
  });
});
