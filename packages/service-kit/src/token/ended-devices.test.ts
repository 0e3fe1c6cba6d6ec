import { AccountId, DeviceId, randomId } from '@veche/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MemoryBus } from '../bus/memory-bus.ts'
import { ENDED_DEVICE_TOPIC, type EndedDevice, EndedDevices, encodeEndedDevice } from './ended-devices.ts'

const newDevice = (): EndedDevice => ({
  accountId: AccountId.fromBytes(crypto.getRandomValues(new Uint8Array(32))),
  deviceId: randomId(DeviceId),
})
let bus: MemoryBus
let listed: EndedDevice[]
let isAway = false
let ended: EndedDevices

beforeEach(() => {
  vi.useFakeTimers()
  bus = new MemoryBus()
  listed = []
  const fetch = async () => {
    if (isAway) throw new Error('accounts is away')
    return listed
  }
  ended = new EndedDevices({ bus, fetch })
})
afterEach(async () => {
  await ended[Symbol.asyncDispose]()
  vi.useRealTimers()
})

describe('it knows', () => {
  test('what ended before it started', async () => {
    const device = newDevice()
    listed = [device]
    await ended.start()
    expect([ended.has(device), ended.has(newDevice())]).toEqual([true, false])
  })

  test('what the bus tells, and nothing from a payload that is none', async () => {
    await ended.start()
    const device = newDevice()
    await bus.publish(ENDED_DEVICE_TOPIC, new Uint8Array(47))
    await bus.publish(ENDED_DEVICE_TOPIC, encodeEndedDevice(device))
    await vi.advanceTimersByTimeAsync(0)
    expect(ended.has(device)).toBe(true)
  })

  test('what the bus has lost, within half a minute, also when accounts was away at first', async () => {
    await ended.start()
    const device = newDevice()
    listed.push(device)
    isAway = true
    await vi.advanceTimersByTimeAsync(30_000)
    expect(ended.has(device)).toBe(false)
    isAway = false
    await vi.advanceTimersByTimeAsync(30_000)
    expect(ended.has(device)).toBe(true)
  })
})

describe('who watches a device', () => {
  test('is told once when it ends, or at once when it has ended', async () => {
    await ended.start()
    const device = newDevice()
    const [early, late] = [vi.fn(), vi.fn()]
    ended.watch(device, early)
    for (let times = 0; times < 2; times++) await bus.publish(ENDED_DEVICE_TOPIC, encodeEndedDevice(device))
    await vi.advanceTimersByTimeAsync(0)
    ended.watch(device, late)
    expect([early.mock.calls.length, late.mock.calls.length]).toEqual([1, 1])
  })

  test('is told no more after it has stopped', async () => {
    await ended.start()
    const device = newDevice()
    const onEnd = vi.fn()
    ended.watch(device, onEnd)()
    await bus.publish(ENDED_DEVICE_TOPIC, encodeEndedDevice(device))
    await vi.advanceTimersByTimeAsync(0)
    expect(onEnd).not.toHaveBeenCalled()
  })
})
