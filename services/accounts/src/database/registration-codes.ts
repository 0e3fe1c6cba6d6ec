import type { Queryable } from '@veche/service-kit'

export interface NewRegistrationCode {
  /** SHA-256, 32 bytes. */
  readonly codeHash: Uint8Array
  readonly uses: number
  readonly expiresAtMs: number
}

/** What a code that is good now gives the account made with it. */
export interface GoodCode {
  readonly administrator: boolean
}

export async function insertInvite(database: Queryable, code: NewRegistrationCode): Promise<void> {
  await database.query(
    'INSERT INTO registration_code (code_hash, administrator, uses_left, expires_at) VALUES ($1, false, $2, $3)',
    [code.codeHash, code.uses, new Date(code.expiresAtMs)],
  )
}

/** In place of the one before. */
export async function storeAdministratorCode(database: Queryable, code: NewRegistrationCode): Promise<void> {
  await database.query(
    `INSERT INTO registration_code (code_hash, administrator, uses_left, expires_at) VALUES ($1, true, $2, $3)
     ON CONFLICT (administrator) WHERE administrator DO UPDATE
     SET code_hash = excluded.code_hash, uses_left = excluded.uses_left, expires_at = excluded.expires_at`,
    [code.codeHash, code.uses, new Date(code.expiresAtMs)],
  )
}

export async function findGoodCode(
  database: Queryable,
  codeHash: Uint8Array,
  nowMs: number,
): Promise<GoodCode | undefined> {
  const { rows } = await database.query<GoodCode>(
    'SELECT administrator FROM registration_code WHERE code_hash = $1 AND uses_left > 0 AND expires_at > $2',
    [codeHash, new Date(nowMs)],
  )
  return rows[0]
}

/** Uses up one use of a code. */
export async function useCode(
  transaction: Queryable,
  codeHash: Uint8Array,
  nowMs: number,
): Promise<GoodCode | undefined> {
  const { rows } = await transaction.query<GoodCode>(
    `UPDATE registration_code SET uses_left = uses_left - 1
     WHERE code_hash = $1 AND uses_left > 0 AND expires_at > $2 RETURNING administrator`,
    [codeHash, new Date(nowMs)],
  )
  return rows[0]
}

export async function sweepCodes(database: Queryable, nowMs: number): Promise<void> {
  await database.query('DELETE FROM registration_code WHERE uses_left = 0 OR expires_at <= $1', [
    new Date(nowMs),
  ])
}
