import type { Queryable } from '@veche/service-kit'

/** The answer that was given for a grant, while the grant lives. */
export async function findClaim(database: Queryable, grantId: Uint8Array): Promise<Uint8Array | undefined> {
  const { rows } = await database.query<{ response: Buffer }>(
    'SELECT response FROM key_package_claim WHERE grant_id = $1',
    [grantId],
  )
  return rows[0]?.response
}

/** True for the first of several at the same time; the others wait for its transaction and get false. */
export async function beginClaim(
  transaction: Queryable,
  grantId: Uint8Array,
  expiresAtMs: number,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'INSERT INTO key_package_claim (grant_id, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [grantId, new Date(expiresAtMs)],
  )
  return rowCount > 0
}

export async function finishClaim(
  transaction: Queryable,
  grantId: Uint8Array,
  response: Uint8Array,
): Promise<void> {
  await transaction.query('UPDATE key_package_claim SET response = $2 WHERE grant_id = $1', [
    grantId,
    response,
  ])
}

export async function sweepClaims(database: Queryable, nowMs: number): Promise<void> {
  await database.query('DELETE FROM key_package_claim WHERE expires_at <= $1', [new Date(nowMs)])
}
