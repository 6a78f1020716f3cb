/** The command line as users run it: bundled, in a process of its own. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { build } from 'esbuild';

export interface Finished {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export const builtFolder = path.resolve('out', 'test', 'cli');

/** Bundles cli.js, engine.js and the engine's thread side by side. */
export async function buildCli(): Promise<void> {
  await build({
    entryPoints: {
      cli: 'src/cli.ts',
      engine: 'src/engine/main.ts',
      eigenWorker: 'src/interpret/influence/ekfac/eigenWorker.ts',
    },
    outdir: builtFolder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // As in scripts/build.mjs.
    mainFields: ['module', 'main'],
    external: ['onnxruntime-node', 'tokenizers'],
    logLevel: 'error',
  });
}

/** Of these colours depend, and what stands in the output with them. */
export const withoutColours = { FORCE_COLOR: undefined, NO_COLOR: undefined, CI: undefined };

/** Runs it to its end. `env` is added to the environment; standard output is no terminal. */
export function runCli(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Finished> {
  return new Promise(resolve => {
    execFile(
      process.execPath,
      [path.join(builtFolder, 'cli.js'), ...args],
      {
        ...options,
        env: { ...process.env, ...withoutColours, ...options.env },
        maxBuffer: 2 ** 26,
      },
      (error, out, err) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, out, err });
      },
    );
  });
}
