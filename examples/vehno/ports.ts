import { createServer } from 'node:net'

/** Another program listens there. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError'
  readonly port: number

  constructor(port: number) {
    super(`port ${port} is taken`)
    this.port = port
  }
}

/** The port itself where nobody listens on it; for 0 one that is free. @throws PortTakenError */
export function freePort(wanted: number): Promise<number> {
  const probe = createServer()
  return new Promise((found, failed) => {
    probe.once('error', (error: NodeJS.ErrnoException) =>
      failed(error.code === 'EADDRINUSE' ? new PortTakenError(wanted) : error),
    )
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address() as { readonly port: number }
      probe.close(() => found(port))
    })
  })
}
