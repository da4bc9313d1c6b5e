import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** A server of a folder's files on this machine's loopback, as simple as the simplest host of static pages. */
export interface StaticServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Pages served with these may share memory among threads. */
export const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Serves a folder's files, each with the headers given, on any free port unless one is named. */
export async function serve(
  folder: string,
  headers: Readonly<Record<string, string>>,
  port = 0,
): Promise<StaticServer> {
  const server: Server = createServer(async (request, response) => {
    const asked = normalize(new URL(request.url!, 'http://localhost').pathname);
    const path = asked.endsWith('/') ? join(asked, 'index.html') : asked;
    try {
      const bytes = await readFile(join(folder, path));
      const type = types[extname(path)] ?? 'application/octet-stream';
      response.writeHead(200, { 'Content-Type': type, ...headers }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
