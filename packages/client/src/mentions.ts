/** Whom a message of a group names: those of the group whose handles stand in it with an @, and whom it answers. */
import { listedAccounts } from '@veche/mls'
import { AccountId } from '@veche/protocol'
import { isGroup, type LocalChat, MAX_MENTIONS, rulesOf } from '@veche/sync'

/** "@anna." and "@anna-то" name anna: a handle ends with a letter or a digit. Not within a word, as in an address. */
const HANDLE = /(?<![\p{L}\p{N}_.-])@([a-z0-9][a-z0-9_.-]{1,30}[a-z0-9])/giu

/** At most MAX_MENTIONS, in the order of the text, never oneself; nobody in a private chat. */
export function mentionsIn(
  text: string,
  chat: LocalChat,
  { own, answered }: { readonly own: AccountId; readonly answered?: AccountId | undefined },
): AccountId[] {
  if (!isGroup(chat)) return []
  const members = new Set(listedAccounts(rulesOf(chat.group)))
  const known = new Map(
    chat.people.map(({ handle, accountId }) => [handle, AccountId.fromBytes(accountId)] as const),
  )
  const named = handlesIn(text).flatMap((handle) => known.get(handle) ?? [])
  const all = answered === undefined ? named : [answered, ...named]
  return [...new Set(all)].filter((account) => account !== own && members.has(account)).slice(0, MAX_MENTIONS)
}

/** Every handle that stands in a text with an @ before it. */
export function handlesIn(text: string): string[] {
  return [...text.matchAll(HANDLE)].map(([, handle]) => handle!.toLowerCase())
}
