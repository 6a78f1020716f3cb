/** What the entries of a vocabulary are in a text, for each kind of tokenizer. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { surfaceReader } from '../../../src/interpret/attack/flip/surfaces';
import { Vocabulary, type Entry } from '../../../src/interpret/attack/flip/vocabulary';
import {
  classOf,
  inCaseOf,
  isStopWord,
  writtenAs,
} from '../../../src/interpret/attack/flip/wordForms';
import { Tokenizer } from '../../../src/runtime/tokenizer';
import { Folders, kitPath } from '../../support/models';
import { unigram, wordLevel, wordPiece } from '../../support/smallTokenizers';

const fixture = (name: string): Promise<Tokenizer> =>
  Tokenizer.load(path.resolve('test', 'fixtures', 'tokenizers', name, 'tokenizer.json'));

describe('vocabulary', () => {
  let folders: Folders;
  before(() => (folders = new Folders()));
  after(() => {
    folders.remove();
  });

  const load = async (json: string): Promise<Tokenizer> =>
    await Tokenizer.load(path.join(folders.with({ 'tokenizer.json': json }), 'tokenizer.json'));

  /** What is asked about a token of a vocabulary that is as large as its tokenizer. */
  async function entryOf(tokenizer: Tokenizer, token: string): Promise<Entry | null> {
    const vocabulary = await Vocabulary.of(tokenizer, tokenizer.vocabSize);
    const id = tokenizer.idOf(token);
    assert.ok(id !== null, `${token} is in the vocabulary`);
    return vocabulary.entries[id]!;
  }

  it('of WordPiece: ## continues a word, special and unused tokens are nothing', async () => {
    const tokenizer = await load(
      wordPiece(true, '[UNK]', '[unused12]', 'charm', '##ing', '##s', 'Paris', 'a', '.', '##'),
    );
    const ing = await entryOf(tokenizer, '##ing');
    assert.deepEqual(ing, {
      token: '##ing',
      surface: 'ing',
      startsWord: false,
      alone: false,
      written: 'lower',
      kind: 'latin',
      stopWord: false,
    });
    const charm = (await entryOf(tokenizer, 'charm'))!;
    assert.deepEqual([charm.surface, charm.startsWord, charm.alone], ['charm', true, true]);
    // The tokenizer lower-cases every text, so no text gives this entry.
    assert.equal((await entryOf(tokenizer, 'Paris'))!.alone, false);
    assert.equal((await entryOf(tokenizer, 'a'))!.stopWord, true);
    assert.equal((await entryOf(tokenizer, '##s'))!.stopWord, false);
    for (const token of ['[UNK]', '[unused12]', '##']) {
      assert.equal(await entryOf(tokenizer, token), null);
    }
  });

  it('of byte-level BPE: Ġ is the blank before a word, parts of characters are nothing', async () => {
    const tokenizer = await fixture('bytelevel');
    const { entries } = await Vocabulary.of(tokenizer, tokenizer.vocabSize);
    const good = (await entryOf(tokenizer, 'Ġgood'))!;
    assert.deepEqual([good.surface, good.startsWord, good.alone], ['good', true, true]);
    assert.deepEqual((await tokenizer.encodeBare([' good']))[0], [tokenizer.idOf('Ġgood')]);
    const a = (await entryOf(tokenizer, 'a'))!;
    assert.deepEqual([a.surface, a.startsWord, a.alone], ['a', false, true]);
    for (const token of ['<s>', '<mask>', '<unk>', 'Ġ', 'Ċ', 'ð']) {
      assert.equal(await entryOf(tokenizer, token), null, token);
    }
    // Two bytes of é, which no single token of this vocabulary holds.
    assert.ok(entries.every(entry => !entry?.surface.includes('\uFFFD')));
  });

  it('of byte-level BPE: bytes become the characters that they encode', () => {
    const read = surfaceReader({ alphabet: 'bytes', continuing: '', ending: '' });
    // What GPT-2's tokenizer writes for these words.
    const written = [
      ['ĠcafÃ©', 'café'],
      ['æĺł', '映'],
      ['ÂŃ', '\u00ad'],
      ['Ġ[]', '[]'],
      ['âĤ¬', '€'],
    ] as const;
    for (const [token, surface] of written) assert.equal(read(token)?.surface, surface);
    for (const part of ['Ã', 'âĤ', 'Ġ', 'ĠĠ', 'Ċ', '映']) assert.equal(read(part), null, part);
  });

  it('of BPE with marked endings: a piece that ends a word stands for one', () => {
    const read = surfaceReader({ alphabet: 'plain', continuing: '', ending: '</w>' });
    assert.deepEqual(read('good</w>'), { surface: 'good', startsWord: true, asWord: 'good' });
    assert.deepEqual(read('go'), { surface: 'go', startsWord: false, asWord: 'go' });
  });

  it('of Unigram: ▁ is the blank before a word', async () => {
    const tokenizer = await load(
      unigram('<unk>', '▁', '▁good', '▁film', 'ly', 's', '▁Good', '<0x0A>', '▁déjà'),
    );
    const good = (await entryOf(tokenizer, '▁good'))!;
    assert.deepEqual([good.surface, good.startsWord, good.alone], ['good', true, true]);
    const ly = (await entryOf(tokenizer, 'ly'))!;
    assert.deepEqual([ly.surface, ly.startsWord, ly.alone], ['ly', false, false]);
    assert.equal((await entryOf(tokenizer, '▁déjà'))!.kind, 'latin');
    for (const token of ['<unk>', '▁', '<0x0A>']) {
      assert.equal(await entryOf(tokenizer, token), null, token);
    }
    assert.equal((await Vocabulary.of(tokenizer, 9)).lowerCases, false);
  });

  it('of WordLevel: every entry is a word; one that the tokenizer would cut is never read', async () => {
    const tokenizer = await load(wordLevel(true, '[UNK]', 'good', '7', "don't", 'the', '!'));
    const good = (await entryOf(tokenizer, 'good'))!;
    assert.deepEqual([good.surface, good.startsWord, good.alone], ['good', true, true]);
    assert.equal((await entryOf(tokenizer, "don't"))!.alone, false);
    assert.equal((await entryOf(tokenizer, '7'))!.kind, 'digits');
    assert.equal((await entryOf(tokenizer, '!'))!.kind, 'punctuation');
    assert.equal((await entryOf(tokenizer, 'the'))!.stopWord, true);
  });

  it('knows whether the tokenizer lower-cases, and writes a replacement in the case of the word', async () => {
    for (const make of [wordLevel, wordPiece]) {
      const small = await load(make(true, '[UNK]', 'good', 'bad', 'straße'));
      const uncased = await Vocabulary.of(small, 4);
      assert.equal(uncased.lowerCases, true);
      assert.deepEqual(
        ['fine', 'Fine', 'FINE', null].map(like => uncased.surfaceOf(1, like)),
        ['good', 'Good', 'GOOD', 'good'],
      );
      // STRASSE would be read as another word.
      assert.equal(uncased.surfaceOf(3, 'FINE'), 'straße');
      assert.equal(uncased.surfaceOf(0), null);
      const cased = await Vocabulary.of(await load(make(false, '[UNK]', 'good', 'Good')), 3);
      assert.equal(cased.lowerCases, false);
      assert.equal(cased.surfaceOf(1, 'FINE'), 'good');
    }
  });

  it('is as large as the table, whether the tokenizer has more or fewer tokens', async () => {
    const tokenizer = await fixture('wordpiece');
    const larger = await Vocabulary.of(tokenizer, 40);
    assert.equal(larger.entries.length, 40);
    assert.deepEqual(new Set(larger.entries.slice(27)), new Set([null]));
    assert.equal((await Vocabulary.of(tokenizer, 13)).entries.length, 13);
    assert.equal(await Vocabulary.of(tokenizer, 40), larger);
  });

  it('of the sample models: nearly every whole word comes back from its surface', async function () {
    for (const name of ['sst2-bert', 'ner-bert', 'sst2-roberta', 'tweet-cnn']) {
      const tokenizer = await Tokenizer.load(kitPath(this, 'models', name, 'tokenizer.json'));
      const { entries, lowerCases } = await Vocabulary.of(tokenizer, tokenizer.vocabSize);
      assert.equal(lowerCases, name === 'sst2-bert' || name === 'tweet-cnn');
      const words = entries.filter(
        entry => entry !== null && entry.startsWord && entry.kind === 'latin',
      ) as Entry[];
      const alone = words.filter(entry => entry.alone);
      assert.ok(words.length > 1500, `${words.length} words of ${name}`);
      assert.ok(
        alone.length > 0.95 * words.length,
        `${alone.length} of ${words.length} of ${name}`,
      );
      // In the midst of a text too: by the tokens that a sentence gives.
      for (const [index, { token, surface }] of alone.entries()) {
        if (index % 97 !== 0) continue;
        const { tokens } = await tokenizer.encode({ text: `it was ${surface} , you see` });
        assert.ok(
          tokens.some(one => one.text === token),
          `${token} of ${name}`,
        );
      }
    }
  });
});

