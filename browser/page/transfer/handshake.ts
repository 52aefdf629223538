/** Two round trips: from three words to keys that only the two sides have. */

import { type Bytes, fromBase64Url, fromHex, random, sha256, toBase64Url, utf8 } from "../crypto/bytes";
import { Pake } from "../crypto/cpace";
import { FILE_KEY_BYTES, KemKey, PUBLIC_BYTES, SEALED_BYTES, sealFileKey } from "../crypto/kem";
import { SessionKeys, Transcript, sessionId } from "../crypto/schedule";
import { TransferError, fromCode } from "./errors";
import { type Relay, objectOf } from "./relay";

const SUITE = "cpace-x25519-sha512+x-wing+aes-256-gcm";
const NONCE_BYTES = 16;
const MOST_TEXT = 64 * 1024;
const CHANNEL = utf8("tallow/1");

/** Tells how long each cryptographic operation took. */
export type Timed = (operation: string, algorithm: string, seconds: number) => void;

interface Hellos {
  transcript: Transcript;
  sid: Bytes;
}

/** Agrees on keys with the other side, or finds that it does not know the words. */
export async function handshake(
  relay: Relay,
  room: string,
  words: string,
  timed: Timed,
): Promise<SessionKeys> {
  try {
    const hellos = await exchangeHellos(relay, fromHex(room));
    const work = relay.role === "sender" ? asSender : asReceiver;
    return await work(relay, hellos, words, timed);
  } catch (error) {
    if (error instanceof TransferError && error.code === "bad_code") {
      await relay.send(packed({ type: "abort", code: "bad_code" })).catch(() => undefined);
      relay.burn();
    }
    throw error;
  }
}

async function exchangeHellos(relay: Relay, room: Bytes): Promise<Hellos> {
  const nonce = random(NONCE_BYTES);
  const mine = packed({
    type: "hello",
    v: 1,
    suites: [SUITE],
    methods: ["relay"],
    nonce: toBase64Url(nonce),
  });
  await relay.send(mine);
  const [theirs, said] = await message(relay, "hello");
  if (said["v"] !== 1 || !Array.isArray(said["suites"]) || !said["suites"].includes(SUITE)) {
    throw new TransferError("version");
  }
  const theirNonce = fromBase64Url(said["nonce"], NONCE_BYTES);
  const isSender = relay.role === "sender";
  const transcript = new Transcript(room);
  for (const text of isSender ? [mine, theirs] : [theirs, mine]) transcript.add(text);
  const [senders, receivers] = isSender ? [nonce, theirNonce] : [theirNonce, nonce];
  return { transcript, sid: await sessionId(room, senders, receivers) };
}

async function asSender(
  relay: Relay,
  { transcript, sid }: Hellos,
  words: string,
  timed: Timed,
): Promise<SessionKeys> {
  const clock = stopwatch(timed);
  const ad = await transcript.digest();
  const pake = new Pake({ role: "sender", prs: utf8(words), ci: CHANNEL, sid, ad });
  clock("key_exchange", "CPace");
  const mine = packed({ type: "pake", share: toBase64Url(pake.share) });
  await relay.send(mine);
  const [theirs, said] = await message(relay, "pake");
  const publicBytes = fromBase64Url(said["kem"], PUBLIC_BYTES);
  const theirAd = await sha256(publicBytes);
  clock();
  const tag = pake.finish(fromBase64Url(said["share"], 32), theirAd);
  const secret = pake.confirm(fromBase64Url(said["tag"], 64));
  clock("key_exchange", "CPace");
  transcript.add(mine);
  transcript.add(theirs);
  const fileKey = random(FILE_KEY_BYTES);
  const sealed = await sealFileKey(fileKey, publicBytes, await transcript.digest());
  clock("encapsulate", "X-Wing");
  const key = packed({ type: "key", tag: toBase64Url(tag), sealed: toBase64Url(sealed) });
  await relay.send(key);
  transcript.add(key);
  return SessionKeys.of(secret, fileKey, await transcript.digest());
}

async function asReceiver(
  relay: Relay,
  { transcript, sid }: Hellos,
  words: string,
  timed: Timed,
): Promise<SessionKeys> {
  const clock = stopwatch(timed);
  const kem = await KemKey.make();
  clock("keygen", "X-Wing");
  const ad = await sha256(kem.publicBytes);
  const pake = new Pake({ role: "receiver", prs: utf8(words), ci: CHANNEL, sid, ad });
  clock("key_exchange", "CPace");
  const theirAd = await transcript.digest();
  const [theirs, first] = await message(relay, "pake");
  clock();
  const tag = pake.finish(fromBase64Url(first["share"], 32), theirAd);
  clock("key_exchange", "CPace");
  const mine = packed({
    type: "pake",
    share: toBase64Url(pake.share),
    kem: toBase64Url(kem.publicBytes),
    tag: toBase64Url(tag),
  });
  await relay.send(mine);
  const [key, second] = await message(relay, "key");
  const secret = pake.confirm(fromBase64Url(second["tag"], 64));
  const sealed = fromBase64Url(second["sealed"], SEALED_BYTES);
  transcript.add(theirs);
  transcript.add(mine);
  clock();
  const fileKey = await kem.openFileKey(sealed, await transcript.digest());
  clock("decapsulate", "X-Wing");
  transcript.add(key);
  return SessionKeys.of(secret, fileKey, await transcript.digest());
}

/** The next text message, as it was and as an object. */
async function message(relay: Relay, expected: string): Promise<[string, Record<string, unknown>]> {
  const text = await relay.receive();
  if (typeof text !== "string" || text.length > MOST_TEXT) throw new TransferError("integrity");
  const said = objectOf(text);
  if (said["type"] === "abort") throw fromCode(said["code"]);
  if (said["type"] !== expected) throw new TransferError("integrity");
  return [text, said];
}

function packed(said: Record<string, unknown>): string {
  return JSON.stringify(said);
}

/** Each call tells what took the time since the one before; without a name, only starts over. */
function stopwatch(timed: Timed): (operation?: string, algorithm?: string) => void {
  let since = performance.now();
  return (operation, algorithm = "") => {
    const now = performance.now();
    if (operation) timed(operation, algorithm, (now - since) / 1000);
    since = now;
  };
}
