import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { openFileLines } from '../../../src/dataset/fileLines';
import type { LineSource } from '../../../src/dataset/lineSource';
import { GlassboxError } from '../../../src/protocol/messages';
import { withFile } from './sources';

function allLines(source: LineSource): string[] {
  return Array.from({ length: source.lineCount }, (_, index) => source.line(index));
}

async function refusal(content: Buffer): Promise<string> {
  try {
    await withFile('data.csv', content, allLines);
  } catch (error) {
    assert.ok(error instanceof GlassboxError);
    assert.equal(error.code, 'bad-input');
    return error.message;
  }
  assert.fail('nothing was thrown');
}

describe('dataset: lines of a file', () => {
  it('splits any text as an editor does, whatever the line breaks', async () => {
    const piece = fc.constantFrom(
      '\n',
      '\r\n',
      '\r',
      'a',
      'é',
      '漢',
      '😀',
      'ß\u0301',
      '"',
      '\u2028',
      '',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 60 }), async pieces => {
        const text = pieces.join('');
        const lines = await withFile('data.txt', text, allLines);
        assert.deepEqual(lines, text.split(/\r\n|\r|\n/));
      }),
      { numRuns: 60 },
    );
  });

  it('finds line breaks that fall on the border of two chunks', async () => {
    for (const lead of [(1 << 20) - 2, (1 << 20) - 1, 1 << 20]) {
      const text = `${'x'.repeat(lead)}\r\nsecond\rthird 😀\n`;
      assert.deepEqual(await withFile('data.txt', text, allLines), text.split(/\r\n|\r|\n/));
    }
  });

  it('leaves out a byte order mark', async () => {
    assert.deepEqual(await withFile('data.txt', '\ufeffone\n\ufefftwo', allLines), [
      'one',
      '\ufefftwo',
    ]);
  });

  it('has one empty line for an empty file, as an editor does', async () => {
    assert.deepEqual(await withFile('data.txt', '', allLines), ['']);
  });

  it('reads lines in any order, and lines longer than a block', async () => {
    const lines = Array.from({ length: 300 }, (_, i) => `${i} ${'é'.repeat((i * 7919) % 90_000)}`);
    await withFile('data.txt', lines.join('\n'), source => {
      for (const index of [299, 0, 150, 149, 151, 12, 298]) {
        assert.equal(source.line(index), lines[index]);
      }
    });
  });

  it('refuses what is not UTF-8 text, and says what it is', async () => {
    assert.match(
      await refusal(Buffer.from('\ufefftext,label\n', 'utf16le')),
      /^data\.csv is UTF-16/,
    );
    assert.match(
      await refusal(Buffer.from([0x89, 0x50, 0, 1, 2])),
      /^data\.csv is not a text file/,
    );
    assert.match(
      await refusal(Buffer.from('text\ncaf\u00e9\n', 'latin1')),
      /^data\.csv, line 2: the bytes are not UTF-8 text\. Save the file as UTF-8\.$/,
    );
  });

  it('names a file that is missing or is a folder', async () => {
    const missing = join(tmpdir(), 'glassbox-no-such-file.jsonl');
    await assert.rejects(openFileLines(missing), {
      code: 'bad-input',
      message: `glassbox-no-such-file.jsonl cannot be read: there is no such file. Check the path: ${missing}`,
    });
    await assert.rejects(openFileLines(tmpdir()), /is not a file\. Name a dataset file in it\.$/);
  });

  it('does not wait for a named pipe', async function () {
    if (process.platform === 'win32') return this.skip();
    const folder = await mkdtemp(join(tmpdir(), 'glassbox-dataset-'));
    try {
      const path = join(folder, 'pipe.jsonl');
      execFileSync('mkfifo', [path]);
      await assert.rejects(openFileLines(path), /pipe\.jsonl is not a file\./);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('stops when it is cancelled', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'glassbox-dataset-'));
    try {
      const path = join(folder, 'long.txt');
      await writeFile(path, 'line\n'.repeat(4_000_000));
      const stop = new AbortController();
      const opening = openFileLines(path, { signal: stop.signal });
      setImmediate(() => {
        stop.abort();
      });
      await assert.rejects(opening, { code: 'cancelled' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
