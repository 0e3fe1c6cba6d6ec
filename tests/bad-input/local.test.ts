/**
 * What a device reads back from its disk: files that are sealed, under a change that nobody can authenticate, and the
 * decoders behind the seal. Whatever is damaged, every message that is shown is one that was stored.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ExportedFile,
  ExportWriter,
  type HistoryEntry,
  HistoryLog,
  Journal,
  MemoryFiles,
  type Stretch,
} from '@veche/history'
import { openProfileKey } from '@veche/history/node'
import { ChatId, DecodeError, utf8 } from '@veche/protocol'
import { ChatRecordSchema } from '@veche/protocol/gen/local/v1/chat_pb.js'
import { type MutationTarget, MutationTrials, samplesOf } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  decodeAnswer,
  decodeRequest,
  encodeFrame,
  lines,
  type Request,
} from '../../apps/terminal/src/handover/frames.ts'
import { Seen } from '../../apps/terminal/src/seen.ts'
import { decodePart, encodePart } from '../../packages/history/src/export-part.ts'
import { decodeBatch, encodeBatch } from '../../packages/history/src/history-entry.ts'
import { decodeDirectory, encodeDirectory, placeOf } from '../../packages/history/src/segment-directory.ts'
import { CHAT, entriesAt, PROFILE_KEY } from '../../packages/history/test/material.ts'
import {
  decodeSnapshot,
  encodeRecord,
  encodeSnapshot,
  replay,
  toChanges,
} from '../../packages/sync/src/chat-record.ts'
import { decodeContent, encodeText } from '../../packages/sync/src/content.ts'
import {
  applyDeviceChanges,
  encodeDeviceRecord,
  encodeDeviceSnapshot,
  replayDevice,
  toDeviceChanges,
} from '../../packages/sync/src/local-device.ts'
import { createPair, seal } from '../../packages/sync/src/testing/pair.ts'

const NAMES = [
  'history segment',
  'history key',
  'history index',
  'journal',
  'journal key',
  'profile.key',
  'block of messages',
  'segment directory',
  'exported history',
  'part of an exported history',
  'chat record',
  'chat snapshot',
  'device record',
  'device snapshot',
  'content',
  'handover request',
  'handover answer',
  'handover stream',
  'seen.json',
]

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const trials = new MutationTrials(async () => [
  ...(await historyTargets()),
  ...(await journalTargets()),
  profileKeyTarget(await profileKey()),
  ...innerTargets(),
  ...(await exportTargets()),
  ...(await chatTargets()),
  ...handoverTargets(),
  seenTarget(),
])

test.each(NAMES)(trials.title, (name) => trials.run(name), trials.timeoutMs)

test('no decoder is left out', async () => {
  expect(await trials.names()).toEqual(NAMES)
})

/** A few messages for the segment and the key; for the index as many as make a segment full. */
async function historyTargets(): Promise<MutationTarget[]> {
  const few = [entriesAt(1, 3), entriesAt(4, 4), entriesAt(5, 9)]
  return [
    await historyTarget('history segment', '000001.segment', few),
    await historyTarget('history key', '/key', few),
    await historyTarget('history index', '000001.index', [entriesAt(1, 1_030)]),
  ]
}

async function historyTarget(
  name: string,
  ending: string,
  appended: readonly HistoryEntry[][],
): Promise<MutationTarget> {
  const files = new MemoryFiles()
  const log = await HistoryLog.open(files, CHAT, PROFILE_KEY)
  for (const entries of appended) await log.append(entries)
  await found(log)
  const stored = files.snapshot()
  const known = new Set(appended.flat().map(textOf))
  const path = [...stored.keys()].find((each) => each.endsWith(ending))!
  const decode = async (bytes: Uint8Array) => {
    const changed = MemoryFiles.from(new Map(stored).set(path, bytes))
    const opened = await HistoryLog.open(changed, CHAT, PROFILE_KEY)
    const shown = [...(await opened.last(20)), ...(await found(opened))]
    if (!shown.every((entry) => known.has(textOf(entry)))) throw new Error('a message that was never stored')
    if (opened.damage.length > 0) throw new DecodeError('damaged, and told')
    return shown
  }
  return { name, samples: [stored.get(path)!], errors: [DecodeError], decode }
}

