// A page to try the SDK by hand: serves it on 127.0.0.1 and says what arrives.
//
//   npm run try            then open the address it prints

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const STATIC = join(HERE, "../../src/tallow/integrations/static");
const PORT = Number(process.env.PORT ?? 8300);

spawnSync(process.execPath, [join(HERE, "../build.mjs"), "sdk"], { stdio: "inherit" });

async function take(request, response) {
  const parts = [];
  for await (const part of request) parts.push(part);
  response.writeHead(202, { "content-type": "application/json" }).end("{}");
  const batch = JSON.parse(Buffer.concat(parts).toString());
  console.log(`\n${Buffer.concat(parts).length} B, view ${batch.view || "none"}`);
  for (const { type, name = "", ...rest } of batch.items) {
    console.log(`  ${type.padEnd(8)} ${name}`, JSON.stringify(rest).slice(0, 400));
  }
}

createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://try");
  if (request.method === "POST") return void take(request, response);
  if (pathname === "/tallow.js") {
    response.writeHead(200, { "content-type": "text/javascript" });
    return response.end(readFileSync(join(STATIC, "tallow.js")));
  }
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'self'; script-src 'self' 'nonce-try'; style-src 'none'",
    "server-timing": 'traceparent;desc="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"',
  };
  response.writeHead(200, headers);
  response.end(readFileSync(join(HERE, "pages/try.html")));
}).listen(PORT, "127.0.0.1", () => console.log(`open http://127.0.0.1:${PORT}/?utm_source=hand#key`));
