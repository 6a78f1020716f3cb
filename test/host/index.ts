/** What VS Code starts in its extension host: mocha on every file of suite/, with the counts written down. */
import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';

const repository = path.resolve(__dirname, '..', '..', '..');

function testFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.js'))
    .map(name => path.join(folder, name))
    .sort();
}

/** Marks what the tests print, so that the launcher can tell it from what VS Code prints. */
function markOutput(mark: string): void {
  const print = console.log.bind(console);
  const marked = (...parts: unknown[]) => {
    for (const line of format(...parts).split('\n')) print(mark + line);
  };
  // The methods of VS Code's own console cannot be set, so a console of our own stands before it.
  const method = { value: marked };
  const methods = { log: method, info: method, warn: method, error: method };
  globalThis.console = Object.create(console, methods) as Console;
  Mocha.reporters.Base.consoleLog = marked;
}

/** Rejects when a test failed or none ran: VS Code makes an exit code of it. */
export async function run(): Promise<void> {
  markOutput(process.env['GLASSBOX_MARK'] ?? '');
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 60_000,
    forbidOnly: process.env['CI'] !== undefined,
    color: false,
    reporter: path.join(repository, 'scripts', 'tools', 'countingReporter.cjs'),
    ...(process.env['GLASSBOX_GREP'] ? { grep: process.env['GLASSBOX_GREP'] } : {}),
  });
  for (const file of testFiles(path.join(__dirname, 'suite'))) mocha.addFile(file);
  const failures = await new Promise<number>((resolve, reject) => {
    try {
      const runner = mocha.run(resolve);
      runner.once('end', () => {
        if (runner.total === 0) reject(new Error('There is no test in test/host/suite.'));
      });
    } catch (error) {
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
  if (failures > 0) throw new Error(`${failures} of the host tests failed.`);
}
