/** How a page comes to its core: by a worker of its own, and by the channel on which the core answers, in whichever tab. */

import type { SendOptions } from '@veche/client'
import { MessageId, randomId } from '@veche/protocol'
import { Caller } from './caller.ts'
import { calls } from './calls.ts'
import { lockOfTab, openLine } from './messages.ts'
import type { CoreEvent, RemoteClient } from './remote-client.ts'
import { trustedScript } from './trusted-script.ts'

/** Once in a page. */
export function connectToCore(): RemoteClient {
  new Worker(trustedScript('veche-worker'), { type: 'module', name: 'veche-core' })
  const tab = crypto.randomUUID()
  const line = openLine()
  return toRemoteClient(holdLock(lockOfTab(tab)).then(() => new Caller(line, tab)))
}

export function toRemoteClient(opening: Promise<Caller>): RemoteClient {
  const call = async (part: string, name: string, args: readonly unknown[]) =>
    (await opening).call(part, name, args)
  const parts = Object.entries(calls).map(([part, names]) => {
    const methods = Object.keys(names).map((name) => [name, (...args: unknown[]) => call(part, name, args)])
    return [part, Object.fromEntries(methods) as Record<string, unknown>] as const
  })
  const { client, ...others } = Object.fromEntries(parts)
  const send = (chat: unknown, text: string, options: SendOptions = {}) =>
    call('client', 'send', [chat, text, { id: randomId(MessageId), ...options }])
  return { ...client, ...others, send, events: listenVia(opening) } as unknown as RemoteClient
}

function listenVia(opening: Promise<Caller>) {
  return (listener: (event: CoreEvent) => void): (() => void) => {
    let end: (() => void) | undefined
    let isOver = false
    void opening.then((caller) => {
      if (!isOver) end = caller.listen(listener)
    })
    return () => {
      isOver = true
      end?.()
    }
  }
}

/** Resolves when it is held, which it stays while the page lives. */
function holdLock(name: string): Promise<void> {
  return new Promise((resolve) => {
    void navigator.locks.request(name, () => {
      resolve()
      return new Promise(() => {})
    })
  })
}
