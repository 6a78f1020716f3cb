/** Texts that are near to the one at hand, read once for all methods. */
import type { Model } from '../../model/model';
import type { MeasureRequest, ResolvedMeasureOptions } from '../../protocol/measures';
import type { Job } from '../saliency/method';
import { predictRows, type RunOptions } from '../task/predictRows';
import { readTexts } from '../task/readText';
import { meanLogits } from '../task/wholeText';
import { aligned, editsOf } from './edits';
import { sameQuestion } from './explainer';
import { swapped, swapsOf } from './swaps';

/** The text with one token swapped: every token has its place still. */
export interface SwappedText {
  readonly job: Job;
  readonly tokens: readonly number[];
}

export async function swappedTexts(
  model: Model,
  job: Job,
  tokens: readonly number[],
  asked: ResolvedMeasureOptions,
  options: RunOptions,
): Promise<SwappedText[]> {
  const swaps = await swapsOf(model, job.read, tokens, asked, options.signal);
  const reads = swaps.map(swap => swapped(job.read, swap));
  const rows = reads.flatMap(({ hand }) => hand.windows.map(({ row }) => row));
  const { outputs } = await predictRows(model, rows, options);
  let next = 0;
  return reads.map(read => {
    const own = outputs.slice(next, (next += read.hand.windows.length));
    const hand = { ...read.hand, outputs: own };
    return { job: sameQuestion(model, job, { ...read, hand }), tokens };
  });
}

/** The text after an edit. */
export interface EditedText {
  readonly edit: string;
  readonly job: Job;
  /** Tokens that both texts have: their places among those that can be taken away, and their indices in the edited text. */
  readonly places: readonly number[];
  readonly tokens: readonly number[];
  readonly logits: readonly number[];
}

/** Edits that the tokenizer does not see (the case of letters, of many) say nothing and are left out. */
export async function editedTexts(
  model: Model,
  job: Job,
  tokens: readonly number[],
  request: MeasureRequest,
  asked: ResolvedMeasureOptions,
  options: RunOptions,
): Promise<EditedText[]> {
  const edits = await editsOf(model, job.read, asked, options.signal);
  const { pair } = request;
  const inputs = edits.map(({ text }) => ({ text, ...(pair !== undefined && { pair }) }));
  const { reads } = await readTexts(model, inputs, request, options);
  const same = job.read.hand.ids.join();
  return edits.flatMap((edit, index): EditedText[] => {
    const read = reads[index];
    if (!read || read.hand.ids.join() === same) return [];
    const both = aligned(job.read, tokens, edit, read).flatMap((token, place) =>
      token === null ? [] : [{ token, place }],
    );
    if (both.length === 0) return [];
    return [
      {
        edit: edit.name,
        job: sameQuestion(model, job, read),
        places: both.map(({ place }) => place),
        tokens: both.map(({ token }) => token),
        logits: meanLogits(read.hand),
      },
    ];
  });
}
