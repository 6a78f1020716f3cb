/** Puts the built extension where a VS Code server finds it as an installed one. */
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { repository } from './places.mjs';

/** What the extension needs when it runs; .vscodeignore lists the same. */
const shipped = ['package.json', 'package.nls.json', 'README.md', 'LICENSE', 'dist', 'media'];
/** The native packages, which are not bundled. */
const runtimePackages = ['onnxruntime-node', 'onnxruntime-common', 'tokenizers'];

/**
 * Makes `folder` an extensions folder with only Glassbox in it, as after an install: a copy, so that
 * a build in between does not change a VS Code that runs. Packages are linked, for their size.
 *
 * @param {string} folder
 * @param {readonly string[]} [companions] folders of further extensions, taken as they are
 */
export async function stageExtension(folder, companions = []) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const glassbox = path.join(folder, (await readManifest(repository)).folder);
  await mkdir(path.join(glassbox, 'node_modules'), { recursive: true });
  for (const name of shipped) {
    await cp(path.join(repository, name), path.join(glassbox, name), { recursive: true }).catch(
      error => {
        // package.nls.json and the like may not be there; the rest VS Code itself will miss.
        if (error.code !== 'ENOENT') throw error;
      },
    );
  }
  for (const name of runtimePackages) {
    const target = path.join(repository, 'node_modules', name);
    await symlink(target, path.join(glassbox, 'node_modules', name), 'junction');
  }
  for (const companion of companions) {
    await cp(companion, path.join(folder, (await readManifest(companion)).folder), {
      recursive: true,
    });
  }
  await writeIndex(folder, [repository, ...companions]);
}

/** @param {string} extension */
async function readManifest(extension) {
  const { publisher, name, version } = JSON.parse(
    await readFile(path.join(extension, 'package.json'), 'utf8'),
  );
  return { id: `${publisher}.${name}`, version, folder: `${publisher}.${name}-${version}` };
}

/**
 * extensions.json is VS Code's list of what is installed; folders that it does not name are ignored.
 * @param {string} folder @param {readonly string[]} extensions
 */
async function writeIndex(folder, extensions) {
  const index = [];
  for (const extension of extensions) {
    const manifest = await readManifest(extension);
    index.push({
      identifier: { id: manifest.id },
      version: manifest.version,
      relativeLocation: manifest.folder,
      location: { $mid: 1, path: path.join(folder, manifest.folder), scheme: 'file' },
      metadata: { installedTimestamp: Date.now(), source: 'vsix', pinned: true },
    });
  }
  await writeFile(path.join(folder, 'extensions.json'), JSON.stringify(index));
}
