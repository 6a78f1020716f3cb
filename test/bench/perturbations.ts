/** What LIME costs over the runs of the model that it takes. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { explain } from '../../src/interpret/saliency/explain';
import { feedsOf, type Row } from '../../src/model/inputs';
import type { Removal } from '../../src/protocol/explanation';
import { Session } from '../../src/runtime/session';
import { openModel } from '../support/attackStudy';
import { ask, kit } from '../support/models';
import { format, type Figure } from './report';
import { timePair } from './timing';

const samples = 1000;

/** 28 words and marks: with the two special tokens, 30 tokens of sst2-bert. */
const line =
  'the story is slow and the jokes are old , but the two leads are so warm and funny that you forgive the film in the end .';

/** Only where the model is. */
export async function perturbationFigures(): Promise<Figure[]> {
  const dir = path.join(kit, 'models', 'sst2-bert');
  if (!existsSync(dir)) return [];
  return [await limeOverForward(dir, 'mask'), await limeOverForward(dir, 'delete')];
}

/**
 * Against as many rows of the whole text, in batches of the same sizes: the session is run on tensors that are made beforehand, and
 * nothing is done with what it says.
 */
async function limeOverForward(dir: string, removal: Removal): Promise<Figure> {
  const model = await openModel(dir);
  const session = await Session.create(model.about.file);
  try {
    const request = ask(line, 'lime', { parameters: { samples, removal } });
    const batches = await batchesOf(model, () => explain(model, request));
    const row = batches[0]![0]!;
    const size = Math.max(...batches.map(rows => rows.length));
    const feeds = Array.from({ length: Math.ceil(samples / size) }, (_, i) =>
      feedsOf(model.about.inputs, new Array<Row>(Math.min(size, samples - i * size)).fill(row)),
    );
    const { ratio, first, second } = await timePair(
      async () => {
        for (const batch of feeds) await session.run(batch);
      },
      () => explain(model, request),
      7,
    );
    const asked = batches.reduce((sum, rows) => sum + rows.length, 0);
    return {
      name: `LIME, ${samples} samples, over ${samples} forward rows, ${removal}`,
      value: ratio,
      unit: 'x',
      goal: 1.5,
      details: `sst2-bert, ${row.ids.length} tokens: bare rows in batches of ${size} ${format(first)} ms, LIME ${format(second)} ms with ${asked} rows that differ`,
    };
  } finally {
    await session.release();
    await model.release();
  }
}

/** The rows that `work` asks the model about. */
async function batchesOf(
  model: Awaited<ReturnType<typeof openModel>>,
  work: () => Promise<unknown>,
): Promise<(readonly Row[])[]> {
  const predict = model.predict.bind(model);
  const batches: (readonly Row[])[] = [];
  model.predict = async rows => {
    batches.push(rows);
    return await predict(rows);
  };
  await work();
  model.predict = predict;
  return batches;
}
