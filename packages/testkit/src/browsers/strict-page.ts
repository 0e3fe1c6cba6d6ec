/** A small site under a strict policy, as a careful host has it: what can be driven here can be driven there. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface StrictPage extends AsyncDisposable {
  readonly url: string
  /** The paths that were asked for. */
  readonly asked: readonly string[]
}

/** @param address where it listens */
export async function serveStrictPage(address = '127.0.0.1'): Promise<StrictPage> {
  const asked: string[] = []
  const server = createServer(({ url = '/' }, response) => {
    asked.push(url)
    const [type, body] = files[url] ?? ['text/plain', '']
    response.writeHead(body === '' ? 404 : 200, { 'Content-Type': type, 'Content-Security-Policy': policy })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  return {
    url: `http://${address}:${(server.address() as AddressInfo).port}/`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const policy = "default-src 'self'; require-trusted-types-for 'script'"

const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Strict</title>
<link rel="stylesheet" href="/style.css"><script type="module" src="/script.js"></script></head>
<body><main><h1>Strict</h1><click-counter></click-counter></main></body></html>`

const script = `
customElements.define('click-counter', class extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: 'open' })
    const button = document.createElement('button')
    const output = document.createElement('output')
    const label = document.createElement('label')
    const input = document.createElement('input')
    label.append('Name', input)
    button.textContent = 'Count'
    output.textContent = '0'
    button.onclick = () => { output.textContent = input.value + (Number.parseInt(output.textContent) + 1) }
    root.append(button, label, output)
  }
})`

const style = `
body { color: CanvasText; background: Canvas }
h1 { background: rgb(1 2 3); color: white }
.unseen { color: rgb(1 2 3) }
@media (prefers-color-scheme: dark) { h1 { background: rgb(4 5 6) } }
@media (prefers-reduced-motion: reduce) { h1 { background: rgb(7 8 9) } }
@media (forced-colors: active) { h1 { outline: 3px solid CanvasText } }`

const files: Readonly<Record<string, readonly [type: string, body: string]>> = {
  '/': ['text/html; charset=utf-8', page],
  '/barred': [
    'text/html; charset=utf-8',
    page.replace('<h1>Strict</h1>', '<h1>Strict</h1><button></button>'),
  ],
  '/unseen': ['text/html; charset=utf-8', page.replace('<h1>', '<h1 class="unseen">')],
  '/script.js': ['text/javascript', script],
  '/style.css': ['text/css', style],
}
