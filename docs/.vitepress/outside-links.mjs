import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes the links of pages to files outside docs lead to the repository. Throws an error when such a file does not exist, as
 * VitePress does for pages.
 *
 * @param {import('vitepress').MarkdownRenderer} md
 * @param {{ root: string, home: string }} options the folder of the repository, and its URL
 */
export function outsideLinks(md, { root, home }) {
  md.core.ruler.push('outside_links', ({ tokens, env }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' ? token.attrGet('href') : null;
      if (href === null || !href.startsWith('.')) continue;
      const [link = '', anchor] = href.split('#');
      const file = path.posix.join('docs', path.posix.dirname(env.relativePath), decodeURI(link));
      if (file.startsWith('docs/')) continue;
      const target = path.join(root, file);
      if (!existsSync(target)) throw new Error(`${env.relativePath} links to ${file}, which does not exist`);
      const kind = statSync(target).isDirectory() ? 'tree' : 'blob';
      token.attrSet('href', `${home}/${kind}/main/${file}${anchor === undefined ? '' : `#${anchor}`}`);
    }
  });
}
