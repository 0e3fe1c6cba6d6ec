/** IndexedDB's requests and transactions as promises. */

export function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** Resolves when it is done; synced, where it asked for that. */
export function completionOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
  })
}

/** Removes a whole database; whoever has it open closes it. */
export async function eraseDatabase(name: string): Promise<void> {
  await resultOf(indexedDB.deleteDatabase(name))
}
