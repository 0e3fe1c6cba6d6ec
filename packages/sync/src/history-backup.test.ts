import { create } from '@bufbuild/protobuf'
import { importProfileKey, MemoryFiles } from '@veche/history'
import { inviteSealingPrivateKey, newInvite, openSealed } from '@veche/mls'
import { ChatId, decodeMessage, encodeMessage } from '@veche/protocol'
import { HistoryKeySchema, SealedHistoryKeysSchema } from '@veche/protocol/gen/e2ee/v1/history_keys_pb.js'
import { expect, test } from 'vitest'
import type { Chat } from './chat.ts'
import { RefusedError, UnreachableError } from './errors.ts'
import { HistoryBackup } from './history-backup.ts'
import { HistoryKeyStore } from './history-key-store.ts'
import { epochSecretOf, type LocalChat } from './local-chat.ts'
import { openBackup } from './open-backup.ts'
import { MAX_KEYS, type OpenBackup, openHistoryKeys, sealHistoryKeys } from './sealed-history-keys.ts'
import { noSteps } from './steps.ts'
import { createPair, newSide, type Side } from './testing/pair.ts'

interface Backed {
  readonly alice: Side
  readonly backupKey: Uint8Array
  readonly open: OpenBackup
  readonly batches: Uint8Array[]
}

async function setUp(): Promise<Backed & { readonly server: FakeBackup }> {
  const { alice } = await createPair()
  const seed = crypto.getRandomValues(new Uint8Array(32))
  const { sealingKey: backupKey } = await newInvite(seed)
  const privateKey = await inviteSealingPrivateKey(seed)
  const server = new FakeBackup()
  const open: OpenBackup = (purpose, sealed) => openSealed(privateKey, purpose, sealed)
  return { alice, backupKey, open, batches: server.batches, server }
}

class FakeBackup {
  readonly batches: Uint8Array[] = []
  failure: Error | undefined
  pageSize = 2

  addHistoryKeys = async ({ sealed }: { sealed?: Uint8Array }) => {
    if (this.failure) throw this.failure
    this.batches.push(sealed!)
    return {} as never
  }

  listHistoryKeys = async ({ after = 0n }: { after?: bigint }) => {
    if (this.failure) throw this.failure
    const all = this.batches.map((sealed, index) => ({ number: BigInt(index + 1), sealed }))
    const left = all.filter(({ number }) => number > after)
    return { batches: left.slice(0, this.pageSize), more: left.length > this.pageSize } as never
  }
}

async function deviceWith(
  { alice, backupKey, server }: Awaited<ReturnType<typeof setUp>>,
  chats: LocalChat[],
) {
  const files = new MemoryFiles()
  const profileKey = await importProfileKey(new Uint8Array(32))
  const openStore = () => HistoryKeyStore.open(files, profileKey, noSteps)
  const make = async (onStep = noSteps) => {
    const historyKeys = await openStore()
    const held = chats.map((_, index) => ({
      get state() {
        return chats[index]!
      },
    })) as unknown as Chat[]
    const options = { ...alice, chats: held, backupKey, onStep, server: { accounts: server }, historyKeys }
    return { backup: new HistoryBackup(options), historyKeys }
  }
  return { make, openStore }
}

async function openAll({ alice, open, batches }: Backed) {
  const keys = await Promise.all(
    batches.map((sealed) => openHistoryKeys(open, alice.identity.accountId, sealed)),
  )
  return keys.flat()
}

const kept = (chat: LocalChat, server: boolean): LocalChat => ({
  ...chat,
  keeping: { ...chat.keeping, server },
})

test('M15 the key of the present epoch goes into the backup, once, also over restarts', async () => {
  const world = await setUp()
  const { alice } = world
  const { make } = await deviceWith(world, [alice.chat])
  await (await make()).backup.flush()
  await (await make()).backup.flush()
  const [{ epoch, historyKey }] = alice.chat.epochs as [(typeof alice.chat.epochs)[0]]
  const opened = await openAll(world)
  expect(opened.map((key) => [key.epoch, key.key])).toEqual([[epoch, historyKey]])
})

