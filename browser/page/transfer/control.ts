/** The encrypted channel beside the chunks: offers, acknowledgements, ends. */

import type { Bytes } from "../crypto/bytes";
import { ControlFrames, frameKind } from "../crypto/frames";
import type { SessionKeys } from "../crypto/schedule";
import { TransferError, fromCode } from "./errors";
import { type Relay, objectOf } from "./relay";

export type Message = Record<string, unknown>;

export class Control {
  private order: Promise<void> = Promise.resolve();

  private constructor(
    private readonly relay: Relay,
    private readonly mine: ControlFrames,
    private readonly theirs: ControlFrames,
  ) {}

  static async of(relay: Relay, keys: SessionKeys): Promise<Control> {
    const [sender, receiver] = await Promise.all([
      keys.key("control sender"),
      keys.key("control receiver"),
    ]);
    const [mine, theirs] = relay.role === "sender" ? [sender, receiver] : [receiver, sender];
    return new Control(relay, new ControlFrames(mine), new ControlFrames(theirs));
  }

  /** Sends one message; those of several callers leave in the order of their calls. */
  send(type: string, fields: Message = {}): Promise<void> {
    const work = this.order.then(async () => {
      await this.relay.send(await this.mine.seal(JSON.stringify({ type, ...fields })));
    });
    this.order = work.catch(() => undefined);
    return work;
  }

  /** The next message, or a data frame as it came; what ends the transfer is thrown. */
  async receive(): Promise<Message | Bytes> {
    const frame = await this.relay.receive();
    if (typeof frame === "string") throw new TransferError("integrity");
    if (frameKind(frame) === "data") return frame;
    const message = objectOf(await this.theirs.open(frame));
    if (message["type"] === "cancel") throw new TransferError("cancelled");
    if (message["type"] === "error" || message["type"] === "reject") throw fromCode(message["code"]);
    return message;
  }

  /** The next message, which must be of that type. */
  async expect(type: string): Promise<Message> {
    const message = await this.receive();
    if (message instanceof Uint8Array || message["type"] !== type) {
      throw new TransferError("integrity");
    }
    return message;
  }

  /** Says why we stop, if the other side can still hear it. */
  async giveUp({ code }: TransferError): Promise<void> {
    const type = { cancelled: "cancel", declined: "reject", oversize: "reject" }[code as string];
    await this.send(type ?? "error", code === "cancelled" ? {} : { code }).catch(() => undefined);
  }
}
