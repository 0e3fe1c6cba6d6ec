/**
 * Following a chat into the successor of its group, by a Welcome: only where this device, by its own last epoch, accepts it (A1).
 * The server's word counts for nothing; what it still has of the log before is taken in first.
 */
import { type Beginning, JoinError, join, judgeSuccessor, type SuccessorRefusal, view } from '@veche/mls'
import { AccountId, type ChatId, DecodeError, equalBytes } from '@veche/protocol'
import type { Welcome } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Chat } from './chat.ts'
import type { LogPlace } from './events.ts'
import { readTravelled } from './group-profile.ts'
import { takeKeys } from './handed-keys.ts'
import { type Joiner, secretOf } from './joiner.ts'
import { type LocalChat, logHashAt, Standing } from './local-chat.ts'
import { rulesOf } from './rules.ts'

export interface JoinedSuccessor {
  readonly kind: 'joined'
  readonly chatId: ChatId
  readonly isUnreadable: boolean
  readonly since: LogPlace
  /** Of the key package that was used up. */
  readonly reference: Uint8Array
}

/**
 * @returns undefined for a Welcome that leads into no successor of the chat's group
 * @throws DecodeError
 */
export async function joinSuccessor(
  joiner: Joiner,
  welcome: Welcome,
  chat: Chat,
): Promise<
  | JoinedSuccessor
  | { readonly kind: 'refused'; readonly detail: string; readonly successor: true }
  | undefined
> {
  if (!canGoOn(chat.state)) return undefined
  const joined = await open(joiner, welcome)
  if (!joined) return undefined
  const { group, reference, addedBy, beginning, handover } = joined
  const { chatId, incarnation } = { ...view(group), ...view(group).state }
  if (chatId !== chat.state.chatId || incarnation <= view(chat.state.group).state.incarnation)
    return undefined
  if (welcome.logHash.length !== 32) throw new DecodeError('welcome: no hash of the log')
  const isElsewhere = chat.state.standing === Standing.OPEN && (await joiner.catchUp(chat)) === 'elsewhere'
  const reason = judge(chat.state, joined, welcome)
  if (reason) {
    if (isElsewhere) await chat.setStanding(Standing.PARTED)
    return { kind: 'refused', detail: `successor of ${addedBy.accountId}: ${reason}`, successor: true }
  }
  const { profile, isUnreadable } = await readTravelled(group, welcome, chat.state.profile)
  await takeKeys(joiner.historyKeys, chatId, handover)
  const { position, logHash } = welcome
  joiner.onStep('join: successor')
  await chat.beginnings.take({
    ...{ group, position, logHash, profile, updateDue: true },
    kept: beginning?.kept ?? 0n,
  })
  joiner.onStep('join: succeeded')
  return { kind: 'joined', chatId, isUnreadable, since: { position, logHash }, reference }
}

function canGoOn({ standing }: LocalChat): boolean {
  return standing !== Standing.CREATING && standing !== Standing.REMOVED
}

async function open({ device, store }: Joiner, { welcome }: Welcome) {
  try {
    return await join(device, welcome, (wanted) => secretOf(store, wanted)?.privatePart)
  } catch (error) {
    if (error instanceof JoinError) return undefined
    throw error
  }
}

type Refusal = SuccessorRefusal | 'another-log'

function judge(
  before: LocalChat,
  { group, addedBy, beginning }: Pick<Awaited<ReturnType<typeof join>>, 'group' | 'addedBy' | 'beginning'>,
  { position }: Welcome,
): Refusal | undefined {
  const next = view(group)
  if (position <= before.position || before.epochs.some(({ epoch }) => epoch >= next.epoch))
    return 'not-later'
  if (beginning && !isOfLog(before, beginning, position)) return 'another-log'
  const last = { ...view(before.group), state: rulesOf(before.group) }
  return judgeSuccessor(last, next, addedBy.accountId, goneFrom(before))
}

/** Whether what the server still had is what this device has, as far as it remembers. */
function isOfLog(before: LocalChat, { kept, keptHash, position: at }: Beginning, position: bigint): boolean {
  const known = logHashAt(before, kept)
  return at === position && (known === undefined || equalBytes(known, keptHash))
}

function goneFrom({ group, people }: LocalChat): ReadonlySet<AccountId> {
  const listed = new Set(rulesOf(group).members.map(({ accountId }) => AccountId.fromBytes(accountId)))
  return new Set(
    people.map(({ accountId }) => AccountId.fromBytes(accountId)).filter((id) => !listed.has(id)),
  )
}
