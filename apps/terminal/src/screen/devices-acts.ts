/** What is done about the own devices; one linking at a time, which waits for the user's answer. */
import type { Devices } from '@veche/client'
import { deviceText } from '../device-view.ts'
import type { Words } from '../words/en.ts'
import type { DevicesAct, DevicesHappening } from './devices-state.ts'

export class DevicesActs {
  readonly #devices: Devices
  readonly #take: (happening: DevicesHappening) => void
  #ending: AbortController | undefined
  #answer: ((isSame: boolean) => void) | undefined

  constructor(devices: Devices, take: (happening: DevicesHappening) => void) {
    this.#devices = devices
    this.#take = take
  }

  /** @throws what the client throws */
  async perform(act: DevicesAct, { says, screen }: Words): Promise<void> {
    switch (act.kind) {
      case 'list':
        return this.#list()
      case 'remove':
        await this.#devices.remove({ devices: [act.device.device], password: act.password })
        this.#take({ kind: 'devices-told', told: says.devices.removed(deviceText(act.device)) })
        return this.#list()
      case 'link': {
        const outcome = await this.#link(act.password)
        const told = outcome === 'linked' ? says.devices.linked : screen.devices.declined
        this.#take({ kind: 'devices-told', told })
        return this.#list()
      }
      case 'same-digits':
        this.#answer?.(act.isSame)
        return
      case 'end-link':
        this.end()
        return
      default:
        return act satisfies never
    }
  }

  /** Nobody is let in any more. */
  end(): void {
    this.#ending?.abort()
    this.#answer?.(false)
  }

  async #list(): Promise<void> {
    this.#take({ kind: 'devices', devices: await this.#devices.list() })
    for (const news of this.#devices.news()) await this.#devices.told(news)
  }

  #link(password: string) {
    this.end()
    const ending = new AbortController()
    this.#ending = ending
    return this.#devices.link({
      password,
      signal: ending.signal,
      onCode: (code) => this.#take({ kind: 'linking-code', code }),
      confirm: (digits) => {
        this.#take({ kind: 'linking-digits', digits })
        const { promise, resolve } = Promise.withResolvers<boolean>()
        this.#answer = resolve
        return promise
      },
    })
  }
}
