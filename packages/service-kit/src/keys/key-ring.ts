/**
 * The server's master keys, newest first, as a value. The first is the current one, under which data keys are
 * wrapped; the others only open what is still under them. docs/wire/at-rest.md has the format.
 */
import { hkdfSync, randomBytes } from 'node:crypto'
import { labelled } from '@veche/protocol'

/** 16 hexadecimal digits, computed from the key. */
export type MasterKeyId = string

export interface MasterKey {
  readonly id: MasterKeyId
  /** 32 bytes. */
  readonly key: Uint8Array
}

/** The key file cannot be used: it is no ring of keys, others may read it, or it is missing. */
export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError'
}

/** Something stored is under a master key that the ring does not have. */
export class MissingMasterKeyError extends MasterKeyError {
  readonly keyId: MasterKeyId

  constructor(keyId: MasterKeyId) {
    super(`the master key ${keyId} is missing`)
    this.keyId = keyId
  }
}

const keyBytes = 32
const idBytes = 8
export const maxRingKeys = 16
/** Of the file. */
export const maxRingBytes = maxRingKeys * 65

export class KeyRing {
  /** Newest first; at least one. */
  readonly keys: readonly MasterKey[]

  private constructor(keys: readonly MasterKey[]) {
    this.keys = keys
  }

  /** @param keys newest first, 32 bytes each. @throws MasterKeyError */
  static of(keys: readonly Uint8Array[]): KeyRing {
    if (keys.length === 0 || keys.length > maxRingKeys) {
      throw new MasterKeyError(`the master key file must hold one to ${maxRingKeys} keys`)
    }
    if (keys.some((key) => key.length !== keyBytes)) throw new TypeError(`a master key has ${keyBytes} bytes`)
    const ring = keys.map((key) => ({ id: idOf(key), key: Uint8Array.from(key) }))
    if (new Set(ring.map(({ id }) => id)).size < ring.length) {
      throw new MasterKeyError('the master key file holds a key twice')
    }
    return new KeyRing(ring)
  }

  /** @throws MasterKeyError */
  static decode(text: string): KeyRing {
    if (text.length > maxRingBytes || !/^[0-9a-f]{64}(\n[0-9a-f]{64})*\s*$/.test(text)) {
      throw new MasterKeyError('the master key file must hold 64 hexadecimal digits on each line')
    }
    return KeyRing.of(
      text
        .trimEnd()
        .split('\n')
        .map((line) => Uint8Array.from(Buffer.from(line, 'hex'))),
    )
  }

  encode(): string {
    return this.keys.map(({ key }) => `${Buffer.from(key).toString('hex')}\n`).join('')
  }

  get current(): MasterKey {
    return this.keys[0]!
  }

  find(id: MasterKeyId): MasterKey | undefined {
    return this.keys.find((key) => key.id === id)
  }

  /** With a new current key. */
  renewed(): KeyRing {
    return KeyRing.of([randomBytes(keyBytes), ...this.keys.map(({ key }) => key)])
  }

  /** The current key alone. */
  withoutOld(): KeyRing {
    return KeyRing.of([this.current.key])
  }

  /** Overwrites the keys in memory; the ring opens nothing afterwards. */
  wipe(): void {
    for (const { key } of this.keys) key.fill(0)
  }
}

function idOf(key: Uint8Array): MasterKeyId {
  const info = labelled('veche master key id v1')
  return Buffer.from(hkdfSync('sha256', key, new Uint8Array(), info, idBytes)).toString('hex')
}
