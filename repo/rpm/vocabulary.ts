/** Bytes, in both ways in which they are looked at. */
export interface Bytes {
  bytes: Uint8Array;
  view: DataView;
}

export const bytesOf = (bytes: Uint8Array): Bytes => ({ bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) });

/**
 * Texts that repeat, each kept once, as bytes, under a number. An index names the same few ten thousand dependencies half a
 * million times; four bytes at a time they are told apart faster than they could be made into strings.
 */
export class Vocabulary {
  /** The one that was seen last. */
  last = 0;
  #count = 0;
  #kept = bytesOf(new Uint8Array(1 << 16));
  /** By number; where one begins, the one before ends. */
  #begins = new Uint32Array(1 << 10);
  /** By number, what followed when it was last seen: packages of one source repeat whole rows. */
  #next = new Int32Array(1 << 10).fill(-1);
  /** Number and hash in turn, by hash, open addressing; three quarters are full at most. */
  #slots = new Int32Array(1 << 12).fill(-1);

  /** The number of a text of at least four bytes. */
  number({ view }: Bytes, at: number, end: number): number {
    const number = this.#find(view, at, end);
    this.#next[this.last] = number;
    this.last = number;
    return number;
  }

  /** Whether what comes after the one seen last is what came after it before, up to the next tag: where it ends, or -1. */
  again({ bytes, view }: Bytes, at: number): number {
    const guess = this.#next[this.last]!;
    if (guess < 0) return -1;
    const end = at + this.#begins[guess + 1]! - this.#begins[guess]!;
    if (bytes[end] !== tag || !this.#is(guess, view, at, end)) return -1;
    this.last = guess;
    return end;
  }

  /** A byte a character. */
  text(number: number): string {
    return Buffer.from(this.#kept.bytes.buffer, this.#begins[number]!, this.#begins[number + 1]! - this.#begins[number]!).toString('latin1');
  }

  #find(from: DataView, at: number, end: number): number {
    const hash = hashOf(from, at, end);
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hash << 1) & mask;
    for (let number = slots[slot]!; number >= 0; number = slots[slot]!) {
      if (slots[slot + 1] === hash && this.#is(number, from, at, end)) return number;
      slot = (slot + 2) & mask;
    }
    slots[slot] = this.#count;
    slots[slot + 1] = hash;
    return this.#add(from, at, end);
  }

  #is(number: number, from: DataView, at: number, end: number): boolean {
    const { view } = this.#kept;
    const begin = this.#begins[number]!;
    if (this.#begins[number + 1]! - begin !== end - at) return false;
    const offset = begin - at;
    // The last four bytes may have been looked at in part.
    if (from.getInt32(end - 4, true) !== view.getInt32(offset + end - 4, true)) return false;
    for (let place = at; place + 4 < end; place += 4) if (from.getInt32(place, true) !== view.getInt32(offset + place, true)) return false;
    return true;
  }

  #add(from: DataView, at: number, end: number): number {
    const number = this.#count++;
    const begin = this.#begins[number]!;
    this.#makeRoom(begin + end - at);
    copy(from, at, end, this.#kept.view, begin);
    this.#begins[number + 1] = begin + end - at;
    if (this.#count * 8 > this.#slots.length * 3) this.#spread();
    return number;
  }

  #makeRoom(size: number): void {
    if (size > this.#kept.bytes.length) this.#kept = bytesOf(widen(this.#kept.bytes, new Uint8Array(2 * size)));
    if (this.#count + 1 < this.#begins.length) return;
    this.#begins = widen(this.#begins, new Uint32Array(2 * this.#begins.length));
    this.#next = widen(this.#next, new Int32Array(2 * this.#next.length).fill(-1));
  }

  #spread(): void {
    const slots = new Int32Array(2 * this.#slots.length).fill(-1);
    const mask = slots.length - 1;
    for (let place = 0; place < this.#slots.length; place += 2) {
      if (this.#slots[place]! < 0) continue;
      const hash = this.#slots[place + 1]!;
      let slot = (hash << 1) & mask;
      while (slots[slot]! >= 0) slot = (slot + 2) & mask;
      slots[slot] = this.#slots[place]!;
      slots[slot + 1] = hash;
    }
    this.#slots = slots;
  }
}

/** The last four bytes may be copied in part for the second time. */
function copy(from: DataView, at: number, end: number, to: DataView, begin: number): void {
  const offset = begin - at;
  for (let place = at; place + 4 < end; place += 4) to.setInt32(offset + place, from.getInt32(place, true), true);
  to.setInt32(offset + end - 4, from.getInt32(end - 4, true), true);
}

/** `<` */
const tag = 0x3c;

function hashOf(view: DataView, at: number, end: number): number {
  let hash = Math.imul(view.getInt32(end - 4, true) ^ (end - at), 0x9e3779b1);
  for (let place = at; place + 4 < end; place += 4) hash = Math.imul(hash ^ view.getInt32(place, true), 0x01000193) ^ (hash >>> 13);
  return hash ^ (hash >>> 15);
}

function widen<T extends Uint8Array | Uint32Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
