import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { openDatabase } from './database.ts'
import { isLostConnection } from './sql-state.ts'

/** A message of PostgreSQL's protocol: its kind, its length, and what is in it. */
function message(kind: string, body: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(4 + body.length)
  return Buffer.concat([Buffer.from(kind), length, Buffer.from(body, 'latin1')])
}

const welcome = Buffer.concat([message('R', '\0\0\0\0'), message('Z', 'I')])
const farewell = message('E', 'SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0')

test('F2 a PostgreSQL that ends in the packet in which it says welcome ends no process', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {}) // the other end is faster
    socket.once('data', () => socket.end(Buffer.concat([welcome, farewell])))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const uncaught: unknown[] = []
  const note = (error: unknown) => void uncaught.push(error)
  process.on('uncaughtException', note)
  try {
    await using database = openDatabase({
      url: `postgresql://veche@127.0.0.1:${port}/veche`,
      schema: 'public',
    })
    for (let round = 0; round < 5; round++) {
      const attempt = database.transaction((transaction) => transaction.query('SELECT 1'))
      expect(isLostConnection(await attempt.catch((error: unknown) => error))).toBe(true)
    }
  } finally {
    process.off('uncaughtException', note)
    server.close()
  }
  expect(uncaught).toEqual([])
})
