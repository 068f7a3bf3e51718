import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { columns } from './row.mjs';

const DEFAULT_LIMIT_MS = 300_000;

/** Packages that the programs need in addition to ours. */
const companions = ['redis@6', 'eslint@10', '@opentelemetry/api@1'];

/**
 * @typedef {object} RunOptions
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} [env] in addition to the environment of the private registry
 * @property {number} [limit] milliseconds after which it is killed
 */

/** The place of the checks: a folder for temporary files, and the private registry that has the release. */
export class Workplace {
  /** The environment in which package managers use the private registry. */
  environment;
  /** The released version. */
  version;
  #root;
  #installations;
  /** @type {Map<string, Promise<string>>} */
  #installed = new Map();

  /**
   * @param {object} options
   * @param {string} options.root a folder for temporary files
   * @param {string} options.installations a folder for what npm installs; what is there already is used
   * @param {NodeJS.ProcessEnv} options.environment
   * @param {string} options.version
   */
  constructor({ root, installations, environment, version }) {
    this.#root = root;
    this.#installations = installations;
    this.environment = environment;
    this.version = version;
  }

  /**
   * Returns a new folder.
   *
   * @param {string} name for people who look into it
   * @param {Readonly<Record<string, string | object>>} [files] their content by their paths; an object becomes JSON
   */
  folder(name, files) {
    return this.folderIn(this.#root, name, files);
  }

  /**
   * Returns a new folder in another one, whose packages its programs find.
   *
   * @param {string} parent
   * @param {string} name
   * @param {Readonly<Record<string, string | object>>} [files]
   */
  folderIn(parent, name, files = {}) {
    const folder = mkdtempSync(path.join(parent, `${name.replaceAll(/[^\w.]+/g, '-')}-`));
    writeFiles(folder, files);
    return folder;
  }

  /**
   * Runs a program to its end and returns what it printed. Rejects if its exit code is not 0.
   *
   * @param {readonly string[]} commandLine
   * @param {RunOptions} options
   * @returns {Promise<string>}
   */
  async execute(commandLine, options) {
    const program = this.start(commandLine, options);
    const end = await program.ended;
    if (end === 0) return program.printed;
    throw new Error(`${commandLine.join(' ')}\nended with ${end}:\n${program.printed}`);
  }

  /**
   * Starts a program that runs until it is stopped, such as a server.
   *
   * @param {readonly string[]} commandLine
   * @param {RunOptions} options
   */
  start([command = '', ...parameters], { cwd, env = {}, limit = DEFAULT_LIMIT_MS }) {
    const child = spawn(command, parameters, {
      cwd,
      env: { ...this.environment, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limit,
      shell: process.platform === 'win32',
    });
    /** @type {Promise<number | string>} */
    const ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? signal ?? ''));
    });
    const program = {
      printed: '',
      /** Resolves with the exit code, or the signal that ended it. */
      ended,
      /** @param {NodeJS.Signals} [signal] */
      stop: async (signal) => {
        child.kill(signal);
        return ended;
      },
      /** Resolves when the program has printed this. @param {string | RegExp} text */
      async untilPrinted(text) {
        /** @type {{ end?: number | string }} */
        const state = {};
        void ended.then((end) => (state.end = end));
        while (program.printed.search(text) === -1) {
          if (state.end !== undefined)
            throw new Error(`ended with ${state.end} before it printed ${String(text)}:\n${program.printed}`);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      },
    };
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        program.printed += chunk;
      });
    return program;
  }

  /**
   * Returns a folder in which npm has installed these packages; the same for the same packages. Programs go into a
   * {@link folderIn} it.
   *
   * @param {readonly string[]} packages such as `esbuild@0.28.2`
   */
  installed(...packages) {
    const key = packages.join(' ');
    let folder = this.#installed.get(key);
    if (folder === undefined) {
      folder = this.#install(packages);
      this.#installed.set(key, folder);
    }
    return folder;
  }

  /**
   * Returns a folder in which npm has installed every package of ours, and those that they are used with.
   *
   * @param {readonly string[]} more
   */
  everything(...more) {
    return this.installed(...columns.map((column) => `@metrics/${column}`), ...companions, ...more);
  }

  /** @param {readonly string[]} packages */
  async #install(packages) {
    const digest = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 8);
    const folder = path.join(this.#installations, `${packages[0]?.replaceAll(/[^\w.]+/g, '-')}-${digest}`);
    // npm writes it last.
    if (existsSync(path.join(folder, 'package-lock.json'))) return folder;
    writeFiles(folder, { 'package.json': { private: true } });
    await this.execute(['npm', 'install', '--no-audit', '--no-fund', ...packages], { cwd: folder });
    return folder;
  }
}

/**
 * @param {string} folder
 * @param {Readonly<Record<string, string | object>>} files
 */
export function writeFiles(folder, files) {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }
}
