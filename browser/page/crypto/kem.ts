/** The post-quantum key: HPKE Base mode with the X-Wing KEM (0x647A), by hpke-js. */

import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";
import { TransferError } from "../transfer/errors";
import { type Bytes, join, utf8 } from "./bytes";

export const PUBLIC_BYTES = 1216;
export const SEALED_BYTES = 1120 + 32 + 16;
export const FILE_KEY_BYTES = 32;

const ENC_BYTES = 1120;
const INFO = utf8("tallow/1 file key");
const xWing = new XWing();
const suite = new CipherSuite({
  kem: xWing,
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

/** The receiver's key pair, made for one transfer and forgotten after it. */
export class KemKey {
  private constructor(
    readonly publicBytes: Bytes,
    private readonly pair: CryptoKeyPair,
  ) {}

  /** Makes a key; a seed of 32 bytes is for known answers alone. */
  static async make(seed?: Bytes): Promise<KemKey> {
    const fresh = await suite.kem.generateKeyPair();
    const pair = seed ? await xWing.generateKeyPairDerand(seed) : fresh;
    const raw = await suite.kem.serializePublicKey(pair.publicKey);
    return new KemKey(new Uint8Array(raw), pair);
  }

  async openFileKey(sealed: Bytes, transcriptHash: Bytes): Promise<Bytes> {
    try {
      const recipient = await suite.createRecipientContext({
        recipientKey: this.pair,
        enc: sealed.slice(0, ENC_BYTES).buffer,
        info: join(INFO, transcriptHash).buffer,
      });
      const key = new Uint8Array(await recipient.open(sealed.slice(ENC_BYTES).buffer));
      if (key.length === FILE_KEY_BYTES) return key;
    } catch {
      // X-Wing rejects implicitly: a wrong key shows only here, as a failed opening.
    }
    throw new TransferError("integrity");
  }
}

/** Seals the file key so that only the holder of `publicBytes` can open it. */
export async function sealFileKey(
  fileKey: Bytes,
  publicBytes: Bytes,
  transcriptHash: Bytes,
): Promise<Bytes> {
  try {
    const sender = await suite.createSenderContext({
      recipientPublicKey: await suite.kem.deserializePublicKey(publicBytes.buffer),
      info: join(INFO, transcriptHash).buffer,
    });
    const sealed = new Uint8Array(await sender.seal(fileKey.buffer));
    return join(new Uint8Array(sender.enc), sealed);
  } catch {
    throw new TransferError("integrity");
  }
}
