/** The widget: `<nichatka-bell>`, which looks for `<nichatka-panel>`, and `nichatka.mount` for hosts that would rather not write elements. */
import { BellElement } from './bell-element.ts'

/** The attributes of `<nichatka-bell>`. */
export interface MountOptions {
  readonly src: string
  readonly user: string
  readonly token?: string
  readonly 'token-url'?: string
  /** Seconds, 5 to 3,600; 15 by default. */
  readonly interval?: string
  /** The page's by default. */
  readonly lang?: 'ru' | 'en'
}

/** Puts a bell into an element; it lives until it is removed. */
function mount(element: Element, options: MountOptions): HTMLElement {
  const bell = document.createElement('nichatka-bell')
  for (const [name, value] of Object.entries(options)) bell.setAttribute(name, value)
  element.append(bell)
  return bell
}

if (!customElements.get('nichatka-bell')) {
  customElements.define('nichatka-bell', BellElement)
  ;(window as unknown as { nichatka: object }).nichatka = { mount }
}
