/** Which words may take the place of which, by each option. */
import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import {
  filtersFor,
  type FilterOptions,
  type FilterTarget,
} from '../../../src/interpret/attack/flip/filters';
import { Vocabulary } from '../../../src/interpret/attack/flip/vocabulary';
import { Tokenizer } from '../../../src/runtime/tokenizer';
import { Folders } from '../../support/models';
import { unigram, wordPiece } from '../../support/smallTokenizers';

const pieces = [
  ...['[UNK]', '[unused1]', 'good', 'Good', 'GOOD', 'bad', 'Bad', 'BAD', 'iPad', '##ing', '##ed'],
  ...['##Ed', '##7', '42', '7', '3d', '!', '.', '##.', 'the', 'The', '映', 'un'],
];
const anything: FilterOptions = {
  preset: 'none',
  wholeWords: false,
  sameCase: false,
  sameClass: false,
  noStopWords: false,
};

describe('filters of replacements', () => {
  let folders: Folders;
  let cased: Vocabulary;
  let uncased: Vocabulary;
  const vocabularyOf = async (json: string, size: number): Promise<Vocabulary> => {
    const dir = folders.with({ 'tokenizer.json': json });
    return await Vocabulary.of(await Tokenizer.load(path.join(dir, 'tokenizer.json')), size);
  };
  before(async () => {
    folders = new Folders();
    cased = await vocabularyOf(wordPiece(false, ...pieces), pieces.length + 2);
    uncased = await vocabularyOf(wordPiece(true, ...pieces), pieces.length + 2);
  });
  after(() => {
    folders.remove();
  });

  /** A word of the text; one that the vocabulary lacks is unknown. */
  const word = (text: string): FilterTarget => ({
    id: Math.max(0, pieces.indexOf(text)),
    text,
    startsWord: true,
  });
  const piece = (token: string): FilterTarget => ({
    id: pieces.indexOf(token),
    text: token.replace('##', ''),
    startsWord: false,
  });

  /** What may take the place, as the vocabulary writes it. */
  function fitting(
    target: FilterTarget,
    options: Partial<FilterOptions>,
    vocabulary = cased,
  ): string[] {
    const { filters, filterOf } = filtersFor(vocabulary, { ...anything, ...options }, [target]);
    const [index] = filterOf;
    if (index === null) return [];
    return [...filters[index!]!].flatMap((fits, id) => (fits === 1 ? [pieces[id]!] : []));
  }

  const words = pieces.filter(token => !token.startsWith('##') && !token.startsWith('['));

  it('a word for a word, a piece for a piece; never what no text contains', () => {
    assert.deepEqual(fitting(word('good'), {}), words);
    assert.deepEqual(fitting(word('unknown'), {}), words);
    assert.deepEqual(fitting(piece('##ing'), {}), ['##ing', '##ed', '##Ed', '##7', '##.']);
  });

  it('whole words: letters and digits only', () => {
    const whole = words.filter(token => !/[!.]/.test(token));
    assert.deepEqual(fitting(word('good'), { wholeWords: true }), whole);
    assert.deepEqual(fitting(piece('##ing'), { wholeWords: true }), [
      '##ing',
      '##ed',
      '##Ed',
      '##7',
    ]);
  });

  it('same case: as it is written, or without case', () => {
    const without = ['42', '7', '!', '.', '映'];
    const fits = (text: string): string[] =>
      fitting(word(text), { sameCase: true }).filter(token => !without.includes(token));
    assert.deepEqual(fits('fine'), ['good', 'bad', '3d', 'the', 'un']);
    assert.deepEqual(fits('Fine'), ['Good', 'Bad', 'The']);
    assert.deepEqual(fits('FINE'), ['GOOD', 'BAD']);
    assert.deepEqual(fits('iPhone'), ['iPad']);
    assert.deepEqual(fitting(word('Fine'), { sameCase: true }).length, 3 + without.length);
    // 42 has no case that a word could fail.
    assert.deepEqual(fitting(word('42'), { sameCase: true }), words);
  });

  it('same case of a tokenizer that lower-cases: any of what it can give', () => {
    const known = words.filter(token => token === token.toLowerCase());
    for (const text of ['fine', 'Fine', 'FINE', 'iPhone']) {
      assert.deepEqual(fitting(word(text), { sameCase: true }, uncased), known);
    }
  });

  it('same class and script: words for words, numbers for numbers, punctuation for punctuation', () => {
    const fits = (text: string): string[] => fitting(word(text), { sameClass: true });
    assert.deepEqual(fits('1,000'), ['42', '7']);
    assert.deepEqual(fits('?'), ['!', '.']);
    assert.deepEqual(fits('4th'), ['3d']);
    const names = words.filter(token => !/[\d!.映]/.test(token));
    assert.deepEqual(fits('fine'), names);
    // Another script is another class.
    assert.deepEqual(fits('год'), ['映']);
    // Of punctuation no whole word is left: nothing may take its place.
    assert.deepEqual(fitting(word('?'), { sameClass: true, wholeWords: true }), []);
  });

  it('no stop words: neither as replacement nor to be replaced', () => {
    const others = words.filter(token => token.toLowerCase() !== 'the');
    assert.deepEqual(fitting(word('good'), { noStopWords: true }), others);
    assert.deepEqual(fitting(word('The'), { noStopWords: true }), []);
    assert.deepEqual(fitting(word('the'), { noStopWords: false }), words);
  });

  it("AllenNLP's: what Python's isalnum says of the token, whatever stands there", async () => {
    const options = { ...anything, preset: 'allennlp', sameCase: true, sameClass: true } as const;
    const plain = words.filter(token => !/[!.]/.test(token));
    assert.deepEqual(fitting(word('Fine'), options), plain);
    assert.deepEqual(fitting(piece('##ing'), options), plain);
    const spaced = ['<unk>', '▁good', 'ly', 'é', '½', '٣', 'e\u0301', 'a_b', 'Ⅻ', '²'];
    const vocabulary = await vocabularyOf(unigram(...spaced), spaced.length);
    const { filters } = filtersFor(vocabulary, options, [{ id: 1, text: 'x', startsWord: true }]);
    // CPython 3: [s.isalnum() for s in spaced], the unknown token left out.
    assert.deepEqual([...filters[0]!], [0, 0, 1, 1, 1, 1, 0, 0, 1, 1]);
  });

  it('of byte-level BPE: at the beginning of a text a word has no blank before it', async () => {
    const file = path.resolve('test', 'fixtures', 'tokenizers', 'bytelevel', 'tokenizer.json');
    const tokenizer = await Tokenizer.load(file);
    const vocabulary = await Vocabulary.of(tokenizer, tokenizer.vocabSize);
    const at = (token: string, startsWord: boolean): string[] => {
      const target = { id: tokenizer.idOf(token)!, text: 'a', startsWord };
      const { filters } = filtersFor(vocabulary, { ...anything, wholeWords: true }, [target]);
      return [...filters[0]!].flatMap((fits, id) => (fits ? [tokenizer.tokenOf(id)!] : []));
    };
    assert.ok(at('Ġgood', true).every(token => token.startsWith('Ġ')));
    assert.ok(at('Ġgood', true).includes('Ġfilm'));
    assert.ok(at('a', true).every(token => !token.startsWith('Ġ')));
    assert.ok(at('a', true).includes('b'));
  });

  it('are one for all targets that are alike, each option only ever taking away', () => {
    const targets = ['good', 'bad', 'Good', '42', '!', 'the', 'iPad', 'unknown'].map(word);
    const flag = fc.boolean();
    const options = fc.record({
      preset: fc.constant('none' as const),
      wholeWords: flag,
      sameCase: flag,
      sameClass: flag,
      noStopWords: flag,
    });
    fc.assert(
      fc.property(options, chosen => {
        const { filters, filterOf } = filtersFor(cased, chosen, targets);
        assert.equal(new Set(filters).size, filters.length);
        assert.deepEqual(
          [...new Set(filterOf.filter(index => index !== null))].sort((a, b) => a - b),
          [...filters.keys()],
        );
        targets.forEach((target, index) => {
          const found = fitting(target, chosen);
          const at = filterOf[index]!;
          if (found.length === 0) assert.equal(at, null);
          // A conjunction: what each option by itself lets through.
          const names = ['wholeWords', 'sameCase', 'sameClass', 'noStopWords'] as const;
          const each = names
            .filter(name => chosen[name])
            .map(name => fitting(target, { [name]: true }));
          const all = fitting(target, {}).filter(token => each.every(list => list.includes(token)));
          assert.deepEqual(found, all);
        });
      }),
    );
  });
});
