/** Just enough of HTTP/1.1 (RFC 9112) to know where an answer ends: what the load generator spends, it cannot give. */
export interface HttpAnswer {
  readonly status: number
  readonly isLast: boolean
  readonly head: string
  readonly body: Buffer
}

const headEnd = Buffer.from('\r\n\r\n')

/** @returns undefined while more bytes must come @throws Error on what is no answer, or one without a length */
export function readAnswer(bytes: Buffer): HttpAnswer | undefined {
  const end = bytes.indexOf(headEnd)
  if (end === -1) return undefined
  const head = bytes.toString('latin1', 0, end)
  const rest = bytes.subarray(end + headEnd.length)
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1])
  const body = status === 304 ? rest : readBody(head, rest)
  return body && { status, isLast: /\r\nconnection: close/i.test(head), head, body }
}

function readBody(head: string, rest: Buffer): Buffer | undefined {
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (length !== undefined) return rest.length < Number(length) ? undefined : rest
  if (/\r\ntransfer-encoding: chunked/i.test(head)) return readChunks(rest)
  throw new Error(`an answer without a length:\n${head}`)
}

function readChunks(rest: Buffer): Buffer | undefined {
  const parts: Buffer[] = []
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf('\r\n', at)
    if (lineEnd === -1) return undefined
    const size = Number.parseInt(rest.toString('latin1', at, lineEnd), 16)
    const start = lineEnd + 2
    at = start + size + 2
    if (at > rest.length) return undefined
    if (size === 0) return Buffer.concat(parts)
    parts.push(rest.subarray(start, start + size))
  }
}
