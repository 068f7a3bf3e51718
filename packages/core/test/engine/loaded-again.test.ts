import { compileFunction } from 'node:vm';
import { DummyMetricsBackend } from '../../src/index.js';

class LiveBackend extends DummyMetricsBackend {
  override readonly discards = false as never;
  override readonly replaceable = false as never;
  override closed = false;

  override async close(): Promise<void> {
    this.closed = true;
  }
}

const mode = process.env['NODE_ENV'];
afterEach(() => {
  process.env['NODE_ENV'] = mode;
});

it('twenty times jest.resetModules() add no listeners to the process', async () => {
  const { createMetrics } = await import('../../src/index.js');
  createMetrics({ backend: new LiveBackend(), signals: ['SIGUSR2'] });
  const count = (): number[] => ['exit', 'beforeExit', 'SIGUSR2'].map((event) => process.listenerCount(event));
  const before = count();
  for (let round = 0; round < 20; round += 1) {
    jest.resetModules();
    const copy = await import('../../src/index.js');
    copy.createMetrics({ backend: new LiveBackend(), signals: ['SIGUSR2'] });
  }
  expect(count()).toEqual(before);
});

describe('a call of register that runs again', () => {
  const setUp = async (): Promise<[() => LiveBackend, () => LiveBackend]> => {
    const { createMetrics } = await import('../../src/index.js');
    const metrics = createMetrics();
    const register = (): LiveBackend => {
      const backend = new LiveBackend();
      metrics.register(backend);
      return backend;
    };
    const elsewhere = (): LiveBackend => {
      const backend = new LiveBackend();
      metrics.register(backend);
      return backend;
    };
    return [register, elsewhere];
  };

  it.each(['test', '', 'development'])('replaces the backend with NODE_ENV=%s', async (env) => {
    process.env['NODE_ENV'] = env;
    const [register] = await setUp();
    const first = register();
    register();
    expect(first.closed).toBe(true);
  });

  it.each([
    ['/app/server/chunks/[root]__1s-w._.js?id=[project]/app/a.ts+[app-route]+(ecmascript)', 'of a path'],
    ['file:///app/server/chunks/%5Broot%5D__1s-w._.js?id=%5Bproject%5D/app/a.ts+(ecmascript)', 'of Turbopack'],
    ['file:///app/server/chunks/%5Broot%5D__1s-w._.js?t=1732912345678', 'of Vite'],
  ])('replaces the backend in development if %s, a name %s, runs instead of the file', async (name) => {
    process.env['NODE_ENV'] = 'development';
    const { createMetrics } = await import('../../src/index.js');
    const metrics = createMetrics();
    const registerIn = (filename: string, lines: string): LiveBackend => {
      const backend = new LiveBackend();
      compileFunction(`${lines}metrics.register(backend)`, ['metrics', 'backend'], { filename })(metrics, backend);
      return backend;
    };
    const first = registerIn('/app/server/chunks/[root]__1s-w._.js', '');
    registerIn(name, '\n\n');
    expect(first.closed).toBe(true);
    expect(() => registerIn('/app/server/chunks/[other]__1s-w._.js', '')).toThrow(/registered already/);
  });

  it('is an error in production', async () => {
    process.env['NODE_ENV'] = 'production';
    const [register] = await setUp();
    register();
    expect(register).toThrow(/registered already/);
  });

  it('from another place in the file is an error, except in development, where an edit moves lines', async () => {
    const [register, elsewhere] = await setUp();
    register();
    expect(elsewhere).toThrow(/registered already/);
    process.env['NODE_ENV'] = 'development';
    expect(elsewhere).not.toThrow();
  });
});
