import { expect, test } from 'vitest'
import { type Bus, maxBusPayloadBytes } from './bus.ts'

/** What every Bus must do; each adapter runs it. */
export function runBusTests(open: () => Promise<Bus>): void {
  test('a payload reaches every subscriber of its topic and no other', async () => {
    const bus = await open()
    const received: string[] = []
    await bus.subscribe('a', (payload) => received.push(`first ${payload[0]}`))
    await bus.subscribe('a', (payload) => received.push(`second ${payload[0]}`))
    await bus.subscribe('b', () => received.push('other topic'))
    await bus.publish('a', Uint8Array.of(7))
    await expect.poll(() => [...received].sort()).toEqual(['first 7', 'second 7'])
    await bus.close()
  })

  test('payloads of one publisher keep their order', async () => {
    const bus = await open()
    const received: number[] = []
    await bus.subscribe('a', (payload) => received.push(payload[0] ?? -1))
    for (let index = 0; index < 100; index++) await bus.publish('a', Uint8Array.of(index))
    await expect.poll(() => received.length).toBe(100)
    expect(received).toEqual(Array.from({ length: 100 }, (_, index) => index))
    await bus.close()
  })

  test('what the publisher does with its bytes afterwards changes nothing', async () => {
    const bus = await open()
    const received: number[] = []
    await bus.subscribe('a', (payload) => received.push(payload[0] ?? -1))
    const payload = Uint8Array.of(1)
    const published = bus.publish('a', payload)
    payload[0] = 2
    await published
    await expect.poll(() => received).toEqual([1])
    await bus.close()
  })

  test('a disposed subscription receives nothing more, and the others go on', async () => {
    const bus = await open()
    const received: string[] = []
    const ended = await bus.subscribe('a', () => received.push('ended'))
    await bus.subscribe('a', () => received.push('other'))
    ended[Symbol.dispose]()
    await bus.publish('a', new Uint8Array())
    await expect.poll(() => received).toEqual(['other'])
    await bus.close()
  })

  test('an error in one subscriber is nobody else’s', async () => {
    const bus = await open()
    let received = 0
    await bus.subscribe('a', () => {
      throw new Error('a defect')
    })
    await bus.subscribe('a', () => received++)
    await bus.publish('a', new Uint8Array())
    await expect.poll(() => received).toBe(1)
    await bus.close()
  })

  test('a payload over the limit is refused', async () => {
    const bus = await open()
    await bus.publish('a', new Uint8Array(maxBusPayloadBytes))
    await expect(bus.publish('a', new Uint8Array(maxBusPayloadBytes + 1))).rejects.toThrow(RangeError)
    await bus.close()
  })
}
