/** Opening the history keys in the account's backup, while the account secret is in hand. */
import { type AccountId, DecodeError } from '@veche/protocol'
import type { HistoryKey } from '@veche/protocol/gen/e2ee/v1/history_keys_pb.js'
import type { HistoryKeyStore } from './history-key-store.ts'
import { type OpenBackup, openHistoryKeys } from './sealed-history-keys.ts'
import type { AccountsClient } from './server.ts'

/**
 * Takes over what was not yet: a page is one transaction, and whoever dies goes on with the next one, once the account
 * secret is in hand again. What no device of this very account has sealed is passed over (attack A17).
 * @returns how many batches were passed over
 * @throws UnreachableError, RefusedError: what was taken over stays; DecodeError where the server's pages make no sense
 */
export async function openBackup(
  accounts: Pick<AccountsClient, 'listHistoryKeys'>,
  historyKeys: HistoryKeyStore,
  accountId: AccountId,
  open: OpenBackup,
): Promise<{ readonly foreign: number }> {
  await historyKeys.store({ case: 'secretNeeded', value: true })
  let foreign = 0
  for (;;) {
    const after = historyKeys.state.openedNumber
    const { batches, more } = await accounts.listHistoryKeys({ after })
    const number = batches.reduce((last, batch) => (batch.number > last ? batch.number : last), after)
    if (batches.length > 0 && number === after) throw new DecodeError('history keys: batches of before')
    const opened = await Promise.all(batches.map(({ sealed }) => openOne(open, accountId, sealed)))
    foreign += opened.filter((keys) => keys === undefined).length
    const keys = opened.flatMap((some) => some ?? [])
    if (batches.length > 0) await historyKeys.store({ case: 'opened', value: { keys, number } })
    if (!more || batches.length === 0) break
  }
  await historyKeys.store({ case: 'secretNeeded', value: false })
  return { foreign }
}

async function openOne(
  open: OpenBackup,
  accountId: AccountId,
  sealed: Uint8Array,
): Promise<HistoryKey[] | undefined> {
  try {
    return await openHistoryKeys(open, accountId, sealed)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return undefined
  }
}