async function found(log: HistoryLog): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = []
  for await (const entry of log.search('message 1', { limit: 5 })) entries.push(entry)
  return entries
}

function textOf({ position, messageId, content }: HistoryEntry): string {
  return `${position} ${messageId} ${Buffer.from(content).toString('hex')}`
}

async function journalTargets(): Promise<MutationTarget[]> {
  const files = new MemoryFiles()
  const journal = await Journal.open(files, 'device', PROFILE_KEY)
  const records = ['one', 'two', 'three'].map(utf8)
  await journal.rewrite(utf8('snapshot'))
  for (const record of records) await journal.append(record)
  const stored = files.snapshot()
  const read = async (path: string, bytes: Uint8Array) => {
    const opened = await Journal.open(
      MemoryFiles.from(new Map(stored).set(path, bytes)),
      'device',
      PROFILE_KEY,
    )
    const texts = [opened.snapshot ?? new Uint8Array(), ...opened.records].map((each) =>
      Buffer.from(each).toString(),
    )
    if (!'snapshot|one|two|three'.startsWith(texts.join('|')))
      throw new Error('records that were never stored')
    if (opened.repaired) throw new DecodeError('damaged, and told')
    return opened
  }
  return ['journal', 'key'].map((ending) => {
    const path = [...stored.keys()].find((each) => each.endsWith(`.${ending}`))!
    const name = ending === 'key' ? 'journal key' : 'journal'
    return { name, samples: [stored.get(path)!], errors: [DecodeError], decode: (bytes) => read(path, bytes) }
  })
}

async function profileKey(): Promise<Uint8Array> {
  await openProfileKey(folder)
  return new Uint8Array(await readFile(join(folder, 'profile.key')))
}

function profileKeyTarget(sample: Uint8Array): MutationTarget {
  return {
    name: 'profile.key',
    samples: [sample],
    errors: [DecodeError],
    decode: async (bytes) => {
      await writeFile(join(folder, 'profile.key'), bytes)
      return openProfileKey(folder)
    },
  }
}

function innerTargets(): MutationTarget[] {
  const entries = entriesAt(1, 5)
  const places = [placeOf(entries, 24, 100, 1), placeOf(entries, 124, 90, 2)]
  return [
    {
      name: 'block of messages',
      samples: [encodeBatch(entries)],
      errors: [DecodeError],
      decode: decodeBatch,
    },
    {
      name: 'segment directory',
      samples: [encodeDirectory(places)],
      errors: [DecodeError],
      decode: decodeDirectory,
    },
  ]
}

/** The whole file, which nobody can change unnoticed; and its parts, as somebody makes them who has the passphrase. */
async function exportTargets(): Promise<MutationTarget[]> {
  const stretch: Stretch = async (_, salt) => utf8(Buffer.from(salt).toString('hex'))
  const entries = entriesAt(1, 5)
  const { accountId } = entries[0]!
  const pieces: Uint8Array[] = []
  const writer = await ExportWriter.begin(async (bytes) => void pieces.push(bytes), {
    accountId,
    passphrase: 'the passphrase',
    stretch,
  })
  const heading = { chatId: CHAT, handle: 'bob', name: 'Боб' }
  await writer.chat(heading)
  for (const entry of entries) await writer.message(entry)
  const author = { certificate: new Uint8Array(100), signatureKey: new Uint8Array(32) }
  await writer.end({ ...author, sign: async () => new Uint8Array(64) })
  const whole = Buffer.concat(pieces)
  const decode = async (bytes: Uint8Array) => {
    const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length)
    const file = await ExportedFile.open({ size: bytes.length, read }, 'the passphrase', stretch)
    if (file === undefined) throw new DecodeError('another passphrase')
    await file.verify()
    if (!whole.equals(bytes)) throw new Error('a changed file was taken')
  }
  const parts = [
    { kind: 'start', accountId },
    { kind: 'chat', ...heading },
    { kind: 'messages', entries },
    { kind: 'end', chats: 1, messages: 5, ...author, signature: new Uint8Array(64) },
  ] as const
  return [
    { name: 'exported history', samples: [new Uint8Array(whole)], errors: [DecodeError], decode },
    {
      name: 'part of an exported history',
      samples: parts.map(encodePart),
      errors: [DecodeError],
      decode: decodePart,
      encode: encodePart,
    },
  ]
}