test('M22 keys of a chat that the server does not keep stay out of it, until it is kept', async () => {
  const world = await setUp()
  const chats = [kept(world.alice.chat, false)]
  const { make } = await deviceWith(world, chats)
  await (await make()).backup.flush()
  expect(world.batches).toEqual([])
  chats[0] = kept(world.alice.chat, true)
  await (await make()).backup.flush()
  expect(await openAll(world)).toHaveLength(1)
})

test('M15 many keys go in several batches, each of which the server takes', async () => {
  const world = await setUp()
  const secret = await epochSecretOf(world.alice.chat.group)
  const epochs = Array.from({ length: 2 * MAX_KEYS + 1 }, (_, epoch) => ({
    ...secret,
    epoch: 2n ** 63n + BigInt(epoch),
  }))
  const { make } = await deviceWith(world, [{ ...world.alice.chat, epochs }])
  await (await make()).backup.flush()
  expect(world.batches.map(({ length }) => length <= 65_536)).toEqual([true, true, true])
  expect((await openAll(world)).map(({ epoch }) => epoch)).toEqual(epochs.map(({ epoch }) => epoch))
})

test('M15 keys that came with a link go into the backup, once, as soon as the chat is there and kept', async () => {
  const world = await setUp()
  const { alice } = world
  const chats: LocalChat[] = []
  const { make, openStore } = await deviceWith(world, chats)
  const keys = Array.from({ length: MAX_KEYS + 10 }, (_, epoch) => {
    const key = crypto.getRandomValues(new Uint8Array(32))
    return create(HistoryKeySchema, { chatId: ChatId.toBytes(alice.chat.chatId), epoch: BigInt(epoch), key })
  })
  const given = { case: 'given', value: { keys } } as const
  await (await openStore()).store(given)
  await (await openStore()).store(given) // the join began anew
  expect((await openStore()).state.given).toHaveLength(keys.length)
  await (await make()).backup.flush()
  expect(world.batches).toEqual([])
  chats.push(kept(alice.chat, false))
  const later = async () => {
    const { make: again } = await deviceWith(world, chats)
    const { backup, historyKeys } = await again()
    await historyKeys.store(given)
    await backup.flush()
    return historyKeys.state
  }
  expect((await later()).given).toHaveLength(keys.length)
  chats[0] = kept(alice.chat, true)
  const { given: left, opened, backedUp } = await later()
  expect([left, opened.size, [...backedUp.values()]]).toEqual([
    [],
    keys.length,
    [alice.chat.epochs[0]!.epoch],
  ])
  const all = (await openAll(world)).map(({ epoch, key }) => `${epoch} ${key.join()}`)
  const own = alice.chat.epochs.map(({ epoch, historyKey }) => `${epoch} ${historyKey.join()}`)
  expect(all.toSorted()).toEqual(
    [...keys.map(({ epoch, key }) => `${epoch} ${key.join()}`), ...own].toSorted(),
  )
})

test('F16 whoever dies, or gets no answer, sends the same bytes again', async () => {
  const world = await setUp()
  const { server, alice } = world
  const { make, openStore } = await deviceWith(world, [alice.chat])
  server.failure = new UnreachableError()
  await (await make()).backup.flush()
  const { sealed } = (await openStore()).state.pending!
  server.failure = undefined
  const dying = await make((step) => {
    if (step === 'backup: sent') throw new Error('died')
  })
  await expect(dying.backup.flush()).rejects.toThrow('died')
  await (await make()).backup.flush()
  expect(world.batches).toEqual([sealed, sealed])
  expect((await openStore()).state.pending).toBeUndefined()
})

test('a backup that is full is not asked to take the same again', async () => {
  const world = await setUp()
  const { make, openStore } = await deviceWith(world, [world.alice.chat])
  world.server.failure = new RefusedError('backup_full')
  await (await make()).backup.flush()
  expect((await openStore()).state.pending).toBeUndefined()
})

