/**
 * The profile key of a browser: made by WebCrypto as a key that it never hands out, and kept in IndexedDB as such. No script,
 * ours included, ever has its bytes. Where the browser keeps it on the disk is the browser's affair: whoever can read its
 * folder has key and profile both, as with `profile.key` without a passphrase.
 */
import { completionOf, resultOf } from './indexed-db.dom.ts'
import type { ProfileKey } from './profile-key.ts'

const STORE = 'keys'
const NAME = 'profile'

/** Opens the key of that name, or makes one. Called by the holder of the profile's lock. */
export async function openBrowserKey(database: string): Promise<ProfileKey> {
  const opened = await openDatabase(database)
  try {
    const kept = await resultOf(opened.transaction(STORE).objectStore(STORE).get(NAME))
    if (kept !== undefined) return kept as ProfileKey
    const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ])
    const transaction = opened.transaction(STORE, 'readwrite', { durability: 'strict' })
    transaction.objectStore(STORE).put(made, NAME)
    await completionOf(transaction)
    return made as unknown as ProfileKey
  } finally {
    opened.close()
  }
}

function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1)
  request.onupgradeneeded = () => request.result.createObjectStore(STORE)
  return resultOf(request)
}