describe('forms of words', () => {
  it('are lower, Capitalised, UPPER, mixed or none', () => {
    const words = ['good', 'Good', 'I', 'USA', 'iPhone', '42', '映画', "don't", 'Éclair', "O'Neil"];
    const forms = ['lower', 'capitalised', 'capitalised', 'upper', 'mixed', 'none', 'none'];
    assert.deepEqual(words.map(writtenAs), [...forms, 'lower', 'capitalised', 'mixed']);
  });

  it('are letters, digits, punctuation or mixed', () => {
    const words = [
      'good',
      'naïve',
      "don't",
      'well-made',
      '1,000.5',
      '42',
      '...',
      '€',
      '3d',
      'e\u0301',
      'фильм',
      '年',
      'aж',
    ];
    assert.deepEqual(words.map(classOf), [
      ...['latin', 'latin', 'latin', 'latin', 'digits', 'digits'],
      ...['punctuation', 'punctuation', 'mixed', 'latin', 'letters', 'letters', 'letters'],
    ]);
  });

  it('are put into the case of another word', () => {
    assert.equal(inCaseOf('Good', 'élan'), 'Élan');
    assert.equal(inCaseOf('iPhone', 'good'), 'good');
    assert.equal(inCaseOf('GOOD', '42'), '42');
  });

  it('function words are stop words, negations are not', () => {
    assert.deepEqual(['The', 'of', 'is', 'not', 'no', 'never', 'very'].map(isStopWord), [
      ...[true, true, true],
      ...[false, false, false, false],
    ]);
  });
});
