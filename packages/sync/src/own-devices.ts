/** Bringing the account's other devices into a group that this device has just made or joined. */
import { ChatId } from '@veche/protocol'
import type { Chat } from './chat.ts'
import { RefusedError, UnreachableError } from './errors.ts'
import { type Follower, followDevices } from './follow-devices.ts'

/** What cannot be had now is left to the next session. */
export async function bringOwnDevices(follower: Follower, chat: Chat): Promise<void> {
  const { store } = follower
  const value = { intent: { case: 'followDevices', value: ChatId.toBytes(chat.state.chatId) } } as const
  await store.store({ case: 'intent', value })
  try {
    if ((await followDevices(follower, chat)) === 'done') await store.store({ case: 'intentDone', value })
  } catch (error) {
    if (!(error instanceof RefusedError || error instanceof UnreachableError)) throw error
  }
}
