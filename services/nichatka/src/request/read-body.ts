import type { HttpRequest } from '@veche/service-kit'
import { Refusal, wrong } from '../refusal.ts'

/** The longest text in any script, each byte as three, and a thousand recipients. */
const maxBodyBytes = 256 * 1024
const formType = /^application\/x-www-form-urlencoded\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i

/** The form that a body holds; its size comes first, and is counted while it comes. @throws Refusal body-too-large, field-wrong */
export async function readBody(request: HttpRequest): Promise<string> {
  const bytes = await collect(request)
  if (bytes.length === 0) return ''
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers
  if (type.length > 100 || !formType.test(type)) throw wrong('content-type')
  if (encoding !== 'identity') throw wrong('content-encoding')
  try {
    return utf8.decode(bytes)
  } catch {
    throw wrong('body')
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function collect(request: HttpRequest): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) return reject(tooLarge(request))
    const chunks: Uint8Array[] = []
    let bytes = 0
    request.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length
      if (bytes <= maxBodyBytes) chunks.push(chunk)
      else reject(tooLarge(request))
    })
    request.once('end', () => resolve(Buffer.concat(chunks)))
    request.once('error', () => {}) // `close` follows
    request.once('close', () => reject(new Refusal('failed'))) // nobody is left to be told
  })
}

/** What still comes is not kept: reading on lets the answer through. */
function tooLarge(request: HttpRequest): Refusal {
  request.removeAllListeners('data')
  request.resume()
  return new Refusal('body-too-large')
}
