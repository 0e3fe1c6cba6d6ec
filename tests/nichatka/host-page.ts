/** Pages of hosts and of strangers, each at an origin of its own, with the headers that a test wishes. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Site extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly origin: string
  /** What was asked for, with its headers. */
  readonly asked: { readonly url: string; readonly headers: IncomingHttpHeaders }[]
  /** By path. */
  readonly pages: Map<string, SitePage>
}

export interface SitePage {
  readonly body: string
  readonly type?: string
  readonly policy?: string
}

/** @param name `127.0.0.1` or `localhost`: to a browser these are two sites */
export async function serveSite(name: '127.0.0.1' | 'localhost' = '127.0.0.1'): Promise<Site> {
  const asked: Site['asked'] = []
  const pages: Site['pages'] = new Map()
  const server = createServer((request, response) => {
    const { url = '/', headers } = request
    asked.push({ url, headers })
    const page = pages.get(url.split('?', 1)[0]!)
    if (page === undefined) return void response.writeHead(204).end()
    response.writeHead(200, {
      'content-type': `${page.type ?? 'text/html'}; charset=utf-8`,
      ...(page.policy && { 'content-security-policy': page.policy }),
    })
    response.end(page.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://${name}:${(server.address() as AddressInfo).port}`,
    asked,
    pages,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** As strict as a host can be that lets its own and the service's script run and ask: no style, no image, no policy for texts. */
export function strictPolicy(service: string): string {
  return (
    `default-src 'none'; script-src ${service}; connect-src ${service} 'self'; base-uri 'none'; form-action 'none'; ` +
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
  )
}

/** A host's page with the two elements and the script. */
export function hostPage(service: string, attributes: Readonly<Record<string, string>>): string {
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(value)}"`)
  return (
    '<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>Host</title>' +
    `<script src="${service}/nichatka/nichatka.js" defer></script></head>` +
    `<body><header><nichatka-bell src="${service}/nichatka/"${written.join('')}></nichatka-bell></header>` +
    '<main><h1>Host</h1></main><nichatka-panel></nichatka-panel></body></html>'
  )
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '"': '&quot;' }

export function escaped(text: string): string {
  return text.replaceAll(/[&<"]/g, (character) => escapes[character]!)
}
