/** HotFlip on linear models, where the first order is the whole truth, and the edits that it makes. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { apply, firstDraft, type Edit } from '../../../src/interpret/attack/draft';
import { applyFlips, flipOf, type Flip } from '../../../src/interpret/attack/hotflip/flips';
import { slipped, slips } from '../../../src/interpret/attack/hotflip/proposals/characters';
import { homoglyphs } from '../../../src/interpret/attack/hotflip/proposals/homoglyphs';
import { Seeded } from '../../../src/interpret/random';
import type { Model } from '../../../src/model/model';
import type { AttackEdit, AttackOptions } from '../../../src/protocol/attack';
import { bagModel, sumOfNumbers } from '../../support/bags';
import { flip, textsOf } from '../../support/flip';
import { Folders } from '../../support/models';
import { randomAttack } from '../../support/randomAttack';

/** What each adds to the logit of 'yes'; '##' pieces continue a word. */
const worth = {
  superb: 6,
  fine: 3,
  good: 2,
  plain: 1,
  okay: 0.5,
  dull: -1,
  bad: -2.5,
  awful: -4,
  un: 0.25,
  '##seen': 2.75,
  '##used': -0.75,
  unused: 1.5,
  '.': 0.125,
};

describe('hotflip on linear models', () => {
  let folders: Folders;
  let model: Model;
  before(async () => {
    folders = new Folders();
    const words = Object.entries(worth).map(([word, number]) => [word, [number]]);
    model = await bagModel(folders, Object.fromEntries(words) as never, sumOfNumbers);
  });
  after(async () => {
    await model.release();
    folders.remove();
  });

  it('is optimal: the fewest flips, each the best there is', async () => {
    const known = ['superb', 'fine', 'good', 'plain', 'okay'] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...known), { minLength: 2, maxLength: 7 }),
        fc.constantFrom(1, 16),
        async (words, candidates) => {
          const flipped = await flip(model, words.join(' '), { candidates, maxFlips: 7 });
          const gains = words.map(word => worth[word] - worth.awful).sort((a, b) => b - a);
          let left = words.reduce((sum, word) => sum + worth[word], 0);
          const needed = 1 + gains.findIndex(gain => (left -= gain) < 0);
          assert.ok(needed > 0 && flipped.last.reached);
          assert.equal(flipped.found.path.length, needed);
          const proved = flipped.found.minimality?.proved ?? false;
          assert.equal(proved, needed === 1);
          let before = flipped.start.margin;
          flipped.found.path.forEach(({ trial: { margin }, estimate }, step) => {
            assert.ok(Math.abs(margin - before - gains[step]!) < 1e-5);
            if (estimate !== null) assert.ok(Math.abs(estimate - gains[step]!) < 1e-5);
            else assert.notEqual(candidates, 1);
            before = margin;
          });
        },
      ),
      { numRuns: 40, seed: 4 },
    );
  });

  it('estimates exactly, whatever the edit: words of several pieces, words deleted and inserted', async () => {
    const text = 'superb unseen , good unseen plain fine .';
    const seen = new Set<AttackEdit>();
    const each: AttackEdit[][] = [
      ['replace'],
      ['delete'],
      ['insert'],
      ['replace', 'delete', 'insert'],
    ];
    for (const edits of each) {
      for (const unit of ['words', 'tokens'] as const) {
        const flipped = await flip(model, text, { edits, unit, candidates: 1, maxFlips: 4 });
        assert.ok(flipped.found.path.length > 0, edits.join());
        let before = flipped.start.margin;
        for (const { trial, estimate } of flipped.found.path) {
          assert.ok(Math.abs(trial.margin - before - estimate!) < 1e-5, trial.draft.input.text);
          before = trial.margin;
          trial.draft.changed.forEach(({ edit }) => seen.add(edit));
        }
      }
    }
    assert.deepEqual([...seen].sort(), ['delete', 'insert', 'replace']);
  });

  it('writes texts that read as they should', async () => {
    const first = async (text: string, options: AttackOptions): Promise<string | undefined> =>
      textsOf(await flip(model, text, { candidates: 1, maxFlips: 1, ...options }))[0];
    assert.equal(await first('plain Superb okay.', {}), 'plain Awful okay.');
    assert.equal(await first('plain superb okay.', { edits: ['delete'] }), 'plain okay.');
    assert.equal(await first('superb okay.', { edits: ['delete'] }), 'okay.');
    assert.equal(await first('plain unseen', { edits: ['replace'] }), 'plain awful');
    const inserted = await first('superb plain', { edits: ['insert'] });
    assert.ok(
      ['awful superb plain', 'superb awful plain', 'superb plain awful'].includes(inserted!),
      inserted,
    );
  });

  it('thins out what chance has found to a set of which no smaller one flips', async () => {
    const text = 'superb fine superb good superb superb superb';
    const words = text.split(' ') as (keyof typeof worth)[];
    const sumOf = (some: readonly (keyof typeof worth)[]): number =>
      some.reduce((sum, word) => sum + worth[word], 0);
    const sizes = new Set<number>();
    for (let seed = 0; seed < 12; seed++) {
      const options = { candidates: 2, maxFlips: 7, search: 'minimal', beam: 1, seed } as const;
      const drawn = await flip(model, text, options, { method: randomAttack });
      const flipped = seed === 0 ? await flip(model, text, options) : drawn;
      if (!flipped.last.reached) continue;
      const final = textsOf(flipped).at(-1)!.split(' ') as typeof words;
      const changed = [...words.keys()].filter(at => words[at] !== final[at]);
      sizes.add(changed.length);
      for (let some = 0; some < 2 ** changed.length - 1; some++) {
        const kept = changed.filter((_, bit) => (some >> bit) % 2 === 1);
        const left = words.map((word, at) => (kept.includes(at) ? final[at]! : word));
        assert.ok(sumOf(left) >= 0, `${kept.join()} of ${changed.join()} flips already`);
      }
      const count = 2 ** changed.length - 2;
      const says = `none of the ${count} smaller sets of these ${changed.length} changes flips it`;
      assert.deepEqual(flipped.found.minimality, { proved: true, says });
      // Each step is a text of its own, and only the last one flips.
      assert.equal(flipped.found.path.length, changed.length);
      flipped.found.path.forEach(({ trial: { draft, reached } }, step) => {
        assert.deepEqual([draft.changes.length, draft.changed.length], [step + 1, 1]);
        assert.equal(reached, step === changed.length - 1);
      });
    }
    assert.ok(sizes.has(4), 'what LIT does not combine');
    assert.ok(sizes.size > 1);
  });

  it('drops what the tokenizer reads as another word, and says how often', async () => {
    // Of the pieces that may follow "un" the best makes a word of its own, which is worth more than both.
    const options = { unit: 'tokens', candidates: 1, maxFlips: 1, ignore: ['un'] } as const;
    const { found } = await flip(model, 'unseen', options);
    assert.deepEqual(found.path, []);
    const says = '1 replacement was dropped: the tokenizer reads its text as something else.';
    assert.deepEqual(found.notes, [{ check: 'retokenised', ok: true, value: 1, says }]);
    const longer = await flip(model, 'unseen plain', options);
    assert.deepEqual(textsOf(longer), ['unseen awful']);
  });

  it('makes a slip of the pen inside of words of three letters and more', async () => {
    const flipped = await flip(model, 'superb ok fine a', {
      edits: ['characters'],
      candidates: 20,
      maxFlips: 3,
      seed: 5,
    });
    assert.ok(flipped.found.path.length > 0);
    for (const { trial, estimate } of flipped.found.path) {
      assert.equal(estimate, null);
      const words = trial.draft.input.text.split(' ');
      assert.deepEqual([words.length, words[1], words[3]], [4, 'ok', 'a']);
      const changed = [words[0] !== 'superb', words[2] !== 'fine'].filter(Boolean).length;
      assert.equal(changed, trial.draft.changes.length);
    }
  });

  it("follows AllenNLP's order: the position with the largest gradient, then the largest gain", async () => {
    const flipped = await flip(model, 'plain fine superb .', { preset: 'allennlp' });
    // Here all gradients are alike, so the first position is the first to go, whatever stands there.
    assert.equal(textsOf(flipped)[0], 'awful fine superb .');
    for (const text of textsOf(flipped)) assert.ok(text.endsWith(' .'));
  });
});

