/**
 * How two peers prove to each other that they have the same key, without sending it: the handshake of
 * Python's `multiprocessing.connection`. One challenges the other with random bytes, the other answers
 * with their HMAC, and is told whether that is right; then the other way round.
 *
 * Our challenges are those of Python 3.11, without the name of a digest, since every version knows how
 * to answer them: with HMAC-MD5 (which is sound as a MAC), or with one of its own choice. From 3.12 on
 * Python's challenges name a digest, which the answer must be made with, and name again.
 */
import { toBytes } from "../io/form.ts";
import { joinBytes } from "../io/join_bytes.ts";
import { AuthenticationError } from "./authentication_error.ts";
import { nodeCrypto } from "./node_crypto.ts";

/** Messages to and from the peer. */
export interface Messages {
  send(message: Uint8Array): Promise<void>;
  receive(): Promise<Uint8Array>;
}

/** No message of a handshake is longer. */
export const LONGEST_MESSAGE = 256;

const CHALLENGE = ascii("#CHALLENGE#");
const WELCOME = ascii("#WELCOME#");
const FAILURE = ascii("#FAILURE#");
/** The length of a challenge that names no digest, and the least length of one that does. */
const CHALLENGE_LENGTH = 20;
/** The length of an HMAC-MD5: an answer that names no digest. */
const MD5_LENGTH = 16;
/** Python's names of the digests it allows, and the host's. */
const DIGESTS: ReadonlyMap<string, string> = new Map([
  ["md5", "md5"],
  ["sha256", "sha256"],
  ["sha384", "sha384"],
  ["sha3_256", "sha3-256"],
  ["sha3_384", "sha3-384"],
]);
const NAMED = /^\{(\w{1,8})\}/;
/** One character for each byte. */
const LATIN1 = new TextDecoder("latin1");

/** A key as bytes of its own. */
export function toKey(given: Uint8Array | string, operation: string): Uint8Array {
  const key = toBytes(given, operation).slice();
  if (key.length > 0) return key;
  throw new RangeError(
    `Cannot authenticate with an empty key in ${operation} because everybody has it: give a longer one`,
  );
}

/** Makes the peer prove that it has `key`; tells it whether it did. */
export async function deliverChallenge(peer: Messages, key: Uint8Array): Promise<void> {
  const challenge = crypto.getRandomValues(new Uint8Array(CHALLENGE_LENGTH));
  await peer.send(joinBytes([CHALLENGE, challenge]));
  if (isRightAnswer(await peer.receive(), challenge, key)) {
    await peer.send(WELCOME);
    return;
  }
  await peer.send(FAILURE);
  throw new AuthenticationError(
    "Cannot authenticate the peer because its answer is wrong: give both sides the same authkey",
  );
}

/** Proves to the peer that we have `key`. */
export async function answerChallenge(peer: Messages, key: Uint8Array): Promise<void> {
  const message = await peer.receive();
  if (!sameBytes(message.subarray(0, CHALLENGE.length), CHALLENGE)) {
    throw new AuthenticationError(
      "Cannot authenticate to the peer because it sent no challenge: give both sides an authkey",
    );
  }
  await peer.send(answerTo(message.subarray(CHALLENGE.length), key));
  if (sameBytes(await peer.receive(), WELCOME)) return;
  throw new AuthenticationError(
    "Cannot authenticate to the peer because it rejected our answer: give both sides the same authkey",
  );
}

function answerTo(challenge: Uint8Array, key: Uint8Array): Uint8Array {
  if (challenge.length === CHALLENGE_LENGTH) return mac("md5", key, challenge);
  const named = challenge.length > CHALLENGE_LENGTH ? nameIn(challenge) : null;
  if (named === null) {
    throw new AuthenticationError(
      `Cannot answer a challenge of ${challenge.length} bytes because it names no digest of ` +
        `${[...DIGESTS.keys()].join(", ")}: have the peer use one of them`,
    );
  }
  return joinBytes([ascii(named.prefix), mac(named.digest, key, challenge)]);
}

function isRightAnswer(answer: Uint8Array, challenge: Uint8Array, key: Uint8Array): boolean {
  if (answer.length === MD5_LENGTH) return sameBytes(answer, mac("md5", key, challenge));
  const named = nameIn(answer);
  if (named === null) return false;
  return sameBytes(answer.subarray(named.prefix.length), mac(named.digest, key, challenge));
}

/** The digest that `{name}` at the start of `message` stands for. */
function nameIn(message: Uint8Array): { prefix: string; digest: string } | null {
  const [prefix, name] = NAMED.exec(LATIN1.decode(message)) ?? [];
  const digest = name === undefined ? undefined : DIGESTS.get(name);
  return digest === undefined ? null : { prefix: prefix!, digest };
}

function mac(digest: string, key: Uint8Array, message: Uint8Array): Uint8Array {
  return nodeCrypto().createHmac(digest, key).update(message).digest();
}

/** Takes the same time wherever they differ. */
function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && nodeCrypto().timingSafeEqual(left, right);
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
