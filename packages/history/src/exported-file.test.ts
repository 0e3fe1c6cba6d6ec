import { sha256 } from '@noble/hashes/sha2.js'
import { ChatId, concatBytes, DecodeError, utf8 } from '@veche/protocol'
import { expect, test } from 'vitest'
import { CHAT, entriesAt, entryAt, LONG_MS, randomFrom, SEED } from '../test/material.ts'
import { EXPORT_HEADER_BYTES, newSeal, openSeal, sealPart } from './export-seal.ts'
import { type ExportAuthor, ExportWriter } from './export-writer.ts'
import { type ByteSource, ExportedFile } from './exported-file.ts'
import type { HistoryEntry } from './history-entry.ts'
import type { Stretch } from './stretching.ts'

const PASSPHRASE = 'lantern on the olive harbour'
const OTHER_CHAT = ChatId.fromBytes(new Uint8Array(16).fill(9))
const accountId = entryAt(1).accountId
/** Argon2id itself is the runtime's; what it costs is no matter here. */
const stretch: Stretch = async (passphrase, salt) => sha256(concatBytes(passphrase, salt))
const author: ExportAuthor = {
  certificate: utf8('certificate'),
  signatureKey: new Uint8Array(32).fill(1),
  sign: async (bytes) => concatBytes(sha256(bytes), sha256(bytes)),
}

async function written(chats: ReadonlyMap<ChatId, Iterable<HistoryEntry>>): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = []
  const write = async (bytes: Uint8Array) => void pieces.push(bytes)
  const writer = await ExportWriter.begin(write, { accountId, passphrase: PASSPHRASE, stretch })
  for (const [chatId, entries] of chats) {
    await writer.chat({ chatId, handle: 'bob', name: 'Боб' })
    for (const entry of entries) await writer.message(entry)
  }
  await writer.end(author)
  return pieces
}

const small = await written(
  new Map([
    [CHAT, entriesAt(1, 30)],
    [OTHER_CHAT, [entryAt(7, 'seven')]],
  ]),
)
const bytes = concatBytes(...small)

function sourceOf(file: Uint8Array): ByteSource {
  return { size: file.length, read: async (offset, length) => file.subarray(offset, offset + length) }
}

async function opened(file: Uint8Array, passphrase = PASSPHRASE): Promise<ExportedFile | undefined> {
  return ExportedFile.open(sourceOf(file), passphrase, stretch)
}

async function readAll(file: Uint8Array) {
  const exported = (await opened(file))!
  const verified = await exported.verify()
  const chats = verified.chats.map(async (chat) => {
    const entries: HistoryEntry[] = []
    for await (const entry of exported.messages(chat)) entries.push(entry)
    return { ...chat, entries }
  })
  return { ...verified, chats: await Promise.all(chats) }
}

/** As whoever imports it sees it. */
async function outcomeOf(file: Uint8Array): Promise<unknown> {
  try {
    const exported = await opened(file)
    return exported === undefined ? 'wrong passphrase' : await exported.verify()
  } catch (error) {
    if (error instanceof DecodeError) return 'damaged'
    throw error
  }
}

test('M16 what was written is read again: the account, the chats, every message, and who wrote it', async () => {
  const read = await readAll(bytes)
  expect(read).toMatchObject({ accountId, messages: 31, certificate: author.certificate })
  expect(read.signature).toEqual(await author.sign(read.signed))
  expect(read.chats).toMatchObject([
    { chatId: CHAT, handle: 'bob', name: 'Боб', messages: 30 },
    { chatId: OTHER_CHAT, messages: 1 },
  ])
  expect(read.chats.map(({ entries }) => entries)).toEqual([entriesAt(1, 30), [entryAt(7, 'seven')]])
  expect((await readAll(concatBytes(...(await written(new Map()))))).chats).toEqual([])
})

test('M16 messages of many blocks come one after the other', async () => {
  const read = await readAll(concatBytes(...(await written(new Map([[CHAT, entriesAt(1, 700)]])))))
  expect(read.chats[0]!.entries).toEqual(entriesAt(1, 700))
})

