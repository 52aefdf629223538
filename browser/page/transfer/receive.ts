/** The receiver's side: look at the offer, then write what comes until it is whole. */

import type { Bytes } from "../crypto/bytes";
import { DataFrames } from "../crypto/frames";
import type { SessionKeys } from "../crypto/schedule";
import { parseCode } from "./code";
import { Control, type Message } from "./control";
import { TransferError } from "./errors";
import { handshake } from "./handshake";
import { safeName } from "./names";
import { Relay } from "./relay";
import { tellOutcome } from "./report";
import { type RoomPass, claimRoom } from "./rooms";
import { PartStore } from "./store";
import { type Transfer, asTransferError } from "./transfer";

const ACK_BYTES = 2 * 1024 * 1024;
const MOST_BYTES = 2 ** 40;

/** Receives one file; ends with the transfer completed or failed, and never throws. */
export async function receiveFile(
  said: string,
  transfer: Transfer,
  agree: () => Promise<boolean>,
  stop: AbortSignal,
): Promise<void> {
  let pass: RoomPass | undefined;
  let relay: Relay | undefined;
  let control: Control | undefined;
  transfer.to("connecting");
  const stopped = new Promise<never>((_, reject) => {
    stop.addEventListener("abort", () => reject(new TransferError("cancelled")));
  });
  try {
    const code = parseCode(said);
    pass = await claimRoom(code.nameplate);
    relay = new Relay(pass, transfer.peer);
    const joined = relay;
    const steps = async (room: string): Promise<File> => {
      await joined.join();
      await joined.waitForPeer();
      transfer.to("negotiating");
      const keys = await handshake(joined, room, code.words, transfer.timed);
      control = await Control.of(joined, keys);
      return takeFile(control, keys, transfer, agree, stop);
    };
    const file = await Promise.race([steps(pass.room), stopped]);
    transfer.to("completed", { file });
  } catch (error) {
    const known = asTransferError(error);
    transfer.fail(known);
    await control?.giveUp(known);
  }
  relay?.leave();
  await tellOutcome(transfer, pass);
}

async function takeFile(
  control: Control,
  keys: SessionKeys,
  transfer: Transfer,
  agree: () => Promise<boolean>,
  stop: AbortSignal,
): Promise<File> {
  const offer = offerOf(await control.expect("offer"));
  transfer.correlationId = offer.trace;
  transfer.to("offered", { name: offer.name, sizeBytes: offer.size });
  if (offer.size > MOST_BYTES) throw new TransferError("oversize");
  if (!(await agree())) throw new TransferError("declined");
  const store = await PartStore.open(offer.size);
  stop.addEventListener("abort", () => void store.discard());
  try {
    await control.send("accept", { offset: 0, method: "relay" });
    transfer.to("transferring");
    await writeChunks(control, keys, transfer, store);
    const file = await store.finish();
    await control.send("done", { bytes: offer.size });
    return new File([file], offer.name, { type: offer.mime, lastModified: offer.mtime * 1000 });
  } catch (error) {
    await store.discard();
    throw error;
  }
}

async function writeChunks(
  control: Control,
  keys: SessionKeys,
  transfer: Transfer,
  store: PartStore,
): Promise<void> {
  const { sizeBytes } = transfer.view;
  const frames = new DataFrames(await keys.key("data"), sizeBytes);
  let seconds = 0;
  let acked = 0;
  let writing: Promise<void> = Promise.resolve();
  while (!frames.isComplete) {
    const frame = await control.receive();
    if (!(frame instanceof Uint8Array)) throw new TransferError("integrity");
    const began = performance.now();
    const chunk: Bytes = await frames.open(frame);
    seconds += (performance.now() - began) / 1000;
    await writing;
    const written = store.writtenBytes;
    if (written - acked >= ACK_BYTES) {
      await control.send("ack", { bytes: written });
      acked = written;
    }
    transfer.moved(written);
    writing = store.write(chunk);
    writing.catch(() => undefined);
  }
  await writing;
  transfer.moved(store.writtenBytes);
  transfer.timed("decrypt", "AES-256-GCM", seconds);
}

interface Offer {
  name: string;
  size: number;
  mtime: number;
  mime: string;
  trace: string;
}

function offerOf({ name, size, mtime, mime, trace }: Message): Offer {
  const isFile = typeof name === "string" && isCount(size) && isCount(mtime);
  if (!isFile || typeof trace !== "string" || !/^[0-9a-f]{32}$/.test(trace)) {
    throw new TransferError("integrity");
  }
  const type = typeof mime === "string" && /^[\w.+/-]{1,100}$/.test(mime) ? mime : "";
  return { name: safeName(name), size, mtime: Math.min(mtime, 2 ** 33), mime: type, trace };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
