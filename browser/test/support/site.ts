/** A site of our own on a free local port: pages, the built SDK, and a door that keeps what arrives. */

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** The folder of this package; the tests are started from there. */
export const PACKAGE = process.cwd();
export const STATIC = join(PACKAGE, "../src/tallow/integrations/static");

export interface Batch {
  v: number;
  app: string;
  release: string;
  environment: string;
  sent_at: number;
  trace: string;
  view: string;
  items: Sent[];
}

export interface Sent {
  type: string;
  name: string;
  age_ms: number;
  [field: string]: any;
}

export interface Upload {
  url: string;
  body: string;
  headers: IncomingMessage["headers"];
}

type Page = string | ((request: IncomingMessage, response: ServerResponse) => void);

export class Site {
  origin = "";
  readonly uploads: Upload[] = [];
  readonly requests: IncomingMessage[] = [];
  /** Statuses of the door's next answers by its query, so that a late caller takes nobody else's. */
  answers: Record<string, number[]> = {};
  #server: Server;

  private constructor(private pages: Record<string, Page>) {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** Opens a site with pages by path; `{{sdk}}` in a page stands for the script tag. */
  static async open(pages: Record<string, Page>): Promise<Site> {
    const site = new Site(pages);
    await new Promise<void>((done) => site.#server.listen(0, "127.0.0.1", done));
    site.origin = `http://127.0.0.1:${(site.#server.address() as AddressInfo).port}`;
    return site;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** All batches that arrived, parsed. */
  get batches(): Batch[] {
    return this.uploads.map(({ body }) => JSON.parse(body) as Batch);
  }

  /** All items that arrived. */
  get items(): Sent[] {
    return this.batches.flatMap(({ items }) => items);
  }

  of(type: string): Sent[] {
    return this.items.filter((item) => item.type === type);
  }

  /** Waits until `enough` says so; fails with what arrived after `limitMs`. */
  async until(enough: (items: Sent[]) => unknown, limitMs = 8000): Promise<Sent[]> {
    const end = Date.now() + limitMs;
    while (!enough(this.items)) {
      if (Date.now() > end) throw new Error(`not in time; arrived: ${JSON.stringify(this.items)}`);
      await new Promise((next) => setTimeout(next, 20));
    }
    return this.items;
  }

  forget(): void {
    this.uploads.length = 0;
    this.requests.length = 0;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, search } = new URL(request.url ?? "/", "http://site");
    if (request.method === "POST" && path === "/api/event") {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const status = this.answers[search]?.shift() ?? 202;
      const body = Buffer.concat(parts).toString();
      if (status < 400) this.uploads.push({ url: request.url ?? "", body, headers: request.headers });
      response.writeHead(status, { "content-type": "application/json" });
      response.end("{}");
      return;
    }
    this.requests.push(request);
    const page = this.pages[path];
    if (typeof page === "function") page(request, response);
    else if (page !== undefined) this.#sendPage(page, response);
    else if (path.startsWith("/tallow/")) this.#sendFile(path.slice(8), response);
    else response.writeHead(404).end();
  }

  #sendPage(page: string, response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-cache" });
    response.end(page);
  }

  #sendFile(name: string, response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/javascript", "cache-control": "max-age=3600" });
    response.end(readFileSync(join(STATIC, name)));
  }
}

/** A script tag as an application would write it, sending from localhost too. */
export function sdk(attributes = ""): string {
  return `<script src="/tallow/tallow.js" data-app="shop" data-release="1.2.3" data-capture-localhost ${attributes} defer></script>`;
}

/** A page with the SDK and some content. */
export function page(content = "<h1>Hello</h1>", attributes = ""): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page</title>${sdk(attributes)}</head><body>${content}</body></html>`;
}
