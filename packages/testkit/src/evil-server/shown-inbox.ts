/** A device's inbox with items in it that no service has put there: positions are translated both ways. */
export class ShownInbox {
  /** Of each forged item the real position that it comes after; ascending. */
  readonly #forged: bigint[] = []
  #last = 0n

  /** A real position, as the device is told of it. */
  toShown(real: bigint): bigint {
    if (real > this.#last) this.#last = real
    return real + BigInt(this.#forged.filter((after) => after < real).length)
  }

  /** The greatest real position up to what the device names. */
  toReal(shown: bigint): bigint {
    const real = shown - BigInt(this.#forged.filter((after, index) => after + BigInt(index) < shown).length)
    if (real > this.#last) this.#last = real
    return real
  }

  /** The position of a forged item, after all that the device was told of. */
  forge(): bigint {
    this.#forged.push(this.#last)
    return this.#last + BigInt(this.#forged.length)
  }
}
