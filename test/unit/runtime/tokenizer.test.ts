import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GlassboxError } from '../../../src/protocol/messages';
import { Tokenizer } from '../../../src/runtime/tokenizer';

const fixtures = path.resolve('test', 'fixtures', 'tokenizers');
const wordPiece = (): Promise<Tokenizer> =>
  Tokenizer.load(path.join(fixtures, 'wordpiece', 'tokenizer.json'));
const byteLevel = (): Promise<Tokenizer> =>
  Tokenizer.load(path.join(fixtures, 'bytelevel', 'tokenizer.json'));

/** The characters of the text that each token covers. */
async function pieces(tokenizer: Tokenizer, text: string): Promise<string[]> {
  const { tokens } = await tokenizer.encode({ text });
  return tokens.filter(token => !token.special).map(token => text.slice(token.start, token.end));
}

describe('Tokenizer', () => {
  it('gives ids, type ids, special tokens, words and UTF-16 places', async () => {
    const { ids, typeIds, tokens } = await (
      await wordPiece()
    ).encode({ text: 'The Film is charming!' });
    assert.deepEqual(ids, [2, 9, 10, 11, 17, 18, 23, 3]);
    assert.deepEqual(typeIds, [0, 0, 0, 0, 0, 0, 0, 0]);
    assert.deepEqual(
      tokens.map(({ text, start, end, special, word }) => [text, start, end, special, word]),
      [
        ['[CLS]', 0, 0, true, null],
        ['the', 0, 3, false, 0],
        ['film', 4, 8, false, 1],
        ['is', 9, 11, false, 2],
        ['charm', 12, 17, false, 3],
        ['##ing', 17, 20, false, 3],
        ['!', 20, 21, false, 4],
        ['[SEP]', 0, 0, true, null],
      ],
    );
  });

  it('ignores the padding to 12 and the truncation to 8 that its file asks for', async () => {
    const tokenizer = await wordPiece();
    assert.equal((await tokenizer.encode({ text: 'a' })).ids.length, 3);
    assert.equal((await tokenizer.encode({ text: 'a '.repeat(20) })).ids.length, 22);
  });

  it('places tokens among emoji, combining marks and CJK', async () => {
    const tokenizer = await wordPiece();
    assert.deepEqual(await pieces(tokenizer, '😀 bad 👩‍👩‍👧 Film'), ['😀', 'bad', '👩‍👩‍👧', 'Film']);
    // e + combining acute: the accent is stripped by the normaliser, its place stays with the word.
    assert.deepEqual(await pieces(tokenizer, 'E\u0301toile bad'), ['E\u0301toile', 'bad']);
    assert.deepEqual(await pieces(tokenizer, '映画は good'), ['映', '画', 'は', 'good']);
  });

  it('gives every byte of an emoji the place of the whole character', async () => {
    const covered = await pieces(await byteLevel(), '😀 good film');
    assert.deepEqual(covered, ['😀', '😀', '😀', '😀', 'good', 'film']);
  });

  it('takes lone surrogates and NUL without shifting what follows', async () => {
    const text = 'bad \ud83d good \ude00\0 film';
    for (const tokenizer of [await wordPiece(), await byteLevel()]) {
      const covered = await pieces(tokenizer, text);
      assert.ok(covered.includes('good'), covered.join('|'));
      assert.equal(covered.at(-1), 'film');
    }
  });

  it('flags unknown tokens, and only those', async () => {
    const { tokens } = await (await wordPiece()).encode({ text: 'the zebra is [UNK]' });
    assert.deepEqual(
      tokens.map(token => token.unknown),
      [false, false, true, false, true, false],
    );
    assert.ok((await (await byteLevel()).encode({ text: 'zebra' })).tokens.every(t => !t.unknown));
  });

  it('knows its padding, mask and unknown tokens', async () => {
    const first = await wordPiece();
    assert.deepEqual([first.padId, first.maskId, first.unkId, first.largestId()], [0, 4, 1, 26]);
    const second = await byteLevel();
    assert.deepEqual([second.padId, second.maskId, second.unkId], [1, second.largestId(), null]);
    assert.deepEqual([first.kind, second.kind], ['WordPiece', 'BPE']);
    assert.equal(second.vocabSize, second.largestId() + 1);
  });

  it('encodes an empty text as its special tokens', async () => {
    assert.deepEqual((await (await wordPiece()).encode({ text: '' })).ids, [2, 3]);
  });

  it('takes 100,000 characters in less than two seconds', async () => {
    const text = 'the film is 😀 good , '.repeat(5000).slice(0, 100_000);
    for (const tokenizer of [await wordPiece(), await byteLevel()]) {
      const started = performance.now();
      const { ids } = await tokenizer.encode({ text });
      assert.ok(performance.now() - started < 2000);
      assert.ok(ids.length > 10_000);
    }
  });

  describe('with a broken file', () => {
    let folder: string;
    before(() => (folder = mkdtempSync(path.join(tmpdir(), 'glassbox-'))));
    after(() => {
      rmSync(folder, { recursive: true });
    });

    for (const [what, text] of [
      ['empty', ''],
      ['cut off', '{"version": "1.0", "model": {'],
      ['an array', '[]'],
      ['without a model', '{"version": "1.0"}'],
      ['of an unknown kind', '{"version": "1.0", "model": {"type": "Foo"}}'],
    ] as const) {
      it(`says so in one sentence: ${what}`, async () => {
        const file = path.join(folder, 'tokenizer.json');
        writeFileSync(file, text);
        await assert.rejects(Tokenizer.load(file), error => {
          assert.ok(error instanceof GlassboxError);
          assert.equal(error.code, 'bad-model');
          assert.ok(error.message.startsWith(file));
          assert.ok(!error.message.includes('\n'));
          return true;
        });
      });
    }

    it('says so when it is missing', async () => {
      await assert.rejects(Tokenizer.load(path.join(folder, 'nothing.json')), {
        code: 'bad-model',
      });
    });
  });
});