describe('slips of the pen', () => {
  const sorted = (word: string): string => Array.from(word).sort().join('');

  it('are what they are called, and leave first and last letter alone', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-z]{3,9}$/),
        fc.constantFrom(...slips),
        fc.nat(),
        (word, slip, seed) => {
          const found = slipped(word, slip, new Seeded(seed, word));
          if (found === null) return;
          assert.notEqual(found, word);
          const grown = { insert: 1, delete: -1, swap: 0, substitute: 0, homoglyph: 0 }[slip];
          assert.equal(found.length, word.length + grown);
          if (slip !== 'homoglyph') {
            assert.deepEqual([found[0], found.at(-1)], [word[0], word.at(-1)]);
          }
          const differs = Array.from(word).filter((letter, i) => letter !== found[i]).length;
          if (slip === 'swap') assert.deepEqual([differs, sorted(found)], [2, sorted(word)]);
          if (slip === 'substitute' || slip === 'homoglyph') assert.equal(differs, 1);
          if (slip === 'homoglyph') {
            const at = Array.from(word).findIndex((letter, i) => letter !== found[i]);
            assert.equal(found[at], homoglyphs[word[at]!]);
          }
        },
      ),
    );
  });

  it('leave words of two letters alone', () => {
    for (const slip of slips) {
      if (slip !== 'homoglyph') assert.equal(slipped('ab', slip, new Seeded(1, '')), null);
    }
  });

  it('have homoglyphs that are single letters of other scripts', () => {
    for (const [letter, other] of Object.entries(homoglyphs)) {
      assert.match(letter, /^[A-Za-z]$/);
      assert.match(other, /^[\p{Script=Cyrillic}\p{Script=Greek}]$/u);
    }
  });
});

