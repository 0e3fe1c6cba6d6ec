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

/** The recovery words, numbered, four a line: they are copied by hand. */
export function recoveryText(recovery: string, words: Words): string {
  const numbered = recovery.split(' ').map((word, index) => `${String(index + 1).padStart(2)} ${word}`)
  const rows = Array.from({ length: Math.ceil(numbered.length / 4) }, (_, row) =>
    numbered.slice(row * 4, row * 4 + 4),
  )
  return `${words.says.recovery}\n\n${columns(rows, 2)}`
}
