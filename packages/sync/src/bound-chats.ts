/**
 * A chat is written to only while its peer's handle stands for its peer's account (attack A2). What handles stand for
 * is decided by the pins, in one record; the chats' standings follow it, also when a program died between the two.
 */
import { AccountId } from '@veche/protocol'
import type { Chat } from './chat.ts'
import { Standing } from './local-chat.ts'
import type { LocalDevice } from './local-device.ts'
import { bindingOf } from './pins.ts'

/** @returns the chats that can be written to again */
export async function followPins(chats: Iterable<Chat>, device: LocalDevice): Promise<Chat[]> {
  const opened: Chat[] = []
  for (const chat of chats) {
    const { standing, peer } = chat.state
    if (!peer) continue
    const isBound = bindingOf(device, peer.handle, AccountId.fromBytes(peer.accountId)) === 'bound'
    if (standing === Standing.OPEN && !isBound) await chat.setStanding(Standing.CHANGED_BINDING)
    if (standing !== Standing.CHANGED_BINDING || !isBound) continue
    await chat.setStanding(Standing.OPEN)
    opened.push(chat)
  }
  return opened
}
