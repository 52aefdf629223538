/** The sender's side: offer the file, then chunks as fast as the receiver allows. */

import { type Bytes, random, toHex } from "../crypto/bytes";
import { CHUNK_BYTES, DataFrames, chunkCount } from "../crypto/frames";
import { type Code, codeLink, codeText, newWords } from "./code";
import { Control, type Message } from "./control";
import { TransferError } from "./errors";
import { handshake } from "./handshake";
import { Relay } from "./relay";
import { tellOutcome } from "./report";
import { type RoomPass, openRoom } from "./rooms";
import { type Transfer, asTransferError } from "./transfer";

const WINDOW_BYTES = 16 * 1024 * 1024;
const READ_BYTES = 8 * CHUNK_BYTES;

/** Sends one file; ends with the transfer completed or failed, and never throws. */
export async function sendFile(file: File, transfer: Transfer, stop: AbortSignal): Promise<void> {
  let pass: RoomPass | undefined;
  let relay: Relay | undefined;
  let control: Control | undefined;
  transfer.correlationId = toHex(random(16));
  transfer.to("connecting", { name: file.name, sizeBytes: file.size });
  const stopped = new Promise<never>((_, reject) => {
    stop.addEventListener("abort", () => reject(new TransferError("cancelled")));
  });
  try {
    pass = await openRoom();
    const code: Code = { nameplate: pass.nameplate, words: newWords() };
    transfer.set({ code: codeText(code), link: codeLink(code) });
    relay = new Relay(pass, transfer.peer);
    const joined = relay;
    const steps = async (room: string): Promise<void> => {
      await joined.join();
      await joined.waitForPeer();
      transfer.to("negotiating");
      const keys = await handshake(joined, room, code.words, transfer.timed);
      control = await Control.of(joined, keys);
      const frames = new DataFrames(await keys.key("data"), file.size);
      await new Sending(file, joined, control, frames, transfer).run();
    };
    await Promise.race([steps(pass.room), stopped]);
    transfer.to("completed");
  } catch (error) {
    const known = asTransferError(error);
    transfer.fail(known);
    await control?.giveUp(known);
  }
  relay?.leave();
  await tellOutcome(transfer, pass);
}

/** What sending needs once there are keys. */
class Sending {
  private ackedBytes = 0;
  private isDone = false;
  private failure: TransferError | undefined;
  private wake: (() => void) | undefined;
  private read: { from: number; bytes: Bytes } = { from: 0, bytes: new Uint8Array() };

  constructor(
    private readonly file: File,
    private readonly relay: Relay,
    private readonly control: Control,
    private readonly frames: DataFrames,
    private readonly transfer: Transfer,
  ) {}

  async run(): Promise<void> {
    await this.offer();
    void this.listen();
    await this.sendChunks();
    while (!this.isDone) await this.nextWord();
  }

  private async offer(): Promise<void> {
    const { file, control, relay, transfer } = this;
    await control.send("offer", {
      name: file.name,
      size: file.size,
      mtime: Math.floor(file.lastModified / 1000),
      mime: file.type || "application/octet-stream",
      methods: ["relay"],
      trace: transfer.correlationId,
    });
    const accepted = await control.expect("accept");
    if (accepted["offset"] !== 0) throw new TransferError("integrity");
    relay.trace(transfer.correlationId);
    transfer.to("transferring");
    window.tallow?.analytics.connectionEstablished("relay");
  }

  private async sendChunks(): Promise<void> {
    const { size } = this.file;
    let seconds = 0;
    for (let index = 0, sent = 0; index < chunkCount(size); index++) {
      while (sent - this.ackedBytes > WINDOW_BYTES - CHUNK_BYTES) await this.nextWord();
      this.raise();
      const chunk = await this.chunk(sent, Math.min(CHUNK_BYTES, size - sent));
      const began = performance.now();
      const frame = await this.frames.seal(chunk);
      seconds += (performance.now() - began) / 1000;
      await this.relay.send(frame);
      sent += chunk.length;
    }
    this.transfer.timed("encrypt", "AES-256-GCM", seconds);
  }

  /** Reads a megabyte at a time. A browser refuses to read a file that changed meanwhile. */
  private async chunk(at: number, length: number): Promise<Bytes> {
    const { from, bytes } = this.read;
    if (at + length > from + bytes.length) {
      try {
        const part = this.file.slice(at, at + READ_BYTES);
        this.read = { from: at, bytes: new Uint8Array(await part.arrayBuffer()) };
      } catch {
        throw new TransferError("source_changed");
      }
    }
    const start = at - this.read.from;
    const chunk = this.read.bytes.subarray(start, start + length);
    if (chunk.length !== length) throw new TransferError("source_changed");
    return chunk;
  }

  /** Takes in acknowledgements and the end, beside the sending. */
  private async listen(): Promise<void> {
    try {
      while (!this.isDone) {
        this.take(await this.control.receive());
        this.wake?.();
      }
    } catch (error) {
      this.failure = asTransferError(error);
      this.wake?.();
    }
  }

  private take(message: Message | Bytes): void {
    if (message instanceof Uint8Array) throw new TransferError("integrity");
    const { type, bytes } = message;
    if (typeof bytes !== "number" || bytes < this.ackedBytes || bytes > this.file.size) {
      throw new TransferError("integrity");
    }
    if (type === "done" && bytes === this.file.size) this.isDone = true;
    else if (type !== "ack") throw new TransferError("integrity");
    this.ackedBytes = bytes;
    this.transfer.moved(bytes);
  }

  private async nextWord(): Promise<void> {
    if (!this.isDone && !this.failure) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    this.raise();
  }

  private raise(): void {
    if (this.failure) throw this.failure;
  }
}
