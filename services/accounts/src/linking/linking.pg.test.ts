/** The server's half of docs/wire/linking.md: it carries bytes between two devices, and nothing else. */
import { randomBytes } from 'node:crypto'
import { Code } from '@veche/service-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { accessToken, newPerson, type Person, register } from '../testing/person.ts'
import { refusalOf } from '../testing/refusal.ts'
import { startTestService, type TestService } from '../testing/test-service.ts'

const UNKNOWN = { code: Code.NotFound, reason: 'linking_unknown' }
const invalid = (reason: string) => ({ code: Code.InvalidArgument, reason })

let service: TestService
let alice: Person
let mallory: Person
let linkingId: Uint8Array<ArrayBuffer>
beforeAll(async () => {
  service = await startTestService({ attemptRate: 200 })
  alice = await newPerson('alice')
  mallory = await newPerson('mallory')
  for (const person of [alice, mallory]) await register(service, person)
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(() => {
  service.clock.advance(3_600_000)
  linkingId = Uint8Array.from(randomBytes(16))
})

const old = async (person = alice) => service.as(await accessToken(service, person)).accounts
const newcomer = () => service.as().accounts
const open = async () => (await old()).openLinking({ linkingId })
const bytes = (length: number) => Uint8Array.from(randomBytes(length))

test('what each puts down the other gets, also where it waits already; and again, until it is too old', async () => {
  expect(await open()).toMatchObject({ lifetimeMs: 300_000n })
  const device = await old()
  const [offer, answer] = [bytes(1024), bytes(4096)]
  const offered = device.awaitOffer({ linkingId })
  for (let time = 0; time < 2; time++) await newcomer().offerDevice({ linkingId, offer })
  expect((await offered).offer).toEqual(offer)
  expect((await device.awaitOffer({ linkingId })).offer).toEqual(offer)
  const answered = newcomer().awaitAnswer({ linkingId })
  for (let time = 0; time < 2; time++) await device.answerOffer({ linkingId, answer })
  expect((await answered).answer).toEqual(answer)
  expect((await newcomer().awaitAnswer({ linkingId })).answer).toEqual(answer)
  service.clock.advance(300_000)
  expect(await refusalOf(newcomer().awaitAnswer({ linkingId }))).toEqual(UNKNOWN)
})

test('A4: the first device’s word counts, and another learns only that it comes too late', async () => {
  await open()
  const first = bytes(100)
  const offers = [first, bytes(100), bytes(100)].map((offer) => newcomer().offerDevice({ linkingId, offer }))
  const outcomes = await Promise.allSettled(offers)
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
  expect(await refusalOf(newcomer().offerDevice({ linkingId, offer: bytes(100) }))).toEqual(UNKNOWN)
  expect((await (await old()).awaitOffer({ linkingId })).offer).toEqual(first)
})

test('the user says no: both learn that it has ended', async () => {
  await open()
  await newcomer().offerDevice({ linkingId, offer: bytes(1) })
  const waiting = refusalOf(newcomer().awaitAnswer({ linkingId }))
  await (await old()).answerOffer({ linkingId })
  expect(await waiting).toEqual(UNKNOWN)
  expect(await refusalOf((await old()).awaitOffer({ linkingId }))).toEqual(UNKNOWN)
  expect(await refusalOf(newcomer().offerDevice({ linkingId, offer: bytes(1) }))).toEqual(UNKNOWN)
})

test('another linking of the account ends the one before', async () => {
  await open()
  const waiting = refusalOf((await old()).awaitOffer({ linkingId }))
  const other = bytes(16)
  await (await old()).openLinking({ linkingId: other })
  expect(await waiting).toEqual(UNKNOWN)
  await newcomer().offerDevice({ linkingId: other, offer: bytes(1) })
})

describe('A4: another account', () => {
  test('neither reads nor answers nor ends a linking, and takes its id from nobody', async () => {
    await open()
    await newcomer().offerDevice({ linkingId, offer: bytes(1) })
    const stranger = await old(mallory)
    for (const answer of [bytes(1), new Uint8Array()]) {
      expect(await refusalOf(stranger.answerOffer({ linkingId, answer }))).toEqual(UNKNOWN)
    }
    expect(await refusalOf(stranger.awaitOffer({ linkingId }))).toEqual(UNKNOWN)
    expect(await refusalOf(stranger.openLinking({ linkingId }))).toEqual(invalid('linking_id_invalid'))
    await (await old()).answerOffer({ linkingId, answer: bytes(1) })
  })

  test('nor does who has no token, but for offering and taking the answer', async () => {
    const missing = { code: Code.Unauthenticated, reason: 'token_missing' }
    expect(await refusalOf(newcomer().openLinking({ linkingId }))).toEqual(missing)
    expect(await refusalOf(newcomer().awaitOffer({ linkingId }))).toEqual(missing)
    expect(await refusalOf(newcomer().answerOffer({ linkingId, answer: bytes(1) }))).toEqual(missing)
  })
})

test('what is not of its size is refused, and changes nothing', async () => {
  await open()
  const device = await old()
  for (const id of [new Uint8Array(), bytes(15), bytes(17), bytes(100_000)]) {
    expect(await refusalOf(device.openLinking({ linkingId: id }))).toEqual(invalid('linking_id_invalid'))
    expect(await refusalOf(device.awaitOffer({ linkingId: id }))).toEqual(UNKNOWN)
    expect(await refusalOf(newcomer().awaitAnswer({ linkingId: id }))).toEqual(UNKNOWN)
    expect(await refusalOf(newcomer().offerDevice({ linkingId: id, offer: bytes(1) }))).toEqual(UNKNOWN)
  }
  for (const offer of [new Uint8Array(), bytes(1025), bytes(100_000)]) {
    expect(await refusalOf(newcomer().offerDevice({ linkingId, offer }))).toEqual(invalid('offer_invalid'))
  }
  const answer = bytes(10)
  expect(await refusalOf(device.answerOffer({ linkingId, answer }))).toEqual(invalid('answer_invalid'))
  await newcomer().offerDevice({ linkingId, offer: bytes(1) })
  expect(await refusalOf(device.answerOffer({ linkingId, answer: bytes(4097) }))).toEqual(
    invalid('answer_invalid'),
  )
  await device.answerOffer({ linkingId, answer })
  expect(await refusalOf(device.answerOffer({ linkingId, answer: bytes(10) }))).toEqual(
    invalid('answer_invalid'),
  )
  expect((await newcomer().awaitAnswer({ linkingId })).answer).toEqual(answer)
})

test('an account opens ten linkings at once, then one a minute; an address offers as often as it signs in', async () => {
  const device = await old()
  for (let count = 0; count < 10; count++) await device.openLinking({ linkingId: bytes(16) })
  expect((await refusalOf(device.openLinking({ linkingId: bytes(16) }))).reason).toBe('too_many_calls')
  service.clock.advance(60_000)
  await device.openLinking({ linkingId })
  let answered = 0
  for (let count = 0; count < 150; count++) {
    const { reason } = await refusalOf(newcomer().offerDevice({ linkingId: bytes(16), offer: bytes(1) }))
    if (reason === 'linking_unknown') answered++
    else expect(reason).toBe('too_many_calls')
  }
  expect(answered).toBeLessThanOrEqual(100)
})

test('who waits is sent away when the server stops', async () => {
  await open()
  const waiting = [
    refusalOf((await old()).awaitOffer({ linkingId })),
    refusalOf(newcomer().awaitAnswer({ linkingId })),
  ]
  await service.restart()
  const stopping = { code: Code.Unavailable, reason: 'server_stopping' }
  expect(await Promise.all(waiting)).toEqual([stopping, stopping])
})

test('M6 B12: nothing of it is stored or logged', async () => {
  await open()
  const offer = bytes(100)
  service.statements.length = 0
  await newcomer().offerDevice({ linkingId, offer })
  await newcomer()
    .awaitAnswer({ linkingId: bytes(16) })
    .catch(() => {})
  expect(service.statements).toEqual([])
  const logged = service.logged.join('\n')
  for (const secret of [linkingId, offer]) {
    for (const text of [Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')]) {
      expect(logged).not.toContain(text)
    }
  }
})
