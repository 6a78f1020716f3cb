/** Running other programs. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { PlainError } from './print.mjs';
import { repository } from './places.mjs';

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] added to our own environment
 * @property {boolean} [quiet] show the output only when the program fails
 * @property {number} [limitSeconds] the program is killed after this
 */

/**
 * Runs a program to its end; resolves with its exit code, never rejects for it.
 * @param {string} program @param {readonly string[]} args @param {RunOptions} [options]
 * @returns {Promise<{ code: number, output: string }>} `output` only when quiet
 */
export function runToEnd(program, args, { cwd = repository, env, quiet, limitSeconds } = {}) {
  return new Promise((resolve, reject) => {
    // npm and code are batch files there, which only a shell starts.
    const needsShell = process.platform === 'win32' && !program.endsWith('.exe');
    const quoted = needsShell ? args.map(arg => `"${arg}"`) : args;
    const child = spawn(needsShell ? `"${program}"` : program, quoted, {
      cwd,
      env: { ...process.env, ...env },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      shell: needsShell,
    });
    let output = '';
    child.stdout?.on('data', chunk => (output += chunk));
    child.stderr?.on('data', chunk => (output += chunk));
    const timer = limitSeconds
      ? setTimeout(() => {
          console.error(`${program} ran for more than ${limitSeconds} seconds and was stopped.`);
          child.kill('SIGKILL');
        }, limitSeconds * 1000)
      : undefined;
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code: code ?? (signal ? 1 : 0), output });
    });
  });
}

/**
 * Like `runToEnd`, but a failure is an error with the command in it.
 * @param {string} program @param {readonly string[]} args @param {RunOptions} [options]
 */
export async function run(program, args, options = {}) {
  const { code, output } = await runToEnd(program, args, options);
  if (code === 0) return output;
  if (output) console.error(output);
  throw new PlainError(`"${[program, ...args].join(' ')}" failed with exit code ${code}.`);
}

/**
 * @param {readonly string[]} args @param {RunOptions} [options]
 */
export function runNpm(args, options) {
  // npm tells its scripts where it is; without it (node scripts/demo.mjs) it is on the path.
  const npm = process.env['npm_execpath'];
  return npm?.endsWith('.js')
    ? run(process.execPath, [npm, ...args], options)
    : run('npm', args, options);
}

/** The full name of a program on the path, or null. @param {string} name */
export function findProgram(name) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      if (folder && existsSync(file)) return file;
    }
  }
  return null;
}
