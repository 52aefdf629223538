/** What was said becomes keys: the transcript hash and the key schedule. */

import { type Bytes, join, sha256, u32, utf8 } from "./bytes";

export type KeyName = "control sender" | "control receiver" | "data";

export function sessionId(room: Bytes, senderNonce: Bytes, receiverNonce: Bytes): Promise<Bytes> {
  return sha256(room, senderNonce, receiverNonce);
}

/** Every handshake message in order, each with its length; a few kilobytes in all. */
export class Transcript {
  private said: Bytes = new Uint8Array();

  constructor(room: Bytes) {
    this.add(utf8("tallow/1"));
    this.add(room);
  }

  /** Takes in one message exactly as it was on the wire. */
  add(message: Bytes | string): void {
    const bytes = typeof message === "string" ? utf8(message) : message;
    this.said = join(this.said, u32(bytes.length), bytes);
  }

  /** The hash of all so far; more may follow. */
  digest(): Promise<Bytes> {
    return sha256(this.said);
  }
}

/** The secret of a session, from which each epoch draws its own keys. */
export class SessionKeys {
  private constructor(
    private readonly secret: CryptoKey,
    private readonly salt: Bytes,
  ) {}

  static async of(pakeSecret: Bytes, fileKey: Bytes, transcriptHash: Bytes): Promise<SessionKeys> {
    const ikm = join(pakeSecret, fileKey);
    const secret = await crypto.subtle.importKey("raw", ikm, "HKDF", false, ["deriveBits"]);
    return new SessionKeys(secret, transcriptHash);
  }

  /** 32 bytes. Another epoch is another key, so counters may start over. RFC 5869. */
  async bytes(name: KeyName, epoch = 0): Promise<Bytes> {
    const info = join(utf8("tallow/1 "), utf8(name), u32(epoch));
    const choice = { name: "HKDF", hash: "SHA-256", salt: this.salt, info };
    return new Uint8Array(await crypto.subtle.deriveBits(choice, this.secret, 256));
  }

  async key(name: KeyName, epoch = 0): Promise<CryptoKey> {
    return importAes(await this.bytes(name, epoch));
  }
}

export function importAes(raw: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}
