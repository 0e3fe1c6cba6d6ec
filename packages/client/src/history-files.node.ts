/** The exported history in a file of the file system. */
import { open } from 'node:fs/promises'
import type { ByteSource } from '@veche/history'
import { argon2id } from '@veche/history/node'
import type { Client } from './client.ts'
import type { Exported, ExportRequest, ImportOutcome, ImportRequest } from './history-files.ts'
import { type NewFile, type NewFileOptions, writeNewFile } from './new-file.node.ts'

export type ExportFileOutcome = NewFile<Exported>

type FileRequest<Request> = Omit<Request, 'stretch' | 'write' | 'source'> &
  Partial<Pick<ExportRequest, 'stretch'>>

/** @throws what the file system throws: what was at `path` is untouched then */
export function exportToFile(
  client: Client,
  path: string,
  { replace, onStep, ...request }: FileRequest<ExportRequest> & NewFileOptions,
): Promise<ExportFileOutcome> {
  const fill: Parameters<typeof writeNewFile<Exported>>[1] = (write) =>
    client.historyFiles.export({ stretch: argon2id, ...request, write })
  return writeNewFile(path, fill, { ...(replace !== undefined && { replace }), ...(onStep && { onStep }) })
}

/** @throws NoSpaceError; what the file system throws */
export async function importFromFile(
  client: Client,
  path: string,
  request: FileRequest<ImportRequest>,
): Promise<ImportOutcome> {
  await using file = await open(path)
  const { size } = await file.stat()
  const source: ByteSource = {
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)))
      for (let done = 0; done < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, offset + done)
        if (bytesRead === 0) return bytes.subarray(0, done)
        done += bytesRead
      }
      return bytes
    },
  }
  return await client.historyFiles.import({ stretch: argon2id, ...request, source })
}
