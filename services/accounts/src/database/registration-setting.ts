import type { RegistrationPolicy } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import type { Queryable } from '@veche/service-kit'

/** What an administrator has set; undefined where the configuration holds. */
export async function findRegistrationPolicy(database: Queryable): Promise<RegistrationPolicy | undefined> {
  const { rows } = await database.query<{ policy: RegistrationPolicy }>(
    'SELECT policy FROM registration_setting',
  )
  return rows[0]?.policy
}

export async function storeRegistrationPolicy(
  database: Queryable,
  policy: RegistrationPolicy,
): Promise<void> {
  await database.query(
    `INSERT INTO registration_setting (policy) VALUES ($1)
     ON CONFLICT (only_row) DO UPDATE SET policy = excluded.policy`,
    [policy],
  )
}
