import { runBell } from './bell.dom.ts'
import { openRoot } from './root.dom.ts'

/** `<nichatka-bell>`: begins, ends and begins anew what `runBell` does. Moving it within the page changes nothing. */
export class BellElement extends HTMLElement {
  static readonly observedAttributes = ['src', 'user', 'token', 'token-url', 'interval', 'lang']
  readonly #root = openRoot(this)
  #life: AbortController | undefined
  #isOver: boolean | undefined

  connectedCallback(): void {
    queueMicrotask(() => {
      if (this.#isOver || !this.isConnected) {
        this.#life?.abort()
        this.#life = undefined
      }
      this.#isOver = false
      if (this.#life || !this.isConnected) return
      this.#life = new AbortController()
      runBell(this, this.#root, this.#life)
    })
  }

  disconnectedCallback(): void {
    this.connectedCallback()
  }

  attributeChangedCallback(name: string): void {
    this.#isOver ||= name !== 'token' || this.#life?.signal.aborted // the token is read for each request
    this.connectedCallback()
  }
}