test('M16 nothing of it can be read from the file, nor with another passphrase', async () => {
  const text = Buffer.from(bytes).toString('latin1')
  for (const clear of ['message', 'bob', 'seven', 'certificate']) expect(text).not.toContain(clear)
  expect(await opened(bytes, `${PASSPHRASE} `)).toBeUndefined()
  expect(await opened(bytes, PASSPHRASE.toUpperCase())).toBeUndefined()
})

test('M16 the same passphrase opens it however it is typed', async () => {
  const pieces: Uint8Array[] = []
  const write = async (piece: Uint8Array) => void pieces.push(piece)
  const writer = await ExportWriter.begin(write, { accountId, passphrase: 'ёлка у ворот', stretch })
  await writer.end(author)
  expect(await opened(concatBytes(...pieces), 'ёлка у ворот'.normalize('NFD'))).toBeDefined()
})

test(
  'F15 A17 a file that was cut anywhere is refused with one error',
  async () => {
    for (
      let length = 0;
      length < bytes.length;
      length += length < 200 || bytes.length - length < 400 ? 1 : 7
    ) {
      expect([length, await outcomeOf(bytes.subarray(0, length))]).toEqual([length, 'damaged'])
    }
    for (let at = 0, index = 0; index < small.length; at += small[index++]!.length) {
      expect(await outcomeOf(bytes.subarray(0, at))).toBe('damaged')
    }
    expect(await outcomeOf(concatBytes(bytes, new Uint8Array(1)))).toBe('damaged')
    expect(await outcomeOf(concatBytes(bytes, bytes))).toBe('damaged')
  },
  LONG_MS,
)

test(
  `F15 A17 2,000 flipped bits are found, each (VECHE_SEED=${SEED})`,
  async () => {
    const below = randomFrom(SEED)
    for (let index = 0; index < 2000; index++) {
      const [at, bit] = [below(bytes.length), below(8)]
      const changed = bytes.slice()
      changed[at]! ^= 1 << bit
      expect([at, bit, await outcomeOf(changed)]).toEqual([at, bit, 'damaged'])
    }
  },
  LONG_MS,
)

test('A17 blocks that are swapped, repeated, left out, or of another file are refused', async () => {
  const other = await written(new Map([[CHAT, entriesAt(1, 30)]]))
  for (let index = 1; index < small.length; index++) {
    const [before, block, after] = [small.slice(0, index), small[index]!, small.slice(index + 1)]
    const changed = [
      [...before, ...after],
      [...before, block, block, ...after],
      [...before, ...(after.length > 0 ? [after[0]!, block] : []), ...after.slice(1)],
      [...before, other[Math.min(index, other.length - 1)]!, ...after],
    ]
    for (const [which, blocks] of changed.entries()) {
      if (which === 2 && after.length === 0) continue
      expect([index, which, await outcomeOf(concatBytes(...blocks))]).toEqual([index, which, 'damaged'])
    }
  }
})

test('A17 who asks for too little or too much work is refused before any is done', async () => {
  expect(new DataView(bytes.buffer).getUint32(8)).toBe(128 * 1024)
  for (const [at, value] of [
    [8, 100 * 1024 * 1024],
    [8, 1024],
    [8, 0xffffffff],
    [12, 0],
    [12, 1_000_000],
    [16, 0],
    [16, 0x7fffffff],
  ] as const) {
    const header = bytes.slice(0, EXPORT_HEADER_BYTES)
    new DataView(header.buffer).setUint32(at, value)
    header.set(sha256(header.subarray(0, EXPORT_HEADER_BYTES - 8)).subarray(0, 8), EXPORT_HEADER_BYTES - 8)
    const tooMuch = () => {
      throw new Error('it was asked to work')
    }
    const opening = ExportedFile.open(
      sourceOf(concatBytes(header, bytes.subarray(EXPORT_HEADER_BYTES))),
      PASSPHRASE,
      tooMuch,
    )
    await expect(opening).rejects.toThrow(DecodeError)
  }
})

