/** `npm run demo`, as a person types it, up to a line that is explained. */
import assert from 'node:assert/strict';
import * as path from 'node:path';
import { runToEnd } from '../../scripts/tools/command.mjs';
import { repository } from '../../scripts/tools/places.mjs';

describe('npm run demo', () => {
  it('opens a VS Code in which a right-click explains a line', async function () {
    this.timeout(240_000);
    const script = path.join(repository, 'scripts', 'demo.mjs');
    const { code, output } = await runToEnd(process.execPath, [script, '--check'], { quiet: true });
    assert.equal(code, 0, output);
    assert.match(output, /The walkthrough is open/);
    assert.match(output, /Explained: reviews\.dev\.jsonl : 1/);
    assert.match(output, /Tinted in the file: \w+/);
  });
});
