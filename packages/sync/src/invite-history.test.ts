import { create } from '@bufbuild/protobuf'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { inviteMemberKey, newInvite, sealTo } from '@veche/mls'
import { ChatId, concatBytes, DecodeError, encodeMessage, labelled, randomId } from '@veche/protocol'
import { InviteHistorySchema } from '@veche/protocol/gen/e2ee/v1/invite_history_pb.js'
import { expect, test } from 'vitest'
import { fetchInviteHistory } from './fetch-invite-history.ts'
import { createPageOpener, type EpochKey, sealHistoryPage } from './invite-history.ts'

const chatId = randomId(ChatId)
const bytes = (length: number) => crypto.getRandomValues(new Uint8Array(length))
const keyOf = (epoch: bigint): EpochKey => ({ epoch, key: bytes(32) })
const keysOf = (...epochs: number[]) => epochs.map((epoch) => keyOf(BigInt(epoch)))
const byEpoch = (keys: readonly EpochKey[]) =>
  keys.map(({ epoch, key }) => `${epoch} ${key.join()}`).toSorted()

async function newLink(chat = chatId) {
  const seed = bytes(32)
  const invite = await newInvite(seed)
  const memberKey = inviteMemberKey(seed)
  return {
    invite,
    memberKey,
    secret: { inviteId: invite.id, seed },
    seal: (keys: readonly EpochKey[]) => sealHistoryPage(chat, invite, memberKey, keys),
    open: await createPageOpener(chat, { inviteId: invite.id, seed }),
  }
}

test('M15 who holds the link opens what was sealed to it, whatever the order and however many keys of an epoch', async () => {
  const { seal, open } = await newLink()
  for (const keys of [keysOf(7), keysOf(1, 2, 3, 4), keysOf(9, 3, 4, 1, 4, 4), keysOf(0, 2 ** 40)]) {
    expect(byEpoch(await open(await seal(keys)))).toEqual(byEpoch(keys))
  }
  expect((await seal(keysOf(5))).length).toBeLessThan(256)
})

test('M15 where too many epochs were, the newest come, in a page that the server takes', async () => {
  const { seal, open } = await newLink()
  const keys = keysOf(...Array.from({ length: 10_000 }, (_, epoch) => epoch))
  const page = await seal(keys)
  expect(page.length).toBeLessThanOrEqual(256 * 1024)
  const opened = await open(page)
  expect(opened.length).toBeGreaterThan(8000)
  expect(byEpoch(opened)).toEqual(byEpoch(keys.slice(-opened.length)))
  const apart = await open(await seal(keysOf(...Array.from({ length: 10_000 }, (_, epoch) => 2 * epoch))))
  expect(apart.length).toBeGreaterThan(5000)
})

test('A5 pages of another link, another chat, or of who does not know the member key open nowhere', async () => {
  const [link, other, elsewhere] = [await newLink(), await newLink(), await newLink(randomId(ChatId))]
  const page = await link.seal(keysOf(1))
  const byServer = await sealHistoryPage(chatId, link.invite, bytes(32), keysOf(1))
  const pages = [
    await other.seal(keysOf(1)),
    await elsewhere.seal(keysOf(1)),
    await sealHistoryPage(randomId(ChatId), link.invite, link.memberKey, keysOf(1)),
    byServer,
    page.map((byte, index) => (index === 50 ? byte ^ 1 : byte)),
    page.slice(1),
    new Uint8Array(),
    new Uint8Array(256 * 1024 + 1),
  ]
  for (const [index, wrong] of pages.entries())
    await expect(link.open(wrong), `page ${index}`).rejects.toThrow(DecodeError)
})

test('A5 runs of no epochs are no page, though a member made them', async () => {
  const { invite, memberKey, open } = await newLink()
  const place = [ChatId.toBytes(chatId), invite.id]
  const sealed = (history: Uint8Array) => {
    const label = labelled('veche invite history proof v1', ...place, sha256(history))
    const text = concatBytes(hmac(sha256, memberKey, label), history)
    return sealTo(invite.sealingKey, labelled('veche invite history v1', ...place), text)
  }
  const of = (firstEpoch: bigint, keys: Uint8Array) =>
    encodeMessage(InviteHistorySchema, create(InviteHistorySchema, { runs: [{ firstEpoch, keys }] }))
  expect(await open(await sealed(of(3n, bytes(64))))).toHaveLength(2)
  for (const wrong of [of(3n, bytes(33)), of(2n ** 64n - 1n, bytes(64)), bytes(100), Uint8Array.of(255)])
    await expect(open(await sealed(wrong))).rejects.toThrow(DecodeError)
})

test('A5 of what a server shows, what a link gives is taken: in order, bounded, of epochs that have been', async () => {
  const { secret, seal } = await newLink()
  const good = keysOf(1, 2)
  const [first, later, spare] = [await seal(good), await seal(keysOf(4, 5, 6)), await seal(keysOf(3))]
  const many = await Promise.all(Array.from({ length: 12 }, () => seal(keysOf(2))))
  const fetch = async (
    answers: readonly { pages: { number: bigint; sealed: Uint8Array }[]; more: boolean }[],
  ) => {
    const asked: bigint[] = []
    const listInviteHistory = async ({ after }: { after: bigint }) => {
      asked.push(after)
      return answers[Math.min(asked.length, answers.length) - 1]!
    }
    const link = { chatId, ...secret, epoch: 6n }
    const keys = await fetchInviteHistory({ listInviteHistory } as never, link)
    return { asked, epochs: keys.map(({ epoch }) => Number(epoch)) }
  }
  const page = (number: bigint, sealed: Uint8Array) => ({ number, sealed })
  const two = [
    { pages: [page(5n, first)], more: true },
    { pages: [page(9n, spare), page(10n, bytes(10)), page(11n, later)], more: false },
  ]
  expect(await fetch(two)).toEqual({ asked: [0n, 5n], epochs: [1, 2, 3, 4, 5] })
  expect(await fetch([{ pages: [page(5n, first), page(5n, spare)], more: false }])).toMatchObject({
    epochs: [1, 2],
  })
  expect((await fetch([{ pages: [page(5n, first)], more: true }])).asked).toEqual([0n, 5n])
  expect((await fetch([{ pages: [], more: true }])).asked).toEqual([0n])
  const flood = [
    { pages: [page(1n, first), ...many.map((one, index) => page(BigInt(2 + index), one))], more: false },
  ]
  expect((await fetch(flood)).epochs.filter((epoch) => epoch === 2)).toHaveLength(8)
})
