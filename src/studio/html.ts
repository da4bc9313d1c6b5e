import type { StudioLine } from './protocol.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => escapes[c]);
/** JSON in which no `<` stands, so that nothing in it ends the element or begins another. */
const safeJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
/** A script in which nothing ends its element: the sequences stand only in texts and patterns, where an escape is the same. */
const safeScript = (code: string): string => code.replace(/<(?=\/script|script|!--)/gi, '\\x3C');

/** What the page may do: run its own script, show its own pictures, and nothing from elsewhere. */
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

/** The page's script, of which `mount`, `fileSource` and `serverSource` become constants, and what is done with them. */
function started(code: string, start: string): string {
  const own = code.replace(/export\s*\{([^}]*)\};?\s*$/, (_, names: string) =>
    [...names.matchAll(/([\w$]+) as (\w+)/g)].map(([, inner, name]) => `const studio_${name}=${inner};`).join(''),
  );
  return `${safeScript(own)}\n${start}`;
}

/** One HTML file with the lines in it: it works from disk, and asks nobody. */
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

/** The page of a server, which lets it in by the token. */
export const serverHtml = (script: string, token: string, answers: readonly string[], title: string): string =>
  page(
    title,
    "'self'",
    started(
      script,
      `studio_mount(document.getElementById('studio'), studio_serverSource(${safeJson(token)}, ${safeJson(answers)}), { isPage: true });`,
    ),
  );
