import { escapeHtml } from '../content/page.ts';

/** Code, links, addresses and emphasis within a line of a doc comment. */
export const lineHtml = (text: string): string =>
  text
    .split(/(`[^`]+`)/)
    .map((part) =>
      /^`.+`$/s.test(part)
        ? `<code>${escapeHtml(part.slice(1, -1))}</code>`
        : escapeHtml(part)
            .replace(/\{@link (\w+)\}/g, '<code>$1</code>')
            .replace(/\[([^\]]+)\]\((https?:[^)]+)\)/g, '<a href="$2">$1</a>')
            .replace(
              /(?<!["=])\bhttps?:\/\/[^\s<),]*[^\s<),.]/g,
              (url) => `<a href="${url}">${url.replace('https://', '')}</a>`,
            )
            .replace(/(?<!\w)_([^_]+)_(?!\w)/g, '<em>$1</em>'),
    )
    .join('');

/** A block of code that is coloured when the site is made. */
export const codeHtml = (code: string, language = 'ts'): string =>
  `<pre data-language="${language}">${escapeHtml(code)}</pre>`;

/** A doc comment: paragraphs, lists and blocks of code. */
export function docHtml(text: string): string {
  const parts = text.split(/^```(\w*)\n(.*?)\n```$/ms);
  let html = '';
  for (let k = 0; k < parts.length; k += 3) {
    html += parts[k]!.split(/\n\s*\n/)
      .filter((block) => block.trim() !== '')
      .map(blockHtml)
      .join('\n');
    if (k + 2 < parts.length) html += codeHtml(parts[k + 2]!, parts[k + 1] || 'ts');
  }
  return html;
}
function blockHtml(block: string): string {
  const lines = block.trim().split('\n');
  const first = lines.findIndex((line) => /^[-*] /.test(line));
  if (first < 0) return `<p>${lineHtml(lines.join(' '))}</p>`;
  const items = lines
    .slice(first)
    .join('\n')
    .split(/^[-*] /m)
    .slice(1);
  const before = first > 0 ? `<p>${lineHtml(lines.slice(0, first).join(' '))}</p>` : '';
  return `${before}<ul>${items.map((item) => `<li>${lineHtml(item.trim().replace(/\n\s*/g, ' '))}</li>`).join('')}</ul>`;
}
