import { argon2 } from 'node:crypto'
import { promisify } from 'node:util'
import type { Stretch } from './stretching.ts'

/** In the runtime's own threads: the program goes on meanwhile. */
export const argon2id: Stretch = async (passphrase, nonce, { memoryKiB, passes, lanes }) => {
  const parameters = {
    message: passphrase,
    nonce,
    memory: memoryKiB,
    passes,
    parallelism: lanes,
    tagLength: 32,
  }
  return new Uint8Array(await promisify(argon2)('argon2id', parameters))
}
