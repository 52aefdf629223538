/** Where a file that arrives is kept: on disk, in the browser's private file system. */

import { random, toHex, type Bytes } from "../crypto/bytes";
import { TransferError } from "./errors";
import type { Answer, Order } from "../worker";

const PREFIX = "part-";

/** A file in the making. Writes go to a worker, whose handle appends without holding anything. */
export class PartStore {
  writtenBytes = 0;
  private readonly worker: Worker;
  private release: (() => void) | undefined;
  private waiting: { resolve: () => void; reject: (error: TransferError) => void }[] = [];

  private constructor(private readonly name: string) {
    const script = document.documentElement.dataset["worker"] ?? "";
    this.worker = new Worker(script);
    this.worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const next = this.waiting.shift();
      if (data === "ok") next?.resolve();
      else next?.reject(new TransferError(data));
    };
    this.worker.onerror = () => this.failAll();
  }

  /** Opens a part with room for `sizeBytes`, after clearing away what others left. */
  static async open(sizeBytes: number): Promise<PartStore> {
    let free: number;
    try {
      await clearAbandoned();
      const { quota = Infinity, usage = 0 } = await navigator.storage.estimate();
      free = quota - usage;
    } catch {
      // A private window may have no storage at all.
      throw new TransferError("disk_io");
    }
    if (free < sizeBytes) throw new TransferError("disk");
    const store = new PartStore(PREFIX + toHex(random(8)));
    await store.lock();
    await store.ask({ order: "open", name: store.name });
    return store;
  }

  /** Appends a chunk; its buffer moves to the worker. */
  async write(chunk: Bytes): Promise<void> {
    const length = chunk.length;
    await this.ask({ order: "write", chunk: chunk.buffer }, [chunk.buffer]);
    this.writtenBytes += length;
  }

  /** Flushes to disk and returns the file, which is still on disk and not in memory. */
  async finish(): Promise<File> {
    await this.ask({ order: "close" });
    this.worker.terminate();
    const folder = await navigator.storage.getDirectory();
    const handle = await folder.getFileHandle(this.name);
    return handle.getFile();
  }

  /** Throws away what was written. */
  async discard(): Promise<void> {
    this.worker.terminate();
    this.failAll();
    this.release?.();
    const folder = await navigator.storage.getDirectory();
    await folder.removeEntry(this.name).catch(() => undefined);
  }

  private ask(order: Order, moved: Transferable[] = []): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.worker.postMessage(order, moved);
    });
  }

  private failAll(): void {
    for (const { reject } of this.waiting.splice(0)) reject(new TransferError("disk_io"));
  }

  /** Holds a lock as long as this page lives, so that another does not clear the part away. */
  private lock(): Promise<void> {
    return new Promise((locked) => {
      void navigator.locks.request(this.name, () => {
        locked();
        return new Promise<void>((release) => {
          this.release = release;
        });
      });
    });
  }
}

/** Removes parts that no open page holds. */
export async function clearAbandoned(): Promise<void> {
  const folder = await navigator.storage.getDirectory();
  const names: string[] = [];
  for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) {
    if (name.startsWith(PREFIX)) names.push(name);
  }
  for (const name of names) {
    await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock) await folder.removeEntry(name).catch(() => undefined);
    });
  }
}
