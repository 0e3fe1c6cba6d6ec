/** A worker that has a browser's files, for a test that asks for one operation after the other. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import type { Files } from '../files.ts'
import { IndexedDbFiles } from '../indexed-db-files.dom.ts'

const opened = new Map<string, Files>()

/** Bytes come and go as hexadecimal text: not every driver of browsers carries them. */
interface Asked {
  readonly name: string
  readonly method: keyof Files
  readonly args: readonly (string | number | { readonly hex: string })[]
}

addEventListener('message', async ({ data, ports: [port] }: MessageEvent<Asked>) => {
  try {
    const files = opened.get(data.name) ?? (await IndexedDbFiles.open(data.name))
    opened.set(data.name, files)
    const args = data.args.map((arg) => (typeof arg === 'object' ? hexToBytes(arg.hex) : arg))
    const method = files[data.method] as (...args: unknown[]) => Promise<unknown>
    const value = await method.apply(files, args)
    port!.postMessage({ value: value instanceof Uint8Array ? { hex: bytesToHex(value) } : value })
  } catch (error) {
    const { name, message } = error as Error
    port!.postMessage({ error: { name, message } })
  }
})
