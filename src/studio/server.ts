import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { fail } from '../base/errors.ts';
import { hasFiles } from '../formats/node-modules.ts';
import { serverHtml } from './html.ts';
import type { Hub } from './hub.ts';
import type { StudioQuestion } from './protocol.ts';

/** A studio that is served. */
export interface StudioServer {
  /** Its address on this machine, with the token that lets in. */
  readonly url: string;
  close(): Promise<void>;
}
const mostBody = 1 << 27;
const together = 500;

/** Serves the studio on 127.0.0.1 alone: to whoever has the token, and under no other name of this machine. */
export async function serveStudio(hub: Hub, { port = 0, title = 'Hornbeam studio' } = {}): Promise<StudioServer> {
  if (!hasFiles())
    fail('studio', 'pages cannot serve', 'show it in the page: keras.visualization.studio(model, element)');
  const { createServer } = process.getBuiltinModule('node:http');
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  const { pageScript } = await import('./page-script.ts');
  const token = randomBytes(18).toString('base64url');
  let hosts: readonly string[] = [];
  const server = createServer((request, response) => {
    response.setHeader('cache-control', 'no-store');
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('x-frame-options', 'DENY');
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const given = request.headers.authorization?.replace(/^Bearer /, '') ?? url.searchParams.get('token');
    // A page elsewhere whose name leads here (DNS rebinding) sends that name; no page knows the token.
    if (!hosts.includes(request.headers.host ?? '') || given !== token) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('Open the address that the command printed.\n');
      return;
    }
    if (request.method === 'GET' && url.pathname === '/')
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end(serverHtml(pageScript, token, hub.answers, title));
    else if (request.method === 'GET' && url.pathname === '/events') sendLines(hub, url, response);
    else if (request.method === 'POST' && url.pathname.startsWith('/ask/')) void answer(hub, url, request, response);
    else response.writeHead(404).end();
  });
  await listening(server, port);
  const address = server.address();
  const at = typeof address === 'object' && address ? address.port : port;
  hosts = [`127.0.0.1:${at}`, `localhost:${at}`];
  return {
    url: `http://127.0.0.1:${at}/?token=${token}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listening(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  }).catch((error: Error) =>
    fail('studio', `port ${port} cannot be used: ${error.message}`, 'choose another, or 0 for any that is free'),
  );
}

function sendLines(hub: Hub, url: URL, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/jsonl; charset=utf-8' });
  response.flushHeaders();
  const from = Math.max(0, Math.floor(Number(url.searchParams.get('from'))) || 0);
  const end = hub.listen((lines) => {
    // In parts: everything a long run sent may be longer than a string can be.
    for (let k = 0; k < lines.length; k += together) {
      const part = lines.slice(k, k + together).map((line) => `${JSON.stringify(line)}\n`);
      response.write(part.join(''));
    }
  }, from);
  response.on('close', end);
}

async function answer(hub: Hub, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  try {
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of request as AsyncIterable<Uint8Array>) {
      size += part.length;
      if (size > mostBody) return send(413, { error: 'what was sent is too large' });
      parts.push(part);
    }
    const what = JSON.parse(Buffer.concat(parts).toString('utf8'));
    send(200, await hub.ask(url.pathname.slice('/ask/'.length) as StudioQuestion, what));
  } catch (error) {
    send(400, { error: (error as Error).message });
  }
}
