/** How a page comes to its core: by a worker of its own, and by the channel on which the core answers, in whichever tab. */

import type { SendOptions } from '@veche/client'
import { MessageId, randomId } from '@veche/protocol'
import { Caller } from './caller.ts'
import { calls } from './calls.ts'
import { keepWorker } from './keep-worker.ts'
import { lockOfTab, openLine } from './messages.ts'
import { type ListenForRelease, watchRelease } from './release.ts'
import type { CoreEvent, RemoteClient } from './remote-client.ts'

const BRINGS_ACCOUNT: ReadonlySet<string> = new Set(['register', 'login', 'loginByLink', 'recover'])

/** Once in a page. */
export function connectToCore(): RemoteClient {
  const tab = crypto.randomUUID()
  const line = openLine()
  const opening = holdLock(lockOfTab(tab)).then(() => new Caller(line, tab))
  keepWorker(() => void opening.then((caller) => caller.lose()))
  return toRemoteClient(opening, watchRelease())
}

export function toRemoteClient(opening: Promise<Caller>, listenForRelease: ListenForRelease): RemoteClient {
  const call = async (part: string, name: string, args: readonly unknown[]) => {
    const result = await (await opening).call(part, name, args)
    // There is something to lose from now on; only a page may ask, and the person is here.
    if (part === 'client' && BRINGS_ACCOUNT.has(name)) void navigator.storage?.persist?.()
    return result
  }
  const parts = Object.entries(calls).map(([part, names]) => {
    const methods = Object.keys(names).map((name) => [name, (...args: unknown[]) => call(part, name, args)])
    return [part, Object.fromEntries(methods) as Record<string, unknown>] as const
  })
  const { client, ...others } = Object.fromEntries(parts)
  const send = (chat: unknown, text: string, options: SendOptions = {}) =>
    call('client', 'send', [chat, text, { id: randomId(MessageId), ...options }])
  return {
    ...client,
    ...others,
    send,
    events: listenVia(opening, listenForRelease),
  } as unknown as RemoteClient
}

function listenVia(opening: Promise<Caller>, listenForRelease: ListenForRelease) {
  return (listener: (event: CoreEvent) => void): (() => void) => {
    const ends = [listenForRelease(listener)]
    let isOver = false
    void opening.then((caller) => {
      if (!isOver) ends.push(caller.listen(listener))
    })
    return () => {
      isOver = true
      for (const end of ends) end()
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
