/** Entities from tags and back, in every scheme. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { entitiesOf, tagsFor, typesOf } from '../../../src/interpret/task/entities';

const spans = (tags: string, plain: 'joined' | 'single' = 'joined') =>
  entitiesOf(tags === '' ? [] : tags.split(' '), plain).map(
    ({ start, end, type }) => `${type} ${start}-${end}`,
  );

describe('entitiesOf', () => {
  const cases: [string, string, string[]][] = [
    ['BIO', 'B-PER I-PER O B-LOC B-LOC', ['PER 0-2', 'LOC 3-4', 'LOC 4-5']],
    [
      'IOB1: B only between equal neighbours',
      'I-PER I-PER B-PER O I-LOC',
      ['PER 0-2', 'PER 2-3', 'LOC 4-5'],
    ],
    ['BIOES', 'S-PER B-LOC I-LOC E-LOC S-LOC', ['PER 0-1', 'LOC 1-4', 'LOC 4-5']],
    ['BIOUL', 'U-PER B-LOC L-LOC L-LOC O', ['PER 0-1', 'LOC 1-3', 'LOC 3-4']],
    ['another type ends an entity', 'B-PER I-LOC', ['PER 0-1', 'LOC 1-2']],
    ['an end without a beginning', 'O I-PER O E-LOC', ['PER 1-2', 'LOC 3-4']],
    ['IO', 'PER PER O LOC', ['PER 0-2', 'LOC 3-4']],
    ['nothing', 'O O', []],
    ['no words', '', []],
  ];
  for (const [what, tags, expected] of cases) {
    it(`reads ${what}`, () => {
      assert.deepEqual(spans(tags), expected);
    });
  }

  it('takes each word by itself where tags are parts of speech', () => {
    assert.deepEqual(spans('NOUN NOUN VERB', 'single'), ['NOUN 0-1', 'NOUN 1-2', 'VERB 2-3']);
  });
});

describe('tagsFor', () => {
  const types = ['PER', 'LOC'];
  const schemes = { BIO: 'B I', IOB1: 'I', BIOES: 'B I E S', BIOUL: 'B I U L', BMES: 'B M E S' };
  const labelsOf = (letters: string): string[] => [
    'O',
    ...types.flatMap(type => letters.split(' ').map(letter => `${letter}-${type}`)),
  ];

  for (const [scheme, letters] of Object.entries(schemes)) {
    it(`writes what entitiesOf reads: ${scheme}`, () => {
      const entity = fc.record({
        type: fc.constantFrom(...types),
        length: fc.integer({ min: 1, max: 5 }),
      });
      fc.assert(
        fc.property(fc.array(entity, { maxLength: 5 }), entities => {
          const labels = labelsOf(letters);
          const tags: string[] = [];
          const expected = entities.map(({ type, length }) => {
            // An O between them: IOB1's tags for a single entity cannot part neighbours.
            tags.push('O');
            const start = tags.length;
            tags.push(...tagsFor(type, length, labels)!);
            return { start, end: start + length, type };
          });
          assert.ok(tags.every(tag => labels.includes(tag)));
          assert.deepEqual(entitiesOf(tags, 'joined'), expected);
        }),
      );
    });
  }

  it('knows O, single tags and types that are not there', () => {
    const labels = labelsOf('B I');
    assert.deepEqual(tagsFor('O', 2, labels), ['O', 'O']);
    assert.deepEqual(tagsFor('I-LOC', 1, labels), ['I-LOC']);
    assert.equal(tagsFor('ORG', 1, labels), null);
    assert.deepEqual(typesOf(labels), types);
  });
});
