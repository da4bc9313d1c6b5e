// Makes the site: `npm run docs` writes website/build/, `npm run docs:dev` also serves it and makes pages anew when their files change.
import { execSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

// The site's own packages are installed when they are missing or older than their lock file.
const marker = here('node_modules/.installed-lock');
const lock = createHash('sha256')
  .update(readFileSync(here('package-lock.json')))
  .digest('hex');
if (!existsSync(marker) || readFileSync(marker, 'utf8') !== lock) {
  execSync('npm ci --ignore-scripts --no-audit --no-fund', { cwd: here('.'), stdio: 'inherit' });
  writeFileSync(marker, lock);
}

// A server of modules alone, which may still load what drawing asks for late.
const modules = await createServer({
  root: here('..'),
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
const load = (name) => modules.ssrLoadModule(here(name));
const { buildSite, readVersion, rewritePages } = await load('render/build.ts');
const folder = here('build');
const version = await readVersion();
const site = await buildSite(folder, await load('../src/index.ts'), version);
console.log(`${site.pages.length} pages in website/build/`);

if (process.argv.includes('--serve')) {
  const { serve } = await load('../scripts/serve.ts');
  const { url } = await serve(folder, {}, Number(process.env['PORT'] ?? 8000));
  console.log(
    `The site is at ${url} (Ctrl-C ends it). Pages follow their files; the reference and the start of this command do not.`,
  );
  let isWaiting = false;
  const anew = () => {
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(async () => {
      isWaiting = false;
      await rewritePages(folder, site, version).catch((error) => console.error(String(error)));
    }, 100);
  };
  for (const place of ['../docs', '../examples', '../README.md', '../DESIGN.md', 'pages', 'assets'])
    watch(here(place), { recursive: !place.endsWith('.md') }, anew);
} else await modules.close();
