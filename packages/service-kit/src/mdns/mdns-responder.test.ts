/** Real sockets, on loopback and a port of their own: nothing leaves this machine. */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { decode, encode, type Packet, type Question } from 'dns-packet'
import { afterEach, expect, test } from 'vitest'
import { createLogger } from '../log/logger.ts'
import { MdnsResponder } from './mdns-responder.ts'

const PATIENCE = { timeout: 30_000 }
const lines: string[] = []
const log = createLogger({ level: 'info', write: (line) => lines.push(line) })
const open: (Socket | MdnsResponder)[] = []
afterEach(async () => {
  for (const one of open.splice(0)) {
    if (one instanceof MdnsResponder) await one[Symbol.asyncDispose]()
    else one.close()
  }
  lines.length = 0
})

/** A port that nobody has. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  return port
}

async function respond(port: number, names: readonly string[], addresses = ['127.0.0.1']) {
  const options = { names, addresses: () => addresses, log, port, probeEveryMs: 50 }
  const responder = await MdnsResponder.start(options)
  open.push(responder!)
  return responder!
}

/** Asks as a plain resolver does, from any port. */
async function resolver(port: number) {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  open.push(socket)
  await once(socket, 'listening')
  const answers: Packet[] = []
  socket.on('message', (message) => answers.push(decode(message)))
  return {
    answers,
    send: (message: Buffer) => void socket.send(message, port, '127.0.0.1'),
    ask: (...questions: Question[]) =>
      void socket.send(encode({ type: 'query', id: 7, questions }), port, '127.0.0.1'),
  }
}

const addressOf = ({ answers = [] }: Packet) => answers.flatMap((one) => (one.type === 'A' ? [one.data] : []))

test('M2 a device that asks for the name gets the address', async () => {
  const port = await freePort()
  const responder = await respond(port, ['raspberry.local', 'veche.local'])
  expect([responder.holderOf('raspberry.local'), responder.holderOf('veche.local')]).toEqual(['own', 'own'])
  expect(responder.holderOf('printer.local')).toBeUndefined()
  const asker = await resolver(port)
  asker.ask({ name: 'Raspberry.Local', type: 'A' })
  await expect.poll(() => asker.answers.map(addressOf), PATIENCE).toEqual([['127.0.0.1']])
  expect(asker.answers[0]).toMatchObject({ id: 7, type: 'response', flag_aa: true })
  asker.ask({ name: 'veche.local', type: 'AAAA' })
  await expect.poll(() => asker.answers.length, PATIENCE).toBe(2)
  const [, second] = asker.answers
  expect(second!.answers!.map(({ type }) => type)).toContain('NSEC')
})

test('M2 a name that is answered for already is left to who has it', async () => {
  const port = await freePort()
  await respond(port, ['raspberry.local'])
  const second = await respond(port, ['raspberry.local', 'veche.local'])
  expect(second.holderOf('raspberry.local')).toBe('system')
  expect(second.holderOf('veche.local')).toBe('own')
  const third = await respond(port, ['veche.local'], ['127.0.0.2'])
  expect(third.holderOf('veche.local')).toBe('taken')
  expect(lines.join()).not.toMatch(/127\.0\.0|raspberry/)
})

test('C10 what is no question for its names is passed over', async () => {
  const port = await freePort()
  await respond(port, ['veche.local'])
  const asker = await resolver(port)
  const question = encode({ type: 'query', id: 1, questions: [{ name: 'veche.local', type: 'A' }] })
  for (let length = 0; length < question.length; length++) asker.send(question.subarray(0, length))
  for (let place = 2; place < question.length; place++) {
    const wrong = Buffer.from(question)
    wrong[place]! ^= 0xff
    asker.send(wrong)
  }
  asker.send(Buffer.alloc(20_000, 1))
  asker.send(Buffer.concat([question.subarray(0, 12), Buffer.from([0xc0, 12, 0, 1, 0, 1])])) // a name that points at itself
  asker.ask({ name: 'bank.example', type: 'A' })
  asker.ask({ name: 'veche.local', type: 'TXT' })
  const before = asker.answers.length
  asker.ask({ name: 'veche.local', type: 'A' })
  await expect
    .poll(() => asker.answers.filter(({ id }) => id === 7).map(addressOf), PATIENCE)
    .toEqual([['127.0.0.1']])
  for (const { questions } of asker.answers.slice(before)) expect(questions![0]!.name).toBe('veche.local')
})

test('C8 a flood of questions gets no flood of answers', async () => {
  const port = await freePort()
  await respond(port, ['veche.local'])
  const asker = await resolver(port)
  const startedMs = performance.now()
  for (let count = 0; count < 500; count++) asker.ask({ name: 'veche.local', type: 'A' })
  await expect.poll(() => asker.answers.length, PATIENCE).toBeGreaterThan(0)
  const seconds = Math.ceil((performance.now() - startedMs) / 1000) + 1
  expect(asker.answers.length).toBeLessThanOrEqual(20 * seconds)
})

test('where nobody may ask, it says so and the server goes on', async () => {
  const socket = createSocket('udp4').bind(0, '0.0.0.0')
  open.push(socket)
  await once(socket, 'listening')
  const { port } = socket.address()
  const options = { names: ['veche.local'], addresses: () => ['127.0.0.1'], log, port }
  expect(await MdnsResponder.start(options)).toBeUndefined()
  expect(lines.join()).toContain('local_names_unanswered')
})
