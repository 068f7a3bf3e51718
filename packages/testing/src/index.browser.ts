// @metrics/testing in browsers and edge runtimes: the same, built without a file that imports modules of Node.js.
export * from './index.js';
