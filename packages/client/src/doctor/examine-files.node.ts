/** The local half of an examination: the folder, the disk, the key, the journals and every byte of the history. */
import { access, constants, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { OverlayFiles, type ProfileKey } from '@veche/history'
import {
  hasPassphrase,
  lockProfile,
  NodeFiles,
  type ProfileLock,
  unlockProfileKey,
} from '@veche/history/node'
import type { Device } from '@veche/mls'
import { AccountId, DecodeError, DeviceId } from '@veche/protocol'
import type { Profile } from '@veche/protocol/gen/local/v1/device_pb.js'
import { Chat, DamagedError, DeviceStore, type LocalDevice, listStoredChats, noSteps } from '@veche/sync'
import { type Finding, finding } from './finding.ts'

const LOW_BYTES = 256 * 1024 * 1024
/** Less than a chat needs to go on for a while. */
const FULL_BYTES = 16 * 1024 * 1024

export async function examineFolder(dir: string): Promise<Finding> {
  const found = await stat(dir).catch(() => undefined)
  if (found === undefined) return finding('folder', 'folder_absent', { path: dir })
  const isUsable = await access(dir, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => found.isDirectory(),
    () => false,
  )
  if (!isUsable) return finding('folder', 'folder_unreadable', { path: dir })
  // Windows has no such bits.
  const isOpen = process.platform !== 'win32' && (found.mode & 0o077) !== 0
  return finding('folder', isOpen ? 'folder_open' : 'folder_ok', { path: dir })
}

export async function examineDisk(dir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(dir)
  const free = bavail * bsize
  const values = { freeBytes: free }
  if (free < FULL_BYTES) return finding('disk', 'disk_full', values)
  return finding('disk', free < LOW_BYTES ? 'disk_low' : 'disk_ok', values)
}

/** Takes the lock for as long as the examination lasts; where there was never one, none is made. */
export async function examineLock(dir: string): Promise<{ found: Finding; lock?: ProfileLock }> {
  try {
    if ((await stat(join(dir, 'lock')).catch(() => undefined)) === undefined)
      return { found: finding('lock', 'lock_free') }
    const lock = lockProfile(dir)
    return { found: finding('lock', lock.kind === 'busy' ? 'lock_held' : 'lock_free'), lock }
  } catch {
    return { found: finding('lock', 'lock_broken') }
  }
}

/** @param ask for the passphrase; undefined when there is nobody to ask */
export async function examineKey(
  dir: string,
  ask: (wasWrong: boolean) => Promise<string | undefined>,
): Promise<{ found: Finding; key?: ProfileKey }> {
  const files = new OverlayFiles(new NodeFiles(dir))
  if ((await files.size('profile.key')) === undefined) return { found: finding('key', 'key_absent') }
  try {
    const isLocked = await hasPassphrase(dir)
    let opened = await unlockProfileKey(dir, { files })
    while (opened.kind === 'locked') {
      const passphrase = await ask(opened.wasWrong)
      if (passphrase === undefined) return { found: finding('key', 'key_locked') }
      opened = await unlockProfileKey(dir, { files, passphrase })
    }
    return { found: finding('key', isLocked ? 'key_passphrase' : 'key_ok'), key: opened.key }
  } catch (cause) {
    if (cause instanceof DecodeError) return { found: finding('key', 'key_damaged') }
    throw cause
  }
}

export async function examineDevice(
  dir: string,
  key: ProfileKey,
): Promise<{ found: Finding; device?: LocalDevice }> {
  try {
    const { state } = await DeviceStore.open(new OverlayFiles(new NodeFiles(dir)), key, noSteps)
    const { profile } = state
    if (!profile) return { found: finding('device', 'account_absent') }
    const values = { handle: profile.handle, server: profile.server }
    return { found: finding('device', 'device_ok', values), device: state }
  } catch (cause) {
    if (cause instanceof DamagedError) return { found: finding('device', 'device_damaged') }
    throw cause
  }
}

export interface ExaminedChat {
  readonly chat: Chat | undefined
  readonly found: readonly Finding[]
}

/** One chat after the other; damage of one does not hide the next. */
export async function* examineChats(
  dir: string,
  key: ProfileKey,
  profile: Profile,
): AsyncGenerator<ExaminedChat> {
  const disk = new NodeFiles(dir)
  for (const chatId of await listStoredChats(disk)) {
    try {
      const chat = await Chat.open(contextOf(new OverlayFiles(disk), key, profile), chatId)
      yield { chat, found: chat === undefined ? [] : await damageOf(chat) }
    } catch (cause) {
      if (!(cause instanceof DamagedError || cause instanceof DecodeError)) throw cause
      yield { chat: undefined, found: [finding('chats', 'chat_damaged', { chat: chatId })] }
    }
  }
}

async function damageOf(chat: Chat): Promise<Finding[]> {
  const { state } = chat
  const damage = await chat.messages.verify()
  // What a crash leaves of a message that nobody was told is stored is no damage.
  const lostBytes = damage
    .filter(({ kind }) => kind === 'damaged')
    .reduce((sum, each) => sum + each.lostBytes, 0)
  const values = { chat: state.chatId, handle: state.peer?.handle ?? '', lostBytes }
  return damage.some(({ kind }) => kind === 'damaged') ? [finding('chats', 'history_damaged', values)] : []
}

function contextOf(files: OverlayFiles, profileKey: ProfileKey, profile: Profile) {
  const { certificate, signaturePrivateKey, signaturePublicKey } = profile
  const device: Device = { certificate, signaturePrivateKey, signaturePublicKey }
  const accountId = AccountId.fromBytes(profile.accountId)
  const identity = { accountId, deviceId: DeviceId.fromBytes(profile.deviceId) }
  return { files, profileKey, device, identity, nowMs: Date.now, onEvent: () => {}, onStep: noSteps }
}
