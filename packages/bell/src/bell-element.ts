import { runBell } from './bell.dom.ts'
import { openRoot } from './face.dom.ts'

/** `<nichatka-bell>`: begins, ends and begins anew what `runBell` does. Moving it within the page changes nothing. */
export class BellElement extends HTMLElement {
  static readonly observedAttributes = ['src', 'user', 'token', 'token-url', 'interval', 'lang']
  readonly #root = openRoot(this)
  #life: AbortController | undefined

  connectedCallback(): void {
    if (!this.#life) this.#begin()
  }

  disconnectedCallback(): void {
    queueMicrotask(() => this.isConnected || this.#end())
  }

  attributeChangedCallback(name: string): void {
    const life = this.#life
    if (!life || (name === 'token' && !life.signal.aborted)) return // the token is read for each request
    queueMicrotask(() => {
      if (life !== this.#life) return
      this.#end()
      this.#begin()
    })
  }

  #begin(): void {
    this.#life = new AbortController()
    runBell(this, this.#root, this.#life)
  }

  #end(): void {
    this.#life?.abort()
    this.#life = undefined
  }
}
