/** What decides which tokens a model reads of a text, beside the text: kept numbers are good for one such way alone. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Model } from '../../../model/model';

/** SHA-256, hexadecimal. The weights have no part in it (`about.hash`). */
export async function readingHash({ about }: Model): Promise<string> {
  const { tokenizer, maxTokens, padId } = about;
  const file = tokenizer ? await readFile(tokenizer.file) : '';
  return createHash('sha256')
    .update(JSON.stringify([maxTokens, padId]))
    .update(file)
    .digest('hex');
}
