/**
 * Export and import of histories as a page asks for them. A file does not pass through the channel, which every tab hears:
 * what is exported becomes a Blob piece by piece, which the browser may keep on its disk, and of what is imported only the
 * part that is being read is in memory.
 */
import type { Client } from '@veche/client'
import { UsageError } from '@veche/client/errors'
import { argon2id, blobSource } from '@veche/history/web'
import type { RemoteHistoryFiles } from './remote-client.ts'

type Files = Client['historyFiles']
type ExportRequest = Parameters<RemoteHistoryFiles['export']>[0]
type ImportRequest = Parameters<RemoteHistoryFiles['import']>[0]

const PIECE_BYTES = 1024 * 1024
/** So often a page is told how far it is. */
const TOLD_EVERY_MS = 500

export async function exportHistory(
  files: Files,
  request: ExportRequest,
): ReturnType<RemoteHistoryFiles['export']> {
  const pieces = new Pieces()
  const write = async (bytes: Uint8Array) => pieces.add(bytes)
  const { passphrase } = request
  const exported = await files.export({
    passphrase,
    stretch: argon2id,
    write,
    onProgress: progressOf(request),
  })
  return { ...exported, file: pieces.end() }
}

/** It can be ended as long as nothing was added. */
export function importHistory(
  files: Files,
  request: ImportRequest,
): ReturnType<RemoteHistoryFiles['import']> {
  const { source, passphrase } = request
  return files.import({
    source: readable(source),
    passphrase,
    stretch: argon2id,
    onProgress: progressOf(request),
  })
}

/** Ends the work where the page wants that. */
function progressOf({ onProgress, signal }: Pick<ExportRequest, 'onProgress' | 'signal'>) {
  let toldMs = Number.NEGATIVE_INFINITY
  return (messages: number): void => {
    signal?.throwIfAborted()
    const nowMs = performance.now()
    if (nowMs < toldMs + TOLD_EVERY_MS) return
    toldMs = nowMs
    onProgress?.(messages)
  }
}

/** A file that was moved or changed since it was chosen cannot be read any more. */
function readable(file: Blob): ReturnType<typeof blobSource> {
  const source = blobSource(file)
  const unreadable = () => {
    throw new UsageError('file_unreadable')
  }
  return { size: source.size, read: (offset, length) => source.read(offset, length).catch(unreadable) }
}

/** Bytes one after another, most of which the browser holds. */
class Pieces {
  readonly #done: Blob[] = []
  #begun: Uint8Array<ArrayBuffer>[] = []
  #bytes = 0

  add(bytes: Uint8Array): void {
    this.#begun.push(bytes.slice())
    this.#bytes += bytes.length
    if (this.#bytes >= PIECE_BYTES) this.#close()
  }

  end(): Blob {
    this.#close()
    return new Blob(this.#done, { type: 'application/octet-stream' })
  }

  #close(): void {
    this.#done.push(new Blob(this.#begun))
    this.#begun = []
    this.#bytes = 0
  }
}
