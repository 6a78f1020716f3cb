/**
 * Bundles the parts of Glassbox with esbuild: `node scripts/build.mjs [--watch]`.
 *
 * | bundle                  | runs in                    | must not contain            |
 * | ----------------------- | -------------------------- | --------------------------- |
 * | dist/extension.js       | VS Code's extension host   | native modules              |
 * | dist/engine.js          | a child process            |                             |
 * | dist/eigenWorker.js     | a thread of the engine     |                             |
 * | dist/cli.js             | a terminal                 |                             |
 * | dist/webview/panel.*    | the page of the panel      | anything of Node            |
 * | out/test/host/**        | the extension host, tests  |                             |
 *
 * Native modules are never bundled (esbuild cannot), they are required at run time; that the
 * extension host requires none of them is checked here, on what was really bundled.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { build, context } from 'esbuild';
import { repository } from './tools/places.mjs';

const isWatch = process.argv.includes('--watch');
const nativeModules = ['onnxruntime-node', 'tokenizers'];

/** @type {import('esbuild').BuildOptions} */
const shared = {
  absWorkingDir: repository,
  bundle: true,
  metafile: true,
  sourcemap: true,
  logLevel: 'silent',
  legalComments: 'none',
};

/** @type {import('esbuild').BuildOptions} */
const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // The other form of jsonc-parser (UMD) requires its parts by names that esbuild cannot follow.
  mainFields: ['module', 'main'],
  // Stack traces and error messages name our functions; the size that minifying saves is not worth that.
  minify: false,
};

const suiteFolder = path.join(repository, 'test', 'host', 'suite');
const hostTests = existsSync(suiteFolder)
  ? readdirSync(suiteFolder, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.test.ts'))
      .map(name => path.posix.join('test/host/suite', name.replaceAll('\\', '/')))
      .sort()
  : [];

/** @type {{ name: string, entries: string[], options: import('esbuild').BuildOptions }[]} */
const bundles = [
  {
    name: 'extension',
    entries: ['src/extension.ts'],
    options: { ...node, outfile: 'dist/extension.js', external: ['vscode'], minify: true },
  },
  {
    name: 'engine',
    entries: ['src/engine/main.ts'],
    options: { ...node, outfile: 'dist/engine.js', external: nativeModules },
  },
  {
    name: 'eigenvectors',
    entries: ['src/interpret/influence/ekfac/eigenWorker.ts'],
    options: { ...node, outfile: 'dist/eigenWorker.js' },
  },
  {
    name: 'command line',
    entries: ['src/cli.ts'],
    options: {
      ...node,
      outfile: 'dist/cli.js',
      external: nativeModules,
      // The source may already begin with it.
      ...(startsWithShebang('src/cli.ts') ? {} : { banner: { js: '#!/usr/bin/env node' } }),
    },
  },
  {
    name: 'panel',
    entries: ['webview/panel.ts', 'webview/panel.css'],
    options: {
      ...shared,
      platform: 'browser',
      format: 'iife',
      // Chromium 128 is what the oldest supported VS Code (1.95, Electron 32) shows pages with.
      target: 'chrome128',
      outdir: 'dist/webview',
      minify: true,
    },
  },
  {
    name: 'host tests',
    entries: ['test/host/index.ts', ...hostTests],
    options: {
      ...node,
      outdir: 'out/test/host',
      outbase: 'test/host',
      external: ['vscode', 'mocha', ...nativeModules],
    },
  },
];

/** @param {string} file */
function startsWithShebang(file) {
  const full = path.join(repository, file);
  return existsSync(full) && readFileSync(full, 'utf8').startsWith('#!');
}

/**
 * What is wrong with a finished bundle, if anything: native modules in the extension host.
 * @param {import('esbuild').Metafile} metafile
 */
function nativeImports(metafile) {
  const names = [
    ...Object.keys(metafile.inputs),
    ...Object.values(metafile.outputs).flatMap(output => output.imports.map(({ path }) => path)),
  ];
  return names.filter(name => nativeModules.some(native => name.split(/[\\/]/).includes(native)));
}

/** @param {import('esbuild').Message} message @param {string} kind */
function printMessage({ text, location }, kind) {
  // The shape that the problem matcher in .vscode/tasks.json reads.
  const place = location ? `${location.file}:${location.line}:${location.column + 1}: ` : '';
  console.error(`${place}${kind}: ${text}`);
}

/** @param {import('esbuild').BuildResult} result */
async function printSizes(result) {
  for (const file of Object.keys(result.metafile?.outputs ?? {})) {
    if (file.endsWith('.map') || file.startsWith('out/')) continue;
    const { size } = await stat(path.join(repository, file));
    console.log(`  ${file.padEnd(26)} ${(size / 1024).toFixed(1).padStart(8)} kB`);
  }
}

/** Reports each finished build; with --watch, the tasks of VS Code wait for these lines.
 * @param {string} name @returns {import('esbuild').Plugin} */
const reporter = name => ({
  name: 'report',
  setup(builder) {
    builder.onStart(() => {
      if (isWatch) console.log(`[watch] build started (${name})`);
    });
    builder.onEnd(async result => {
      for (const message of result.errors) printMessage(message, 'error');
      for (const message of result.warnings) printMessage(message, 'warning');
      const native = name === 'extension' && result.metafile ? nativeImports(result.metafile) : [];
      if (native.length > 0) {
        const says = `the extension host would load native modules: ${native.join(', ')}`;
        printMessage({ ...emptyMessage, text: says }, 'error');
        if (!isWatch) throw new Error(says);
      }
      if (result.errors.length === 0) await printSizes(result);
      if (isWatch) console.log(`[watch] build finished (${name})`);
    });
  },
});

/** @type {import('esbuild').Message} */
const emptyMessage = { id: '', pluginName: '', text: '', location: null, notes: [], detail: null };

async function main() {
  const wanted = bundles.map(bundle => ({
    ...bundle,
    entries: bundle.entries.filter(entry => existsSync(path.join(repository, entry))),
  }));
  // Tests that were deleted must not run from an old bundle.
  await rm(path.join(repository, 'out', 'test', 'host'), { recursive: true, force: true });

  for (const { name, entries, options } of wanted) {
    if (entries.length === 0) {
      console.log(`  (${name}: no source yet)`);
      continue;
    }
    const all = { ...options, entryPoints: entries, plugins: [reporter(name)] };
    if (isWatch) await (await context(all)).watch();
    else await build(all);
  }
}

main().catch(error => {
  // esbuild's own errors were printed by the reporter, each with its place.
  if (!(error instanceof Error && 'errors' in error)) console.error(error);
  process.exitCode = 1;
});
