/**
 * Examines a profile and its server, from the ground up, and tells of each thing as soon as it is looked at. It works
 * on a damaged profile, and on none; it changes nothing on the disk, and takes nothing from the server.
 */
import type { ProfileKey } from '@veche/history'
import type { ProfileLock } from '@veche/history/node'
import { DecodeError } from '@veche/protocol'
import type { Chat, LocalDevice } from '@veche/sync'
import { trustOf } from '../authority-pin.node.ts'
import { UsageError } from '../errors.ts'
import { connectFromNode, type NodeTransport } from '../transport.node.ts'
import {
  examineChats,
  examineDevice,
  examineDisk,
  examineFolder,
  examineKey,
  examineLock,
} from './examine-files.node.ts'
import { examineAccount, examineServer, examineStream, serverOf } from './examine-server.ts'
import { type Finding, finding } from './finding.ts'

export interface ExamineOptions {
  /** Of this program. */
  readonly version: string
  /** URL; the account's own by default. */
  readonly server?: string
  /** Leaves the server alone. */
  readonly offline: boolean
  /** Asks for the passphrase of the profile; undefined when there is nobody to ask. */
  readonly askPassphrase: (wasWrong: boolean) => Promise<string | undefined>
  /** Told after each chat that was read whole. */
  readonly onProgress: (chats: number) => void
}

/** The first Node that has all that this program needs. */
const LEAST_NODE = 24
const ATTEMPTS = 3

export async function* examineProfile(dir: string, options: ExamineOptions): AsyncGenerator<Finding> {
  yield program(options.version)
  const folder = await examineFolder(dir)
  yield folder
  const hasFolder = folder.finding === 'folder_ok' || folder.finding === 'folder_open'
  const locking = hasFolder ? yield* examineOpenFolder(dir) : undefined
  try {
    const local = locking ? yield* examineLocal(dir, locking.kind === 'busy', options) : undefined
    yield* examineRemote(dir, local, options)
  } finally {
    if (locking?.kind === 'held') locking.release()
  }
}

interface Local {
  readonly device: LocalDevice
  /** Undefined when they were not looked at. */
  readonly chats: readonly Chat[] | undefined
}

function program(version: string): Finding {
  const [major] = process.versions.node.split('.')
  const name = Number(major) < LEAST_NODE ? 'program_old' : 'program_ok'
  const platform = `${process.platform} ${process.arch}`
  return finding('program', name, { version, node: process.versions.node, platform, least: LEAST_NODE })
}

async function* examineOpenFolder(
  dir: string,
): AsyncGenerator<Finding, ProfileLock | { readonly kind: 'none' }> {
  yield await examineDisk(dir)
  const { found, lock } = await examineLock(dir)
  yield found
  return lock ?? { kind: 'none' }
}

async function* examineLocal(
  dir: string,
  isBusy: boolean,
  { askPassphrase, onProgress }: ExamineOptions,
): AsyncGenerator<Finding, Local | undefined> {
  const { found, key } = await examineKey(dir, askPassphrase)
  yield found
  if (!key) return undefined
  const { found: foundDevice, device } = await examineMovingDevice(dir, key, isBusy)
  yield foundDevice
  if (!device?.profile) return undefined
  if (isBusy) {
    yield finding('chats', 'chats_unseen')
    return { device, chats: undefined }
  }
  const chats: Chat[] = []
  let seen = 0
  let damaged = 0
  try {
    for await (const { chat, found: damage } of examineChats(dir, key, device.profile)) {
      if (chat) chats.push(chat)
      yield* damage
      damaged += damage.length
      onProgress(++seen)
    }
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause
    yield finding('chats', 'chats_unreadable')
    return { device, chats: undefined }
  }
  const messages = chats.reduce((sum, chat) => sum + chat.messages.count, 0)
  if (damaged === 0) yield finding('chats', 'chats_ok', { chats: seen, messages })
  return { device, chats }
}

/** Another process may write the journal anew between two readings of it. */
async function examineMovingDevice(dir: string, key: ProfileKey, isBusy: boolean) {
  let examined = await examineDevice(dir, key)
  for (let attempt = 1; isBusy && examined.found.health === 'broken' && attempt < ATTEMPTS; attempt++) {
    examined = await examineDevice(dir, key)
  }
  return examined
}

async function* examineRemote(
  dir: string,
  local: Local | undefined,
  options: ExamineOptions,
): AsyncGenerator<Finding> {
  const profile = local?.device.profile
  const url = options.server ?? profile?.server
  if (options.offline || url === undefined) {
    yield finding('server', 'server_unseen')
    return
  }
  const line = connect(url, dir)
  if (line === undefined) {
    yield finding('server', 'server_refused', { server: url, reason: 'invalid_server' })
    return
  }
  try {
    const { found, isTrusted } = await examineServer(line.transport, url, profile?.serverIdentityKey)
    yield* found
    if (!isTrusted || !profile) return
    const server = serverOf(line.transport, profile)
    const account = await examineAccount(server)
    yield* account
    if (account.some(({ health }) => health === 'broken')) return
    yield local?.chats
      ? await examineStream(server, local.device.inboxPosition, local.chats)
      : finding('stream', 'stream_unseen')
  } finally {
    line.close()
  }
}

function connect(url: string, dir: string): NodeTransport | undefined {
  try {
    return connectFromNode(url, trustOf(dir))
  } catch (cause) {
    if (cause instanceof UsageError) return undefined
    throw cause
  }
}
