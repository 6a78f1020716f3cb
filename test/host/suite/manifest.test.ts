import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { colours, commands, panelViewType } from '../../../src/host/ids';
import { settingNames } from '../../../src/host/settings';
import { extension, glassbox } from './support';

interface Item {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
}

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly extensionKind: readonly string[];
  readonly icon: string;
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: string;
      readonly description: string;
      readonly restrictedConfigurations: readonly string[];
    };
  };
  readonly contributes: {
    readonly commands: readonly { command: string; title: string; category?: string }[];
    readonly menus: Readonly<Record<string, readonly Item[]>>;
    readonly colors: readonly { id: string; defaults: Readonly<Record<string, string>> }[];
    readonly configuration: readonly {
      readonly properties: Readonly<
        Record<string, { default: unknown; markdownDescription: string }>
      >;
    }[];
    readonly walkthroughs: readonly {
      readonly id: string;
      readonly steps: readonly {
        readonly description: string;
        readonly media: { svg: string };
        readonly completionEvents: readonly string[];
      }[];
    }[];
  };
}

const manifest = (): Manifest => extension().packageJSON as Manifest;

describe('package.json', () => {
  it('names exactly the commands that the code registers', async () => {
    await glassbox();
    const named = manifest().contributes.commands.map(({ command }) => command);
    assert.deepEqual([...named].sort(), Object.values(commands).sort());
    const registered = await vscode.commands.getCommands(true);
    for (const command of named) assert.ok(registered.includes(command), command);
  });

  it('gives every command of the palette the category, and those of menus the name', () => {
    const hidden = new Set(
      manifest()
        .contributes.menus['commandPalette']?.filter(({ when }) => when === 'false')
        .map(({ command }) => command),
    );
    for (const { command, title, category } of manifest().contributes.commands) {
      if (hidden.has(command)) assert.match(title, /^Glassbox: /, command);
      else assert.equal(category, 'Glassbox', command);
    }
  });

  it('has a text for every placeholder', () => {
    const folder = extension().extensionPath;
    const raw = readFileSync(path.join(folder, 'package.json'), 'utf8');
    const texts = JSON.parse(readFileSync(path.join(folder, 'package.nls.json'), 'utf8')) as object;
    const wanted = [...raw.matchAll(/"%([^%"]+)%"/g)].map(match => match[1]!);
    assert.ok(wanted.length > 30);
    assert.deepEqual([...new Set(wanted)].sort(), Object.keys(texts).sort());
  });

  it('offers editor menus on dataset files only', () => {
    const { menus } = manifest().contributes;
    const items = [...menus['editor/context']!, ...menus['editor/lineNumber/context']!];
    assert.ok(items.length >= 3);
    for (const { when } of items) {
      const pattern = /resourceExtname =~ \/(.+?)\/i/.exec(when ?? '')?.[1];
      assert.ok(pattern, when);
      const matches = (name: string) => new RegExp(pattern, 'i').test(path.extname(name));
      assert.ok(['a.jsonl', 'b.csv', 'c.TSV', 'd.txt', 'e.conll'].every(matches));
      assert.ok(!['a.json', 'b.md', 'c.ts', 'd', 'e.csvx'].some(matches));
    }
  });

  it('has the four theme kinds for every colour', () => {
    const { colors } = manifest().contributes;
    assert.deepEqual(colors.map(({ id }) => id).sort(), Object.values(colours).sort());
    for (const { id, defaults } of colors) {
      const kinds = ['dark', 'light', 'highContrast', 'highContrastLight'];
      assert.deepEqual(Object.keys(defaults).sort(), [...kinds].sort(), id);
    }
  });

  it('describes the settings that the code reads, each with a default', () => {
    const all = manifest().contributes.configuration.flatMap(({ properties }) =>
      Object.entries(properties),
    );
    assert.deepEqual(all.map(([name]) => name).sort(), Object.values(settingNames).sort());
    for (const [name, { default: value, markdownDescription }] of all) {
      assert.notEqual(value, undefined, name);
      assert.ok(markdownDescription.length > 20, name);
    }
  });

  it('is limited in untrusted workspaces: no model and no program by their settings', () => {
    const { supported, description, restrictedConfigurations } =
      manifest().capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    assert.ok(description.length > 20);
    assert.ok(restrictedConfigurations.includes(settingNames.model));
    assert.ok(restrictedConfigurations.includes(settingNames.nodePath));
  });

  it('starts only when asked, where the files are', () => {
    assert.deepEqual(manifest().activationEvents, [`onWebviewPanel:${panelViewType}`]);
    assert.deepEqual(manifest().extensionKind, ['workspace']);
  });

  it('has its pictures, and steps that can be completed', () => {
    const file = (name: string) => path.join(extension().extensionPath, name);
    const png = readFileSync(file(manifest().icon));
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [128, 128]);
    const [walkthrough] = manifest().contributes.walkthroughs;
    assert.ok(walkthrough);
    assert.equal(walkthrough.steps.length, 5);
    const known = Object.values(commands) as string[];
    for (const { media, completionEvents, description } of walkthrough.steps) {
      assert.ok(existsSync(file(media.svg)), media.svg);
      const linked = [...description.matchAll(/\(command:([\w.]+)\)/g)].map(match => match[1]!);
      const completing = completionEvents.map(event => event.replace(/^onCommand:/, ''));
      assert.ok(linked.length > 0);
      for (const command of [...linked, ...completing]) assert.ok(known.includes(command), command);
    }
  });
});
