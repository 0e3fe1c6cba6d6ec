import type { BlockedName } from '../../database/blocks.ts'
import { readAccountId, readHandle } from '../../request-fields.ts'

/** @throws RpcError INVALID_ARGUMENT account_id_invalid, handle_invalid */
export async function readBlockedName({
  accountId,
  handle,
}: {
  accountId: Uint8Array
  handle: string
}): Promise<BlockedName> {
  if (accountId.length === 0 && handle !== '') return { handle: readHandle(handle) }
  return { accountId: await readAccountId(accountId) }
}
