import assert from 'node:assert/strict';
import {
  closeEverything,
  explained,
  extension,
  glassbox,
  needsModel,
  openAt,
  workspaceUri,
} from './support';

/** Times are printed for `npm run bench`, as `name: N ms`, and not judged here: the machine may be busy. */
describe('Measures', () => {
  after(closeEverything);

  it('activates', async () => {
    const found = extension();
    const { activationMilliseconds } = await glassbox();
    assert.ok(found.isActive);
    assert.ok(activationMilliseconds > 0);
    console.log(`activation: ${activationMilliseconds.toFixed(1)} ms`);
  });

  it('explains from the command to the message to the panel', async function () {
    await needsModel(this);
    const uri = workspaceUri('reviews.dev.jsonl');
    const times: number[] = [];
    for (let line = 0; line < 15; line++) {
      await openAt(uri, line);
      const started = performance.now();
      const { record } = await explained();
      times.push(performance.now() - started);
      assert.equal(record.line, line + 1);
    }
    const warm = times.slice(5).sort((a, b) => a - b);
    console.log(`command to panel: ${warm[warm.length >> 1]!.toFixed(1)} ms`);
  });
});
