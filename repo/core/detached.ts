import { createHash } from 'node:crypto';
import type * as openpgp from 'openpgp';

/**
 * Signs content that passes in pieces. OpenPGP.js takes streams too, but keeps a second copy of everything until the end,
 * which for a bundle is all of it; here only the state of the hash is kept (RFC 4880, 5.2.4: the digest of the content,
 * then of the signature's own hashed part and its trailer).
 */
export class DetachedSigning {
  readonly #hash = createHash('sha256');
  readonly #key: openpgp.PrivateKey;
  readonly #config: openpgp.PartialConfig;

  constructor(key: openpgp.PrivateKey, config: openpgp.PartialConfig) {
    this.#key = key;
    this.#config = config;
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
  }

  /** The armoured signature over all that has passed. */
  async finish(date: Date): Promise<string> {
    const { config: usual, enums, PacketList, Signature, SignaturePacket } = await import('openpgp');
    const { keyPacket } = await this.#key.getSigningKey(undefined, date);
    const packet = new SignaturePacket() as openpgp.SignaturePacket & Internal;
    packet.signatureType = enums.signature.binary;
    packet.publicKeyAlgorithm = enums.publicKey[keyPacket.getAlgorithmInfo().algorithm];
    packet.hashAlgorithm = enums.hash.sha256;
    packet.toHash = () => undefined;
    packet.hash = async () => this.#hash.copy().update(packet.signatureData).update(packet.calculateTrailer(undefined, true)).digest();
    const config = { ...usual, ...this.#config };
    await packet.sign(keyPacket, undefined, date, true, config);
    const list = new PacketList<openpgp.SignaturePacket>();
    list.push(packet);
    return new Signature(list).armor(config);
  }
}

/** The steps of SignaturePacket.sign, which the types leave out. */
interface Internal extends Pick<openpgp.SignaturePacket, 'signatureType' | 'hashAlgorithm'> {
  publicKeyAlgorithm: openpgp.enums.publicKey;
  signatureData: Uint8Array;
  toHash(): undefined;
  hash(): Promise<Uint8Array>;
  calculateTrailer(data: undefined, detached: boolean): Uint8Array;
  sign(key: openpgp.AnyKeyPacket, data: undefined, date: Date, detached: boolean, config: openpgp.Config): Promise<void>;
}
