/** A chat as a device has it on its disk: whom it encrypts to, and in which epoch. The device goes on undisturbed. */
import { MemoryFiles } from '@veche/history'
import { type Device, type Group, type GroupView, view } from '@veche/mls'
import { AccountId, type ChatId, DeviceId } from '@veche/protocol'
import { Chat, DeviceStore, noSteps } from '@veche/sync'
import { profileKey, type Victim } from './evil-server.ts'

/** @throws Error where the device does not have the chat */
export async function groupOf({ files }: Victim, chatId: ChatId): Promise<Group> {
  const copy = MemoryFiles.from(files.snapshot())
  const key = await profileKey()
  const { profile } = (await DeviceStore.open(copy, key, noSteps)).state
  if (!profile) throw new Error('nobody is registered here')
  const { certificate, signaturePrivateKey, signaturePublicKey, accountId, deviceId } = profile
  const device: Device = { certificate, signaturePrivateKey, signaturePublicKey }
  const chat = await Chat.open(
    {
      files: copy,
      profileKey: key,
      device,
      identity: { accountId: AccountId.fromBytes(accountId), deviceId: DeviceId.fromBytes(deviceId) },
      nowMs: Date.now,
      onEvent: () => {},
      onStep: noSteps,
    },
    chatId,
  )
  if (!chat) throw new Error('the device does not have the chat')
  return chat.state.group
}

export async function groupViewOf(victim: Victim, chatId: ChatId): Promise<GroupView> {
  return view(await groupOf(victim, chatId))
}
