import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { socketUrl } from '../database/database-url.ts'
import type { ServerAddress } from '../database/service-schema.ts'
import { chooseAccount } from './account.ts'
import { findBinaries } from './binaries.ts'
import { answers, database, EmbeddedPostgres, user } from './embedded-postgres.ts'
import { shortPath } from './short-path.ts'

export interface AttachedPostgres extends AsyncDisposable {
  readonly address: ServerAddress
}

/**
 * The PostgreSQL of a data folder, beside the server that has started it; where none runs, one of our own until it is
 * disposed. Undefined where the folder has no database.
 * @throws PostgresError
 */
export async function attachPostgres(folder: string): Promise<AttachedPostgres | undefined> {
  const account = await chooseAccount(await findBinaries(), join(folder, 'postgres'))
  if (!existsSync(join(account.folder, 'PG_VERSION'))) return undefined
  const sockets = await shortPath(account.folder)
  if (await answers(sockets.path)) {
    const address = { url: socketUrl(sockets.path, database, user), passwordless: true }
    return { address, [Symbol.asyncDispose]: () => sockets[Symbol.asyncDispose]() }
  }
  await sockets[Symbol.asyncDispose]()
  return EmbeddedPostgres.start({ folder })
}
