/** An account as programs and as people get it. */
import type { ReadyAccount } from '@veche/client'
import { columns } from './columns.ts'
import type { Fields } from './output.ts'
import { oneLine } from './plain-text.ts'
import type { Words } from './words/en.ts'

export function accountFields({ account, handle, name, device, server }: ReadyAccount): Fields {
  return { account, handle, name, device, server }
}

export function accountText(account: ReadyAccount, { labels }: Words): string {
  const { handle, name, server, account: id, device } = account
  return columns(
    [
      [labels.handle, `@${oneLine(handle)}`],
      [labels.name, oneLine(name)],
      [labels.server, server],
      [labels.account, id],
      [labels.device, device],
    ],
    2,
  )
}