describe('flips', () => {
  /** Edits of different words of a text, in any order. */
  const cases = fc
    .array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 2, maxLength: 6 })
    .chain(words =>
      fc.record({
        words: fc.constant(words),
        order: fc.shuffledSubarray([...words.keys()], { minLength: 1 }),
        kinds: fc.array(fc.constantFrom<AttackEdit>('replace', 'delete', 'insert', 'characters'), {
          minLength: words.length,
          maxLength: words.length,
        }),
        set: fc.nat(),
      }),
    );

  it('in terms of the original give the same text, together and in any order', () => {
    fc.assert(
      fc.property(cases, ({ words, order, kinds }) => {
        const original = firstDraft({ text: words.join(' ') }, null);
        const placeOf = (text: string, word: number): { start: number; end: number } => {
          const start = words.slice(0, word).reduce((sum, other) => sum + other.length + 1, 0);
          return { start, end: start + text.split(' ')[word]!.length };
        };
        const flips = order.map((word, index): Flip => {
          const edit = kinds[word]!;
          const { start, end } = placeOf(original.input.text, word);
          const to = edit === 'delete' ? '' : `N${index}`;
          const place = { start, end: edit === 'insert' ? start : end };
          return { edit: { field: 0, edit, ...place, to }, estimate: null };
        });
        const oneByOne = flips.reduce((draft, flip) => applyFlips(draft, [flip]), original);
        const together = applyFlips(original, flips);
        assert.deepEqual(together.input, oneByOne.input);
        const backwards = applyFlips(original, [...flips].reverse());
        assert.deepEqual(backwards.input, together.input);
      }),
    );
  });

  it('found in a changed text are put back into the original', () => {
    fc.assert(
      fc.property(cases, ({ words, order, kinds }) => {
        const original = firstDraft({ text: words.join(' ') }, null);
        const flips: Flip[] = [];
        /** What stands for each word now; '' where it is gone. */
        const now = [...words];
        let draft = original;
        for (const [index, word] of order.entries()) {
          const edit = kinds[word] === 'insert' ? 'replace' : kinds[word]!;
          const to = edit === 'delete' ? '' : `N${index}`;
          const placeIn = (parts: readonly string[], all: string) => {
            const before = parts.slice(0, word).filter(part => part !== '');
            const lead = all.length - all.trimStart().length;
            const start = before.reduce((sum, part) => sum + part.length + 1, lead);
            return { start, end: start + words[word]!.length };
          };
          const { text } = draft.input;
          assert.equal(text.trim(), now.filter(part => part !== '').join(' '));
          const there: Edit = { field: 0, edit, ...placeIn(now, text), to };
          const next = apply(draft, [there]);
          const found = flipOf({ draft: next, estimate: null }, flips);
          assert.deepEqual(found.edit, { ...there, ...placeIn(words, '') });
          flips.push(found);
          now[word] = to;
          draft = next;
          assert.deepEqual(applyFlips(original, flips).input, draft.input);
        }
      }),
    );
  });
});
