import type { StudioLine } from './protocol.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => escapes[c]);
/** JSON without `<`, so that nothing in it can end the script element or start another. */
const safeJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
/**
 * Escapes sequences in a script that would end its element; they occur only in strings and patterns, where an escape is
 * equivalent.
 */
const safeScript = (code: string): string => code.replace(/<(?=\/script|script|!--)/gi, '\\x3C');

/** The content security policy: the page may run its own script and show its own pictures, nothing from elsewhere. */
const policy = (connect: string): string =>
  `default-src 'none'; script-src 'unsafe-inline' blob:; worker-src blob:; style-src 'unsafe-inline'; img-src data: blob:; connect-src ${connect}`;

const page = (title: string, connect: string, script: string, data = ''): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy(connect)}">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<style>html, body, #studio { margin: 0; height: 100%; }</style>
</head>
<body>
<div id="studio"></div>
${data}<script type="module">
${script}
</script>
</body>
</html>
`;

/**
 * The page's script, whose `mount`, `fileSource` and `serverSource` become constants, followed by code that uses them.
 */
function started(code: string, start: string): string {
  const own = code.replace(/export\s*\{([^}]*)\};?\s*$/, (_, names: string) =>
    [...names.matchAll(/([\w$]+) as (\w+)/g)].map(([, inner, name]) => `const studio_${name}=${inner};`).join(''),
  );
  return `${safeScript(own)}\n${start}`;
}

/** A self-contained HTML file with the lines in it, which works from disk. */
export const fileHtml = (script: string, lines: readonly StudioLine[], title: string): string =>
  page(
    title,
    "'none'",
    started(
      script,
      "studio_mount(document.getElementById('studio'), studio_fileSource(document.getElementById('lines').textContent), { isPage: true });",
    ),
    `<script type="application/jsonl" id="lines">\n${lines.map(safeJson).join('\n')}\n</script>\n`,
  );

/** The page of a server, with the token that grants access. */
export const serverHtml = (script: string, token: string, answers: readonly string[], title: string): string =>
  page(
    title,
    "'self'",
    started(
      script,
      `studio_mount(document.getElementById('studio'), studio_serverSource(${safeJson(token)}, ${safeJson(answers)}), { isPage: true });`,
    ),
  );
