import { importProfileKey, MemoryFiles } from '@veche/history'
import { AccountId } from '@veche/protocol'
import { expect, test } from 'vitest'
import { DeviceStore } from './device-store.ts'
import { bindHandle, bindingOf, isBound, isVerified, rebindHandle, setVerified } from './pins.ts'
import { noSteps } from './steps.ts'

const accountOf = (byte: number) => AccountId.fromBytes(new Uint8Array(32).fill(byte))

test('A2: a handle stays with its first account; a change is told, and ends that it is verified', async () => {
  const files = new MemoryFiles()
  const profileKey = await importProfileKey(new Uint8Array(32))
  const open = () => DeviceStore.open(files, profileKey, noSteps)
  const [alice, mallory] = [accountOf(1), accountOf(2)]
  let store = await open()
  await expect(setVerified(store, 'alice', true)).rejects.toThrow(RangeError)
  expect(await bindHandle(store, 'alice', alice)).toBe('bound')
  expect(isVerified(store.state, 'alice', alice)).toBe(false)
  await setVerified(store, 'alice', true)
  expect(await bindHandle(store, 'alice', alice)).toBe('bound')
  store = await open()
  expect(isVerified(store.state, 'alice', alice)).toBe(true)
  expect(isVerified(store.state, 'alice', mallory)).toBe(false)
  await store.erase({ case: 'inboxPosition', value: 1n })
  store = await open()
  expect(isVerified(store.state, 'alice', alice)).toBe(true)
  expect(await bindHandle(store, 'alice', mallory)).toBe('changed')
  store = await open()
  expect(isBound(store.state, 'alice', alice)).toBe(true)
  expect(isVerified(store.state, 'alice', alice)).toBe(false)
})

test('A2: the account that claims a handle is remembered until it is accepted, and is not verified by that', async () => {
  const files = new MemoryFiles()
  const profileKey = await importProfileKey(new Uint8Array(32))
  const open = () => DeviceStore.open(files, profileKey, noSteps)
  const [alice, again, mallory] = [accountOf(1), accountOf(2), accountOf(3)]
  let store = await open()
  const bindings = () => [alice, again, mallory].map((account) => bindingOf(store.state, 'alice', account))
  expect(bindings()).toEqual(['bound', 'bound', 'bound'])
  await bindHandle(store, 'alice', alice)
  await setVerified(store, 'alice', true)
  await bindHandle(store, 'alice', mallory)
  await bindHandle(store, 'alice', again)
  await store.erase({ case: 'inboxPosition', value: 1n })
  store = await open()
  expect(bindings()).toEqual(['bound', 'claimed', 'unbound'])
  await setVerified(store, 'alice', true)
  expect(bindings()).toEqual(['bound', 'claimed', 'unbound'])
  await rebindHandle(store, 'alice', again)
  store = await open()
  expect(bindings()).toEqual(['unbound', 'bound', 'unbound'])
  expect(isVerified(store.state, 'alice', again)).toBe(false)
})
