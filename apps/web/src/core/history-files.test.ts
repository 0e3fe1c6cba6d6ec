import type { Client } from '@veche/client'
import { UsageError } from '@veche/client/errors'
import { expect, test } from 'vitest'
import { exportHistory, importHistory } from './history-files.ts'

type Files = Client['historyFiles']

const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer())
const counts = { chats: 1, messages: 3, damaged: false }

test('M16 what is exported becomes one file of all bytes in their order, whatever becomes of the buffers', async () => {
  const buffer = new Uint8Array(700_000)
  const files = {
    async export({ write }) {
      for (let piece = 1; piece <= 5; piece++) await write(buffer.fill(piece))
      buffer.fill(9)
      return counts
    },
  } as Partial<Files> as Files
  const { file, ...told } = await exportHistory(files, { passphrase: 'x' })
  expect(told).toEqual(counts)
  const bytes = await bytesOf(file)
  expect(bytes.length).toBe(5 * buffer.length)
  expect([0, 1, 2, 3, 4].map((piece) => bytes[piece * buffer.length + 1])).toEqual([1, 2, 3, 4, 5])
})

test('M16 a page is told how far it is, not for each message, and ends the work', async () => {
  const ending = new AbortController()
  const told: number[] = []
  let done = 0
  const files = {
    async import({ onProgress }) {
      for (; done < 1000; done++) {
        if (done === 500) ending.abort()
        onProgress?.(done)
      }
      return { kind: 'imported', messages: 0, chats: [] }
    },
  } as Partial<Files> as Files
  const request = {
    source: new Blob(),
    passphrase: 'x',
    signal: ending.signal,
    onProgress: (messages: number) => told.push(messages),
  }
  await expect(importHistory(files, request)).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
  expect(done).toBe(500)
  expect(told[0]).toBe(0)
  expect(told.length).toBeLessThan(100)
})

test('M16 only the part of a file that is asked for is read, and one that is gone is said to be', async () => {
  const sliced: unknown[] = []
  const gone = {
    size: 10,
    slice(start?: number, end?: number) {
      sliced.push([start, end])
      return { arrayBuffer: () => Promise.reject(new DOMException('', 'NotReadableError')) }
    },
  } as unknown as Blob
  const files = {
    import: async ({ source }) => {
      await source.read(2, 5)
      throw new Error('it was read')
    },
  } as Partial<Files> as Files
  await expect(importHistory(files, { source: gone, passphrase: 'x' })).rejects.toEqual(
    new UsageError('file_unreadable'),
  )
  expect(sliced).toEqual([[2, 7]])
})
