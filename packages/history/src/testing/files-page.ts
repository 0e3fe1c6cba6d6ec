/** A browser's files for the suite that every adapter passes: each operation is done by a worker of a page. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { rolldown } from 'rolldown'
import type { Files } from '../files.ts'

export interface FilesPage extends AsyncDisposable {
  readonly url: string
}

/** Runs a function's body in a page, whose one argument is `arguments[0]`; resolves with what it returns. */
export type RunInPage = (body: string, argument: unknown) => Promise<unknown>

/** Serves the page. */
export async function serveFilesPage(): Promise<FilesPage> {
  const build = await rolldown({
    input: fileURLToPath(new URL('./files-worker.dom.ts', import.meta.url)),
    platform: 'browser',
  })
  const { output } = await build.generate({ format: 'esm' })
  await build.close()
  const server = createServer(({ url }, response) => {
    const isWorker = url === '/worker.js'
    response.setHeader('content-type', isWorker ? 'text/javascript' : 'text/html')
    response.end(isWorker ? output[0].code : '<!doctype html><title>files</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Files of that page. @param name of the database that they are in; another each time */
export function filesIn(run: RunInPage, name: string = crypto.randomUUID()): Files {
  const ask = async (method: keyof Files, ...args: (string | number | Uint8Array)[]) => {
    const given = args.map((arg) => (arg instanceof Uint8Array ? { hex: bytesToHex(arg) } : arg))
    const answer = (await run(ASK, { name, method, args: given })) as Answer
    if (answer.error) throw toError(answer.error)
    const { value } = answer
    return typeof value === 'object' && value !== null && 'hex' in value
      ? hexToBytes(value.hex as string)
      : (value ?? undefined)
  }
  const methods = [
    'read',
    'readRange',
    'size',
    'list',
    'append',
    'replace',
    'replaceSecret',
    'removeUnfinished',
    'truncate',
    'overwriteAndRemove',
  ] as const satisfies readonly (keyof Files)[]
  const entries = methods.map((method) => [method, (...args: []) => ask(method, ...args)])
  return Object.fromEntries(entries) as unknown as Files
}

interface Answer {
  readonly value?: unknown
  readonly error?: { readonly name: string; readonly message: string }
}

const ASK = `
  globalThis.files ??= new Worker('/worker.js', { type: 'module' })
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }) => resolve(data)
    files.postMessage(arguments[0], [port2])
  })`

function toError({ name, message }: NonNullable<Answer['error']>): Error {
  return name === 'RangeError' ? new RangeError(message) : Object.assign(new Error(message), { name })
}