test('M15 a new session has the first batch sent at once, and another not before a minute has passed', async () => {
  const world = await setUp()
  const chats = [world.alice.chat]
  const { make } = await deviceWith(world, chats)
  const { backup } = await make()
  const delays: number[] = []
  const acts: (() => void)[] = []
  const later = (delayMs: number, act: () => void) => {
    delays.push(delayMs)
    acts.push(act)
  }
  backup.schedule(later, () => {})
  backup.schedule(later, () => {})
  acts[0]!()
  await backup.flush()
  const [secret] = world.alice.chat.epochs
  chats[0] = { ...chats[0]!, epochs: [secret!, { ...secret!, epoch: 9n }] }
  backup.schedule(later, () => {})
  expect(delays).toHaveLength(2)
  expect([delays[0], delays[1]! > 0]).toEqual([0, true])
})

test('A17 only what a device of this very account has sealed, to this account, is opened', async () => {
  const world = await setUp()
  const { alice, backupKey, open, server } = world
  const mallory = await newSide('mallory')
  const account = { accountId: alice.identity.accountId, backupKey }
  const key = { chatId: new Uint8Array(16), epoch: 1n, key: new Uint8Array(32).fill(6) } as never
  const good = await sealHistoryKeys(alice.device, account, [key])
  const changed = (change: object) =>
    encodeMessage(SealedHistoryKeysSchema, {
      ...decodeMessage(SealedHistoryKeysSchema, good, 65_536),
      ...change,
    })
  const other = { accountId: mallory.identity.accountId, backupKey }
  const poisoned = [
    await sealHistoryKeys(mallory.device, account, [key]),
    await sealHistoryKeys(alice.device, other, [key]),
    await sealHistoryKeys(
      { ...alice.device, signaturePrivateKey: mallory.device.signaturePrivateKey },
      account,
      [key],
    ),
    changed({ deviceCertificate: mallory.device.certificate }),
    changed({ deviceSignatureKey: mallory.device.signaturePublicKey }),
    changed({ version: 2 }),
    changed({ signature: new Uint8Array(64) }),
    await sealHistoryKeys(alice.device, account, [
      { chatId: new Uint8Array(15), epoch: 1n, key: new Uint8Array(32) } as never,
    ]),
    new Uint8Array(10),
    new Uint8Array(70_000),
  ]
  server.batches.push(...poisoned, good)
  const { openStore } = await deviceWith(world, [])
  const store = await openStore()
  expect(await openBackup(server, store, alice.identity.accountId, open)).toEqual({
    foreign: poisoned.length,
  })
  const opened = [...(await openStore()).state.opened.values()].flat()
  expect(opened.map((one) => [one.epoch, one.key])).toEqual([[1n, new Uint8Array(32).fill(6)]])
})

test('M15 whoever could not open all of the backup says so, and goes on where it was', async () => {
  const world = await setUp()
  const { alice, backupKey, open, server } = world
  const account = { accountId: alice.identity.accountId, backupKey }
  for (let epoch = 1n; epoch <= 5n; epoch++) {
    const key = { chatId: new Uint8Array(16), epoch, key: new Uint8Array(32) } as never
    server.batches.push(await sealHistoryKeys(alice.device, account, [key]))
  }
  const { openStore } = await deviceWith(world, [])
  const store = await openStore()
  const failing: OpenBackup = async (...sealed) => {
    server.failure = new UnreachableError()
    return open(...sealed)
  }
  await expect(openBackup(server, store, account.accountId, failing)).rejects.toThrow(UnreachableError)
  const left = (await openStore()).state
  expect([left.isSecretNeeded, left.openedNumber]).toEqual([true, 2n])
  server.failure = undefined
  await openBackup(server, await openStore(), account.accountId, open)
  const { isSecretNeeded, opened } = (await openStore()).state
  expect([isSecretNeeded, opened.size]).toEqual([false, 5])
})
