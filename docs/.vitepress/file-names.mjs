const TITLE = /\[([^\]]+)\]/;

/**
 * Shows the title of a fence above it: the file that the block is, or that it is output. VitePress shows titles in groups of
 * tabs only.
 *
 * @param {import('vitepress').MarkdownRenderer} md
 */
export function fileNames(md) {
  md.core.ruler.push('file_names', (state) => {
    let isInGroup = false;
    state.tokens = state.tokens.flatMap((token) => {
      if (token.type === 'container_code-group_open') isInGroup = true;
      if (token.type === 'container_code-group_close') isInGroup = false;
      const title = token.type === 'fence' && !isInGroup ? TITLE.exec(token.info)?.[1] : undefined;
      if (title === undefined) return [token];
      const name = new state.Token('html_block', '', 0);
      name.content = `<p class="file-name">${md.utils.escapeHtml(title)}</p>\n`;
      return [name, token];
    });
  });
}
