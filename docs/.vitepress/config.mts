// The site: pages of docs/, the reference that TypeDoc writes into docs/api, and local search. It needs no network.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type DefaultTheme, defineConfig } from 'vitepress';
import { fileNames } from './file-names.mjs';
import { outsideLinks } from './outside-links.mjs';

const docs = path.join(import.meta.dirname, '..');
const root = path.join(docs, '..');
const { repository } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const home = repository.url.replace(/^git\+/, '').replace(/\.git$/, '');

const page = (text: string, link: string): DefaultTheme.SidebarItem => ({ text, link: `/${link}` });
const group = (text: string, ...items: DefaultTheme.SidebarItem[]): DefaultTheme.SidebarItem => ({
  text,
  collapsed: false,
  items,
});

function reference(): DefaultTheme.SidebarItem {
  const file = path.join(docs, 'api', 'typedoc-sidebar.json');
  if (!existsSync(file)) throw new Error('there is no reference yet: run `npm run docs:reference`');
  return { text: 'Packages', link: '/api/', collapsed: true, items: JSON.parse(readFileSync(file, 'utf8')) };
}

// Long names must not widen a phone's page (tables and code scroll in their own boxes), 80 columns of code fit, and the name of a
// file sits on its block.
const style = `
.vp-doc :not(pre, td, th) > code, .vp-doc :is(h1, h2, h3, h4) { overflow-wrap: anywhere; }
.vp-doc div[class*='language-'] code { font-size: 13px; }
.vp-doc .file-name { margin: 16px 0 -8px; font: 500 13px var(--vp-font-family-mono); color: var(--vp-c-text-2); }
`;

export default defineConfig({
  title: '@metrics',
  description: 'Metrics for Node.js with swappable backends and bounded cost.',
  lang: 'en-US',
  head: [
    ['link', { rel: 'icon', href: 'data:,' }],
    ['style', {}, style],
  ],
  markdown: {
    config: (md) => {
      outsideLinks(md, { root, home });
      fileNames(md);
    },
  },
  themeConfig: {
    search: {
      provider: 'local',
      options: {
        detailedView: true,
        miniSearch: {
          // Guides explain; the reference, and pages about this code, come after them.
          searchOptions: { boostDocument: (id: string) => (/^.(?:api|contributing)|architecture/.test(id) ? 0.5 : 1) },
        },
      },
    },
    outline: [2, 3],
    nav: [
      { text: 'Guide', link: '/guide/getting-started', activeMatch: '^/(guide|deploy)/' },
      { text: 'Backends', link: '/guide/choosing-a-backend', activeMatch: '^/backends/' },
      { text: 'Reference', link: '/api/', activeMatch: '^/(api|reference)/' },
      { text: 'Source', link: home },
    ],
    sidebar: [
      group(
        'Guide',
        page('Getting started', 'guide/getting-started'),
        page('Choosing a backend', 'guide/choosing-a-backend'),
        page('Registering a backend', 'guide/registering'),
        page('Kinds of metrics', 'guide/kinds'),
        page('Tags', 'guide/tags'),
        page('Declared metrics', 'guide/declared-metrics'),
        page('Context', 'guide/context'),
        page('Delivery', 'guide/delivery'),
        page('Shutdown', 'guide/shutdown'),
        page('Performance', 'guide/performance'),
        page('Testing', 'guide/testing'),
        page('Lint', 'guide/lint'),
        page('Metrics of Node.js', 'guide/node'),
        page('Writing a backend', 'guide/writing-a-backend'),
        page('Troubleshooting', 'troubleshooting'),
      ),
      group(
        'Backends',
        page('StatsD', 'backends/statsd'),
        page('DogStatsD', 'backends/dogstatsd'),
        page('Datadog', 'backends/datadog'),
        page('Time series', 'backends/timeseries'),
        page('Logging', 'backends/logging'),
        page('Prometheus', 'backends/prometheus'),
        page('OpenTelemetry', 'backends/opentelemetry'),
        page('Aggregation', 'backends/aggregation'),
      ),
      group(
        'Deployment',
        page('Kubernetes', 'deploy/kubernetes'),
        page('Lambda', 'deploy/lambda'),
        page('Next.js', 'deploy/nextjs'),
        page('Cluster', 'deploy/cluster'),
        page('Frameworks', 'deploy/frameworks'),
      ),
      group(
        'Migration',
        page('Overview', 'migrate/'),
        page('hot-shots', 'migrate/hot-shots'),
        page('A file that used hot-shots', 'migrate/hot-shots-file'),
        page('datadog-metrics', 'migrate/datadog-metrics'),
        page('prom-client', 'migrate/prom-client'),
        page('OpenTelemetry', 'migrate/opentelemetry'),
        page('Sentry for Python', 'migrate/sentry-python'),
      ),
      group(
        'Reference',
        reference(),
        page('Problem codes', 'reference/problems'),
        page('Environment', 'reference/environment'),
        page('Glossary', 'reference/glossary'),
        page('Compatibility', 'reference/compatibility'),
        page('Benchmarks', 'reference/benchmarks'),
        page('Scaling', 'reference/scaling'),
        page('Reliability', 'reference/reliability'),
        page('Architecture', 'reference/architecture'),
        page('Style', 'contributing/style'),
      ),
    ],
  },
});
