/** Starting and stopping the VS Code server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PlainError } from './print.mjs';

const startLimit = 60_000;

/**
 * @typedef {object} ServerOptions
 * @property {import('./installServer.mjs').ServerPrograms} programs
 * @property {string} dataDir holds settings, state and logs of this server
 * @property {string} extensionsDir
 * @property {Record<string, unknown>} settings the user's settings
 * @property {readonly string[]} [flags] more flags of VS Code's server
 * @property {string} [token] what a browser must know to come in; without it anybody on this machine
 * @property {NodeJS.ProcessEnv} [env] added to the environment, which the extension host inherits
 * @property {number} [port] a free one when not given
 */

/**
 * @typedef {object} Server
 * @property {string} authority host:port, also the authority of vscode-remote:// addresses
 * @property {(folder: string, more?: Record<string, string>) => string} address of a window
 * @property {(settings: Record<string, unknown>) => Promise<void>} writeSettings VS Code follows at once
 * @property {() => Promise<void>} stop
 * @property {import('node:child_process').ChildProcess} process
 */

/** Settings that keep a window quiet: nothing opens, asks or calls home by itself. */
export const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
};

/**
 * Starts a server on 127.0.0.1 and waits until it listens.
 * @param {ServerOptions} options @returns {Promise<Server>}
 */
export async function startServer({
  programs,
  dataDir,
  extensionsDir,
  settings,
  flags = [],
  token,
  env,
  port = 0,
}) {
  const settingsFile = path.join(dataDir, 'data', 'User', 'settings.json');
  await mkdir(path.dirname(settingsFile), { recursive: true });
  const writeSettings = (/** @type {Record<string, unknown>} */ all) =>
    writeFile(settingsFile, `${JSON.stringify(all, null, 2)}\n`);
  await writeSettings(settings);

  const child = spawn(
    programs.node,
    [
      programs.main,
      '--accept-server-license-terms',
      '--host=127.0.0.1',
      `--port=${port}`,
      token ? `--connection-token=${token}` : '--without-connection-token',
      `--server-data-dir=${dataDir}`,
      `--extensions-dir=${extensionsDir}`,
      '--disable-telemetry',
      ...flags,
    ],
    {
      // With a parent code-server in the environment it would wait for it to talk first.
      env: { ...process.env, CODE_SERVER_PARENT_PID: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, to end it with all that it started: extension hosts, engines.
      detached: true,
    },
  );
  const endGroup = () => {
    try {
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  };
  process.once('exit', endGroup);
  const log = createWriteStream(path.join(dataDir, 'server.log'));
  const authority = await listening(child, log);

  return {
    authority,
    process: child,
    writeSettings,
    address: (folder, more = {}) => {
      const query = new URLSearchParams({
        folder: `vscode-remote://${authority}${folder}`,
        ...more,
      });
      if (token) query.set('tkn', token);
      return `http://${authority}/?${query}`;
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        child.kill('SIGTERM');
        const timer = setTimeout(endGroup, 5000);
        await gone;
        clearTimeout(timer);
      }
      endGroup();
      process.off('exit', endGroup);
      log.end();
    },
  };
}

/**
 * Resolves with host:port as soon as the server says that it listens.
 * @param {import('node:child_process').ChildProcess} child
 * @param {import('node:stream').Writable} log
 * @returns {Promise<string>}
 */
function listening(child, log) {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (/** @type {string} */ why) => {
      child.kill('SIGKILL');
      reject(new PlainError(`The VS Code server ${why}. It said:\n${said}`));
    };
    const timer = setTimeout(() => {
      fail('did not start within a minute');
    }, startLimit);
    const read = (/** @type {Buffer} */ chunk) => {
      log.write(chunk);
      if (said.length > 20_000) return;
      said += String(chunk);
      const port = /Extension host agent listening on (\d+)/.exec(said)?.[1];
      if (!port) return;
      clearTimeout(timer);
      resolve(`127.0.0.1:${port}`);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.on('error', error => {
      fail(`cannot be started: ${error.message}`);
    });
    child.on('exit', code => {
      clearTimeout(timer);
      fail(`ended with exit code ${code}`);
    });
  });
}
