/** A seat in a room: what is sent here arrives at the other side, by way of the server. */

import type { Bytes } from "../crypto/bytes";
import { type ErrorCode, TransferError } from "./errors";
import type { RoomPass } from "./rooms";

export type PeerState = "here" | "away" | "gone";
export type Role = "sender" | "receiver";

const BACKOFF_MS = [500, 1000, 2000, 4000, 8000];
const CLOSED: Record<number, ErrorCode> = {
  4404: "unknown_code",
  4408: "expired",
  4410: "bad_code",
  4413: "relay_cap",
};

export class Relay {
  role: Role = "sender";
  private socket: WebSocket | undefined;
  private isPeerHere = false;
  private failure: TransferError | undefined;
  private readonly waiting: (string | Bytes)[] = [];
  private wake: (() => void) | undefined;

  constructor(
    private readonly pass: RoomPass,
    private readonly onPeer: (state: PeerState) => void,
  ) {}

  /** Takes the seat. */
  async join(): Promise<void> {
    const url = new URL(`/api/signal/${this.pass.room}`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    await opened(socket);
    this.socket = socket;
    this.failure = undefined;
    this.isPeerHere = false;
    const joined = new Promise<void>((resolve, reject) => {
      this.joined = { resolve, reject };
    });
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => this.take(data);
    socket.onclose = ({ code }) => this.fail(new TransferError(CLOSED[code] ?? "server"));
    socket.send(JSON.stringify({ type: "server.join", token: this.pass.token }));
    await joined;
  }

  /** Resolves when the other side is there, coming back by itself if the server drops us. */
  async waitForPeer(): Promise<void> {
    let lost = 0;
    while (!this.isPeerHere) {
      if (!this.failure) {
        await this.change();
        continue;
      }
      const pause = BACKOFF_MS[lost++];
      if (this.failure.code !== "server" || pause === undefined) throw this.failure;
      await new Promise((resolve) => setTimeout(resolve, pause));
      await this.join().catch((error: unknown) => {
        if (error instanceof TransferError) this.failure = error;
      });
    }
  }

  /**
   * Sends. The credit window bounds what the browser has to buffer; a timer that polls the buffer
   * would crawl as soon as the tab is in the background.
   */
  async send(message: string | Bytes): Promise<void> {
    if (this.failure) throw this.failure;
    this.socket?.send(message);
  }

  /** The next text message or frame of the other side, or what ended the connection. */
  async receive(): Promise<string | Bytes> {
    for (;;) {
      const next = this.waiting.shift();
      if (next !== undefined) return next;
      if (this.failure) throw this.failure;
      await this.change();
    }
  }

  /** Ends the room for good: someone guessed. */
  burn(): void {
    this.say("server.burn");
  }

  /** Lets the server log this room under the transfer's correlation id. */
  trace(id: string): void {
    this.say("server.trace", { id });
  }

  /** Leaves at once; the other side need not wait. Also fit for a page that is going away. */
  leave(): void {
    this.say("server.leave");
    if (this.socket) this.socket.onclose = null;
    this.socket?.close();
    this.fail(new TransferError("cancelled"));
  }

  private joined: { resolve: () => void; reject: (error: TransferError) => void } | undefined;

  private say(type: string, more: Record<string, string> = {}): void {
    if (this.socket?.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify({ type, ...more }));
    }
  }

  private take(data: string | ArrayBuffer): void {
    if (typeof data !== "string") this.waiting.push(new Uint8Array(data));
    else if (!this.hear(data)) this.waiting.push(data);
    this.wake?.();
  }

  /** Takes a message of the server's own; returns whether it was one. */
  private hear(text: string): boolean {
    const { type, role, peer, state } = objectOf(text);
    if (typeof type !== "string" || !type.startsWith("server.")) return false;
    if (type === "server.joined") {
      this.role = role === "receiver" ? "receiver" : "sender";
      this.isPeerHere = peer === true;
      this.joined?.resolve();
    } else if (type === "server.peer" && state === "gone") {
      this.fail(new TransferError("peer_gone"));
    } else if (type === "server.peer" && (state === "here" || state === "away")) {
      this.isPeerHere = state === "here";
      this.onPeer(state);
    }
    return true;
  }

  private fail(error: TransferError): void {
    this.failure ??= error;
    this.joined?.reject(this.failure);
    this.wake?.();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new TransferError("server"));
  });
}

/** A JSON object, or an empty one for anything else. */
export function objectOf(text: string): Record<string, unknown> {
  try {
    const said: unknown = JSON.parse(text);
    return typeof said === "object" && said !== null ? (said as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
