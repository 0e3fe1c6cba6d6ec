import { argon2idAsync } from '@noble/hashes/argon2.js'
import type { Stretch } from './stretching.ts'

/** In JavaScript, with a breath now and then: the worker goes on meanwhile. */
export const argon2id: Stretch = (passphrase, salt, { memoryKiB, passes, lanes }) =>
  argon2idAsync(passphrase, salt, { m: memoryKiB, t: passes, p: lanes, dkLen: 32 })
