/** Sealed frames: control messages and chunks, AES-256-GCM with counters that say their place. */

import { TransferError } from "../transfer/errors";
import { type Bytes, join, utf8 } from "./bytes";

export const CHUNK_BYTES = 128 * 1024;

const HEADER_BYTES = 2;
const TAG_BYTES = 16;
const CONTROL = 0x01;
const DATA = 0x02;
const MOST_CONTROL_BYTES = 64 * 1024;
const MOST_CHUNKS = 2 ** 23; // 1 TiB under one key

/** How many chunks a file of that size is; an empty one is one empty chunk. */
export function chunkCount(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / CHUNK_BYTES));
}

export function frameKind(frame: Uint8Array): "control" | "data" {
  if (frame.length >= HEADER_BYTES + TAG_BYTES) {
    if (frame[0] === CONTROL) return "control";
    if (frame[0] === DATA) return "data";
  }
  throw new TransferError("integrity");
}

/** One direction of control messages; seals or opens them in order, each once. */
export class ControlFrames {
  private readonly header: Bytes;
  private counter = 0;

  constructor(
    private readonly key: CryptoKey,
    epoch = 0,
  ) {
    this.header = Uint8Array.of(CONTROL, epoch);
  }

  async seal(text: string): Promise<Bytes> {
    const iv = nonce(this.counter++, 12);
    return join(this.header, await encrypt(this.key, iv, this.header, utf8(text)));
  }

  async open(frame: Bytes): Promise<string> {
    if (frame.length > MOST_CONTROL_BYTES) throw new TransferError("integrity");
    const plain = await decrypt(this.key, nonce(this.counter++, 12), this.header, frame);
    return new TextDecoder().decode(plain);
  }
}

/** The chunks of one file of a promised size; seals or opens them in order, each once. */
export class DataFrames {
  private readonly header: Bytes;
  private readonly chunks: number;
  private counter = 0;
  private leftBytes: number;

  constructor(
    private readonly key: CryptoKey,
    sizeBytes: number,
    epoch = 0,
  ) {
    this.header = Uint8Array.of(DATA, epoch);
    this.chunks = chunkCount(sizeBytes);
    this.leftBytes = sizeBytes;
    if (this.chunks > MOST_CHUNKS) throw new TransferError("oversize");
  }

  /** Whether the last chunk was sealed or opened. */
  get isComplete(): boolean {
    return this.counter === this.chunks;
  }

  async seal(chunk: Bytes): Promise<Bytes> {
    const iv = this.next();
    return join(this.header, await encrypt(this.key, iv, this.header, chunk));
  }

  async open(frame: Bytes): Promise<Bytes> {
    const length = Math.min(this.leftBytes, CHUNK_BYTES);
    if (this.isComplete || frame.length !== HEADER_BYTES + length + TAG_BYTES) {
      throw new TransferError("integrity");
    }
    this.leftBytes -= length;
    return decrypt(this.key, this.next(), this.header, frame);
  }

  /** The nonce of the next chunk: eleven bytes of counter, one that says whether it is the last. */
  private next(): Bytes {
    const iv = join(nonce(this.counter++, 11), Uint8Array.of(this.isComplete ? 1 : 0));
    return iv;
  }
}

function nonce(counter: number, length: number): Bytes {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setBigUint64(length - 8, BigInt(counter));
  return bytes;
}

async function encrypt(key: CryptoKey, iv: Bytes, header: Bytes, plain: Bytes): Promise<Bytes> {
  const choice = { name: "AES-GCM", iv, additionalData: header };
  return new Uint8Array(await crypto.subtle.encrypt(choice, key, plain));
}

async function decrypt(key: CryptoKey, iv: Bytes, header: Bytes, frame: Bytes): Promise<Bytes> {
  if (frame[0] !== header[0] || frame[1] !== header[1]) throw new TransferError("integrity");
  const choice = { name: "AES-GCM", iv, additionalData: header };
  try {
    const sealed = frame.subarray(HEADER_BYTES);
    return new Uint8Array(await crypto.subtle.decrypt(choice, key, sealed));
  } catch {
    throw new TransferError("integrity");
  }
}
