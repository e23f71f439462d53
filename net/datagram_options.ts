import { countError } from "../io/counts.ts";
import type { DatagramInbox } from "./datagram_inbox.ts";
import type { DatagramPort } from "./datagram_port.ts";
import { cannotGet, cannotSet, optionName } from "./option_names.ts";
import type { OptionStore } from "./socket_options.ts";

/** The options of one datagram socket. They can be set before it is bound. */
export class DatagramSocketOptions implements OptionStore {
  readonly #inbox: DatagramInbox;
  #port: DatagramPort | null = null;
  #broadcast = false;
  #sendBuffer = 0;
  #receiveBuffer = 0;
  /** Whether the address may be bound though another socket has it: counts when the socket is bound. */
  reuseAddress = false;

  constructor(inbox: DatagramInbox) {
    this.#inbox = inbox;
  }

  set(level: number, option: number, value: number | boolean): void {
    switch (optionName(level, option)) {
      case "SO_REUSEADDR":
        this.reuseAddress = Boolean(value);
        break;
      case "SO_BROADCAST":
        this.#broadcast = Boolean(value);
        this.#port?.setBroadcast(this.#broadcast);
        break;
      case "SO_RCVBUF":
        this.#inbox.limit = this.#receiveBuffer = sizeOf(value);
        this.#port?.setReceiveBuffer(this.#receiveBuffer);
        break;
      case "SO_SNDBUF":
        this.#sendBuffer = sizeOf(value);
        this.#port?.setSendBuffer(this.#sendBuffer);
        break;
      default:
        throw cannotSet(level, option);
    }
  }

  get(level: number, option: number): number {
    switch (optionName(level, option)) {
      case "SO_REUSEADDR":
        return Number(this.reuseAddress);
      case "SO_BROADCAST":
        return Number(this.#broadcast);
      case "SO_RCVBUF":
        return this.#inbox.limit;
      default:
        throw cannotGet(level, option);
    }
  }

  /** Gives a socket that was just bound what was set before. */
  apply(port: DatagramPort): void {
    this.#port = port;
    if (this.#broadcast) port.setBroadcast(true);
    if (this.#receiveBuffer > 0) port.setReceiveBuffer(this.#receiveBuffer);
    if (this.#sendBuffer > 0) port.setSendBuffer(this.#sendBuffer);
  }
}

function sizeOf(value: number | boolean): number {
  const size = Number(value);
  const error = countError(size, "Socket.setsockopt()");
  if (error !== null) throw error;
  return size;
}