test('A17 who knows the passphrase still writes nothing that is out of order', async () => {
  const { decodePart, encodePart } = await import('./export-part.ts')
  const chat = { kind: 'chat', chatId: CHAT, handle: 'bob', name: '' } as const
  const start = { kind: 'start', accountId } as const
  const end = (chats: number, messages: number) =>
    ({ kind: 'end', chats, messages, ...author, signature: new Uint8Array(64) }) as const
  const some = { kind: 'messages', entries: entriesAt(5, 6) } as const
  const wrong = [
    [chat, some, end(1, 2)],
    [start, start, chat, some, end(1, 2)],
    [start, some, end(0, 2)],
    [start, chat, some, some, end(1, 4)],
    [start, chat, some, { ...some, entries: entriesAt(3, 4) }, end(1, 4)],
    [start, chat, chat, some, end(2, 2)],
    [start, chat, some, end(1, 3)],
    [start, chat, some, end(2, 2)],
    [start, chat, { ...some, entries: [] }, end(1, 0)],
    [start, chat, { ...some, entries: entriesAt(5, 6).toReversed() }, end(1, 2)],
    [start, chat, { ...some, entries: [{ ...entryAt(1), position: 0n }] }, end(1, 1)],
    [start, chat, some],
  ] as const
  const fileOf = async (
    parts: (typeof wrong)[number] | readonly [typeof start, typeof chat, typeof some, ReturnType<typeof end>],
  ) => {
    const seal = await newSeal(PASSPHRASE, stretch)
    const blocks = parts.map((part, number) =>
      sealPart(seal, number, encodePart(part), { isLast: part.kind === 'end' }),
    )
    return concatBytes(seal.header, ...(await Promise.all(blocks)))
  }
  expect(await outcomeOf(await fileOf([start, chat, some, end(1, 2)]))).toMatchObject({ messages: 2 })
  for (const [index, parts] of wrong.entries()) {
    expect([index, await outcomeOf(await fileOf(parts))]).toEqual([index, 'damaged'])
  }
  expect(() => encodePart({ ...chat, name: 'x'.repeat(129) })).toThrow(RangeError)
  expect(() => decodePart(new Uint8Array())).toThrow(DecodeError)
})

test('M16 chats and messages that are written out of order are refused, and one position is written once', async () => {
  const pieces: Uint8Array[] = []
  const write = async (piece: Uint8Array) => void pieces.push(piece)
  const writer = await ExportWriter.begin(write, { accountId, passphrase: PASSPHRASE, stretch })
  await writer.chat({ chatId: OTHER_CHAT, handle: 'bob', name: '' })
  await expect(writer.chat({ chatId: CHAT, handle: 'eve', name: '' })).rejects.toThrow(RangeError)
  await writer.message(entryAt(3))
  await writer.message(entryAt(3, 'another'))
  await expect(writer.message(entryAt(2))).rejects.toThrow(RangeError)
  await writer.end(author)
  expect((await readAll(concatBytes(...pieces))).chats).toMatchObject([{ entries: [entryAt(3)] }])
})

test('M16 a file that holds a long message is read as well', async () => {
  const long = entryAt(2, 'длинное '.repeat(16_000))
  const read = await readAll(
    concatBytes(...(await written(new Map([[CHAT, [entryAt(1), long, entryAt(3)]]])))),
  )
  expect(read.chats[0]!.entries).toEqual([entryAt(1), long, entryAt(3)])
})

test('A17 the seal of one file opens no other, though passphrase and content are the same', async () => {
  const [one, other] = [await newSeal(PASSPHRASE, stretch), await newSeal(PASSPHRASE, stretch)]
  expect(one.header).not.toEqual(other.header)
  const mixed = concatBytes(one.header.subarray(0, 36), other.header.subarray(36, 52))
  const forged = concatBytes(mixed, sha256(mixed).subarray(0, 8))
  expect(await openSeal(forged, PASSPHRASE, stretch)).toBeUndefined()
})
