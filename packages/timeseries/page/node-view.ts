// The view of the metrics that @metrics/node records.
import type { CardContent } from './card-content.js';

interface Section {
  readonly title: string;
  readonly cards: readonly CardContent[];
}

// With the names of tags of both options of observeHttp, `tagNames`.
const STATUS = ['status', 'http.response.status_code'];
const ROUTE = ['route', 'http.route'];
const ERROR = ['error', 'error.type'];

const SECTIONS: readonly Section[] = [
  {
    title: 'HTTP server',
    cards: [
      { title: 'Response time', key: 'http.server.request.duration' },
      { title: 'Requests by status', key: 'http.server.request.duration', statistic: 'count', groupBy: STATUS },
      { title: 'p95 by route', key: 'http.server.request.duration', statistic: 'p95', groupBy: ROUTE },
      { title: 'Requests in flight', key: 'http.server.active_requests' },
    ],
  },
  {
    title: 'HTTP client',
    cards: [
      { title: 'Response time', key: 'http.client.request.duration' },
      { title: 'Requests by status', key: 'http.client.request.duration', statistic: 'count', groupBy: STATUS },
      { title: 'Requests by error', key: 'http.client.request.duration', statistic: 'count', groupBy: ERROR },
      { title: 'Requests in flight', key: 'http.client.active_requests' },
    ],
  },
  {
    title: 'Event loop',
    cards: [
      { title: 'Delay', key: 'nodejs.eventloop.delay', statistic: 'max', groupBy: ['stat'] },
      { title: 'Utilization', key: 'nodejs.eventloop.utilization' },
      { title: 'Time', key: 'nodejs.eventloop.time', statistic: 'sum', groupBy: ['state'] },
      { title: 'Garbage collection', key: 'v8js.gc.duration', statistic: 'sum', groupBy: ['type'] },
    ],
  },
  {
    title: 'Process',
    cards: [
      { title: 'Heap', key: 'v8js.memory.heap', statistic: 'last', groupBy: ['stat'] },
      { title: 'Memory', key: 'process.memory.usage' },
      { title: 'Processor time', key: 'process.cpu.time', statistic: 'sum', groupBy: ['mode'] },
      { title: 'File descriptors', key: 'process.unix.file_descriptor.count' },
      { title: 'Active resources', key: 'v8js.resource.active', statistic: 'last', groupBy: ['type'] },
      { title: 'Workers', key: 'nodejs.workers' },
      { title: 'Uptime', key: 'process.uptime' },
    ],
  },
  {
    title: 'Metrics',
    cards: [
      { title: 'Accepted', key: 'metrics.accepted' },
      { title: 'Sent', key: 'metrics.sent' },
      { title: 'Dropped by reason', key: 'metrics.dropped', statistic: 'sum', groupBy: ['reason'] },
      { title: 'Sampled out', key: 'metrics.sampled_out' },
      { title: 'Pending', key: 'metrics.pending' },
      { title: 'Series', key: 'metrics.series' },
    ],
  },
];

/**
 * Returns the sections whose metrics are among the keys. A key may have the prefix of a child: `shop.process.uptime`; then
 * the first such key is shown.
 */
export function findNodeSections(keys: readonly string[]): Section[] {
  const wanted = new Set(SECTIONS.flatMap(({ cards }) => cards.map(({ key }) => key)));
  const found = new Map<string, string>();
  for (const key of keys)
    for (let start = 0; ; ) {
      const name = key.slice(start);
      if (wanted.has(name)) {
        if (!found.has(name) || start === 0) found.set(name, key);
        break;
      }
      const dot = key.indexOf('.', start);
      // The longest name has four parts.
      if (dot === -1 || start > 200) break;
      start = dot + 1;
    }
  return SECTIONS.map(({ title, cards }) => ({
    title,
    cards: cards.flatMap((card) => {
      const key = found.get(card.key);
      return key === undefined ? [] : [{ ...card, key }];
    }),
  })).filter(({ cards }) => cards.length > 0);
}