const deviceChanges = toDeviceChanges(
  { case: 'keyPackage', value: { reference: new Uint8Array(32), privatePart: new Uint8Array(9) } },
  { case: 'inboxPosition', value: 7n },
  { case: 'pin', value: { handle: 'bob', accountId: new Uint8Array(32) } },
  { case: 'intent', value: { intent: { case: 'request', value: 'bob' } } },
)

async function chatTargets(): Promise<MutationTarget[]> {
  const { alice } = await createPair()
  const { content, messageId } = await seal(alice, 'hello')
  const snapshot = encodeSnapshot(alice.chat)
  const queued = encodeRecord(
    toChanges({ case: 'queued', value: { messageId: new Uint8Array(16), content } as never }),
  )
  const text = encodeText(
    { ...alice.identity, messageId, chatId: ChatId.fromBytes(new Uint8Array(16)), sentAtMs: 1 },
    'привет',
  )
  return [
    {
      name: 'chat record',
      samples: [
        queued,
        ...samplesOf(ChatRecordSchema).filter((sample) => isTaken(() => replay(snapshot, [sample]))),
      ],
      errors: [DecodeError],
      decode: (bytes) => replay(snapshot, [bytes]),
    },
    { name: 'chat snapshot', samples: [snapshot], errors: [DecodeError], decode: decodeSnapshot },
    {
      name: 'device record',
      samples: deviceChanges.map((change) => encodeDeviceRecord([change])),
      errors: [DecodeError],
      decode: (bytes) => replayDevice(undefined, [bytes]),
    },
    {
      name: 'device snapshot',
      samples: [encodeDeviceSnapshot(applyDeviceChanges(replayDevice(undefined, []), deviceChanges))],
      errors: [DecodeError],
      decode: (bytes) => replayDevice(bytes, []),
    },
    { name: 'content', samples: [text], errors: [DecodeError], decode: decodeContent },
  ]
}

function isTaken(decode: () => unknown): boolean {
  try {
    decode()
    return true
  } catch {
    return false
  }
}

function handoverTargets(): MutationTarget[] {
  const request: Request = {
    argv: ['send', '@bob', 'привет', '--json'],
    language: 'ru',
    columns: 80,
    colours: false,
    input: 'text',
    progress: { shown: 2, marks: { chat: 5 }, after: 'id' },
  }
  const answers = [
    { kind: 'out', text: 'привет\n' },
    { kind: 'progress', progress: { marks: { a: 1 } } },
    { kind: 'exit', code: 0 },
    { kind: 'leaving' },
  ] as const
  const [requestLine, ...answerLines] = [request, ...answers].map((frame) => utf8(encodeFrame(frame)))
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')
  return [
    {
      name: 'handover request',
      samples: [requestLine!],
      errors: [DecodeError],
      decode: (bytes) => decodeRequest(text(bytes)),
    },
    {
      name: 'handover answer',
      samples: answerLines,
      errors: [DecodeError],
      decode: (bytes) => decodeAnswer(text(bytes)),
    },
    {
      name: 'handover stream',
      samples: [Buffer.concat([requestLine!, ...answerLines])],
      errors: [DecodeError],
      decode: async (bytes) => {
        const half = bytes.length >> 1
        let longest = 0
        for await (const line of lines(piecesOf(bytes, half), 512)) longest = Math.max(longest, line.length)
        if (longest > 512) throw new Error('a line longer than allowed')
        return longest
      },
    },
  ]
}

async function* piecesOf(bytes: Uint8Array, at: number): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, at)
  yield bytes.subarray(at)
}

function seenTarget(): MutationTarget {
  return {
    name: 'seen.json',
    samples: [utf8('{"ijrdovzbrudstq5trbc4obtg64":17,"__proto__":3}')],
    errors: [],
    decode: async (bytes) => {
      await writeFile(join(folder, 'seen.json'), bytes)
      const { marks } = await Seen.open(folder)
      if (!Object.values(marks).every(Number.isSafeInteger)) throw new Error('a mark that is no position')
      if (({} as { x?: unknown }).x !== undefined) throw new Error('the prototype was changed (C14)')
      return marks
    },
  }
}
