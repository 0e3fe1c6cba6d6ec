/**
 * Who the accounts of a group are. Which accounts are in it the tree says; what they are called only the server can say,
 * and a handle is bound to the account that it was first met with (attacks A1, A2).
 */
import { listedAccounts } from '@veche/mls'
import { readCertificate, readHandshake } from '@veche/mls/wire'
import { AccountId, ChatId, DecodeError, equalBytes } from '@veche/protocol'
import {
  type ChatAccount,
  type Entry,
  EntryKind,
  type Person,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Chat } from './chat.ts'
import type { DeviceStore } from './device-store.ts'
import { RefusedError } from './errors.ts'
import { isGroup, type LocalChat } from './local-chat.ts'
import { accountOf } from './person.ts'
import { bindHandle } from './pins.ts'
import { rulesOf } from './rules.ts'
import type { ChatsClient } from './server.ts'

export interface Acquaintance {
  readonly server: { readonly chats: Pick<ChatsClient, 'listChatDevices'> }
  readonly store: DeviceStore
  readonly identity: { readonly accountId: AccountId }
}

/** Takes in what the server says of those who are in the group, and of nobody else. */
export async function learnPeople(
  { store }: Pick<Acquaintance, 'store'>,
  chat: Chat,
  accounts: readonly Pick<ChatAccount, 'person'>[],
  newcomers: readonly AccountId[] = [],
): Promise<void> {
  if (!isGroup(chat.state)) return
  const present = new Set([...listedAccounts(rulesOf(chat.state.group)), ...newcomers])
  const people: Person[] = []
  for (const { person } of accounts) {
    const account = person && accountIn(person)
    if (!account || !present.has(account)) continue
    await bindHandle(store, person.handle, account)
    people.push(person)
  }
  await chat.learnPeople(people)
}

/** Asks for the names of those in the group who are not known; it is no matter if the server does not tell. */
export async function meetMembers(acquaintance: Acquaintance, chat: Chat): Promise<void> {
  if (!isGroup(chat.state)) return
  const strangers = strangersIn(acquaintance, chat.state, listedAccounts(rulesOf(chat.state.group)))
  if (strangers.length > 0) await ask(acquaintance, chat, [])
}

/** Before entries are taken in: whoever wrote one, or comes in by one, is told of by name. */
export async function meetNewcomers(
  acquaintance: Acquaintance,
  chat: Chat,
  entries: readonly Entry[],
): Promise<void> {
  if (!isGroup(chat.state)) return
  const news = entries.filter(({ position }) => position > chat.state.position)
  const strangers = strangersIn(acquaintance, chat.state, news.flatMap(accountsNamed))
  if (strangers.length > 0) await ask(acquaintance, chat, strangers)
}

async function ask(acquaintance: Acquaintance, chat: Chat, newcomers: readonly AccountId[]): Promise<void> {
  const { chats } = acquaintance.server
  try {
    const { accounts } = await chats.listChatDevices({ chatId: ChatId.toBytes(chat.state.chatId) })
    await learnPeople(acquaintance, chat, accounts, newcomers)
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
  }
}

function strangersIn(
  { identity }: Acquaintance,
  { people }: LocalChat,
  accounts: readonly AccountId[],
): AccountId[] {
  return accounts.filter((account) => {
    const id = AccountId.toBytes(account)
    return account !== identity.accountId && !people.some(({ accountId }) => equalBytes(accountId, id))
  })
}

/** As the entry says; nothing of it is verified yet. */
function accountsNamed({ kind, accountId, mlsMessage }: Entry): AccountId[] {
  try {
    if (kind === EntryKind.APPLICATION) return [AccountId.fromBytes(accountId)]
    if (kind !== EntryKind.COMMIT) return []
    const { adds, sender } = readHandshake(mlsMessage)
    const leaves = sender.kind === 'external' ? [...adds, sender] : adds
    return leaves.map(({ identity }) => readCertificate(identity).accountId)
  } catch (error) {
    if (error instanceof DecodeError) return []
    throw error
  }
}

function accountIn(person: Person): AccountId | undefined {
  try {
    return accountOf(person)
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}
