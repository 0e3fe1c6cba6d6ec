/** The database of a measurement: 10,000 users, one of whom has up to 100,000 messages. Texts and dates are made up. */
import { type Database, openDatabase } from '@veche/service-kit'
import { fill } from '@veche/service-nichatka/testing'
import type { Places } from './nichatka-scenarios.ts'
import type { NichatkaSite } from './nichatka-site.ts'
import { hostName } from './nichatka-token.ts'

const users = 10_000
const maxHeavyDeliveries = 100_000
const pageLength = 50
const deepPages = 1_000

export interface Filled extends Places {
  readonly messages: number
  readonly deliveries: number
  readonly heavyDeliveries: number
  readonly heavyNickname: string
  readonly ordinaryNicknames: readonly string[]
}

/** Fills it where nobody has, before anybody asks anything. */
export async function fillSite(site: NichatkaSite, messages: number): Promise<Filled> {
  const { folder, port } = site.socket
  const query = new URLSearchParams({ host: folder, port, user: 'veche' })
  const role = { kind: 'login', name: 'veche_nichatka' } as const
  const url = `postgresql:///veche?${query}`
  await using database = openDatabase({ url, schema: 'nichatka', role, statementTimeoutMs: 0 })
  const { rowCount } = await database.query('SELECT FROM host WHERE name = $1', [hostName])
  if (rowCount === 0) {
    const started = performance.now()
    // Nobody has a third of all messages but in the smallest of databases.
    const heavyDeliveries = Math.min(maxHeavyDeliveries, messages)
    await fill(database, { host: hostName, users, messages, recipients: 2, heavyDeliveries })
    console.log(`filled with ${messages} messages in ${Math.round((performance.now() - started) / 1000)} s`)
  }
  return { messages, ...(await describe(database)) }
}

async function describe(database: Database): Promise<Omit<Filled, 'messages'>> {
  const heavy = `host_id = (SELECT id FROM host WHERE name = $1)
    AND user_id = (SELECT u.id FROM app_user u JOIN host h ON h.id = u.host_id WHERE h.name = $1 AND nickname = 'user1')`
  const { rows } = await database.query<{ id: bigint }>(
    `SELECT message_id AS id FROM delivery WHERE incoming AND status < 2 AND ${heavy} ORDER BY message_id DESC`,
    [hostName],
  )
  const counted = await database.query<{ deliveries: bigint; heavy: bigint }>(
    `SELECT (SELECT reltuples::bigint FROM pg_class WHERE oid = 'delivery'::regclass) AS deliveries,
       (SELECT count(*) FROM delivery WHERE ${heavy}) AS heavy`,
    [hostName],
  )
  const deepPage = Math.min(deepPages, Math.floor(rows.length / pageLength))
  return {
    deliveries: Number(counted.rows[0]!.deliveries),
    heavyDeliveries: Number(counted.rows[0]!.heavy),
    heavyNickname: 'user1',
    ordinaryNicknames: Array.from({ length: users - 1 }, (_, index) => `user${index + 2}`),
    deepPage,
    deepId: rows[(deepPage - 1) * pageLength]!.id,
    newestId: rows[0]!.id,
  }
}
