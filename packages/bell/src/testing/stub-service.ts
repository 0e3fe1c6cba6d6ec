/**
 * A host's page and a service on one port, for tests of the widget alone: fragments are written here by hand after docs/wire/nichatka.md, so that
 * what is tested is the contract and not what the real service happens to send.
 */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly fields: URLSearchParams
  readonly headers: IncomingMessage['headers']
}

export interface StubService extends AsyncDisposable {
  readonly url: string
  readonly asked: Asked[]
  /** What the service holds; a test changes it. */
  readonly state: StubState
  /** Of those that were asked for. */
  count(method: string, path: string): number
  tokensGiven(): number
}

export interface StubState {
  texts: string[]
  unread: number
  critical: number
  /** Answers every request of the API so, instead of its own answer. */
  fault: ((asked: Asked) => StubAnswer | undefined) | undefined
  /** What `token-url` answers. */
  token: StubAnswer
  /** What stands in the page. */
  body: string
}

export interface StubAnswer {
  readonly status: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** `exp` is so far from `iat`, and both are now. */
export function stubToken(lifetimeSeconds = 300): string {
  const iat = Math.floor(Date.now() / 1_000)
  const payload = JSON.stringify({
    sub: 'vera',
    aud: 'stub',
    iat,
    exp: iat + lifetimeSeconds,
    jti: 'aaaaaaaa',
  })
  return `v1.${Buffer.from(payload).toString('base64url')}.c2ln`
}

export const bellMarkup = `<nichatka-bell src="/nichatka/" user="vera" token="${stubToken()}" token-url="/token" interval="5"></nichatka-bell>`

export async function serveStub(): Promise<StubService> {
  const asked: Asked[] = []
  const state: StubState = {
    texts: ['Рассада готова, забирайте', 'До шести'],
    unread: 2,
    critical: 0,
    fault: undefined,
    token: { status: 200, body: stubToken() },
    body: `<header>${bellMarkup}<button id="after">After</button></header><main><h1>Host</h1></main><nichatka-panel></nichatka-panel>`,
  }
  let tokens = 0
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://host')
    if (url.pathname.startsWith('/nichatka/v1/')) await answerApi(request, response, url, asked, state)
    else {
      if (url.pathname === '/token') tokens++
      answerHost(response, url, state)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    state,
    count: (method, path) => asked.filter((call) => call.method === method && call.path === path).length,
    tokensGiven: () => tokens,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const policy = "default-src 'self'; require-trusted-types-for 'script'"
const script = new URL('../../dist/nichatka.js', import.meta.url)
const style = new URL('../../dist/nichatka.css', import.meta.url)
const hostStyle = `:root { color-scheme: light dark; font: 16px/1.5 sans-serif } body { margin: 0; background: Canvas }
header { display: flex; justify-content: flex-end; padding: 4px 12px; border-bottom: 1px solid }
nichatka-bell { display: inline-block; inline-size: 44px; block-size: 44px }`

function answerHost(response: ServerResponse, url: URL, state: StubState): void {
  const send = (type: string, body: string, status = 200, headers = {}) =>
    response
      .writeHead(status, {
        'Content-Type': `${type}; charset=utf-8`,
        'Content-Security-Policy': policy,
        ...headers,
      })
      .end(body)
  if (url.pathname === '/nichatka.js') send('text/javascript', readFileSync(script, 'utf8'))
  else if (url.pathname === '/nichatka/nichatka.css') send('text/css', readFileSync(style, 'utf8'))
  else if (url.pathname === '/host.css') send('text/css', hostStyle)
  else if (url.pathname === '/token')
    send('text/plain', state.token.body ?? '', state.token.status, state.token.headers)
  else if (url.pathname === '/favicon.ico') send('image/png', '')
  else if (url.pathname === '/') send('text/html', hostPage(state.body))
  else send('text/plain', '', 404)
}

const hostPage = (body: string) =>
  `<!doctype html><html lang="ru"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Host</title><link rel="stylesheet" href="/host.css"><script src="/nichatka.js" defer></script></head><body>${body}</body></html>`

async function answerApi(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  asked: Asked[],
  state: StubState,
): Promise<void> {
  let body = ''
  for await (const chunk of request) body += chunk
  const fields = new URLSearchParams([...url.searchParams, ...new URLSearchParams(body)])
  const call = {
    method: request.method ?? '',
    path: url.pathname.slice(13),
    fields,
    headers: request.headers,
  }
  asked.push(call)
  const etag = `"${state.unread}-${state.critical}"`
  if (call.path === 'status' && !state.fault && request.headers['if-none-match'] === etag) {
    response.writeHead(304).end()
    return
  }
  const answer = state.fault?.(call) ?? { status: 200, body: fragmentsFor(call, state) }
  response.writeHead(answer.status, {
    'Content-Type': 'text/html; charset=utf-16',
    'Cache-Control': 'no-store',
    ...(call.path === 'status' && { ETag: etag }),
    ...answer.headers,
  })
  response.end(Buffer.from(`\ufeff${answer.body ?? ''}`, 'utf16le'))
}

function fragmentsFor(call: Asked, state: StubState): string {
  if (call.method === 'POST') state.texts.unshift(call.fields.get('text') ?? '')
  if (call.fields.get('status')) state.unread = Math.max(0, state.unread - 1)
  const id = call.path.split('/')[1]
  const bell = bellFragment(state)
  if (call.path === 'status' || call.path === 'typing') return bell
  if (call.path === 'recipients') return recipients(call.fields.get('q') ?? '')
  if (call.path === 'compose') return compose(call.fields.get('parent'))
  if (call.method === 'POST') return `${bell}${notice('Отправлено')}${compose(null)}`
  if (id) return `${bell}${message(Number(id), state.texts.at(-id) ?? '', 'read')}`
  if (call.fields.get('part') === 'list') return `${bell}${list(state)}`
  return `${bell}${panel(state)}`
}

const escaped = (text: string) =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

export const bellFragment = ({ unread, critical }: { unread: number; critical: number }): string =>
  `<span data-key="bell" data-unread="${unread}"${unread ? ` data-priority="${critical ? 'critical' : 'ordinary'}"` : ''}${critical ? ` data-critical="${critical}"` : ''}><span aria-hidden="true">${unread || ''}</span> <span>Новых сообщений: ${unread}${critical ? `, из них критичных: ${critical}` : ''}</span></span>`

export const notice = (text: string): string =>
  `<div data-key="notice" role="status"><p>${escaped(text)}</p></div>`

export const message = (id: number, text: string, status = 'new'): string =>
  `<article data-key="m${id}" data-status="${status}" data-priority="${id === 2 ? 'critical' : 'ordinary'}"${id === 1 ? ' data-color="green"' : ''} aria-label="Сообщение: Боб"><header><h3><bdi>Боб</bdi></h3> <time datetime="2026-11-21T09:41:00+03:00" title="21 ноября 2026 г., 09:41:00">09:41</time> ${id === 2 ? '<strong data-priority="critical">критично</strong> ' : ''}${status === 'new' ? '<mark>новое</mark>' : ''}${id === 1 ? '<span data-color="green">зелёная</span>' : ''}</header><div>Кому: вы, <bdi>Огород</bdi></div><p>${escaped(text)}</p><div data-call="PATCH messages/${id}" data-live="">${status === 'new' ? '<button data-send="status=read">Прочитано</button>' : ''}<button data-send="status=hidden">Скрыть</button><button data-call="GET compose" data-send="parent=${id}">Ответить</button><details><summary>Метка</summary><select name="color" data-choices="n-f-color" aria-label="Цветная метка">${id === 1 ? '<option value="green" selected="">она зелёная</option>' : '<option value="none" selected="">без метки</option>'}</select></details></div></article>`

export const list = (state: StubState): string =>
  `<section data-key="list" data-newest="${state.texts.length}" data-path="panel" data-query="box=incoming" aria-label="Сообщения"><p>Найдено: ${state.texts.length}</p><ol>${state.texts
    .map((text, index) => `<li>${message(state.texts.length - index, text)}</li>`)
    .join(
      '',
    )}</ol><nav aria-label="Страницы"><button type="button" data-call="GET panel" data-send="box=incoming&amp;cursor=o1&amp;part=list">Старше</button></nav></section>`

const recipients = (query: string): string =>
  `<div data-key="recipients" data-pick="to">${['боб', 'борис', 'вера']
    .filter((name) => name.startsWith(query))
    .map((name) => `<button type="button" value="user:${name}"><bdi>${name}</bdi></button>`)
    .join('')}</div>`

const compose = (parent: string | null): string =>
  `<section data-key="compose"><form data-call="POST messages" data-draft="${parent ? `reply-${parent}` : 'new'}" data-id=""${parent ? ` data-send="parent=${parent}"` : ''}><h3>${parent ? 'Ответ' : 'Новое сообщение'}</h3>${parent ? '' : `<div><label for="n-q">Кому</label><input type="search" id="n-q" name="q" data-call="GET recipients" data-live="" autocomplete="off"></div><div data-chosen="to"></div>${recipients('')}<label for="n-priority">Важность</label><select id="n-priority" name="priority"><option value="ordinary" selected="">обычно</option><option value="important">важно</option></select>`}<label for="n-text">Текст</label><textarea id="n-text" name="text" rows="4" required="" data-typing=""${parent ? ' data-focus=""' : ''}></textarea><div><button type="button" data-quiet="" data-discard="" data-call="GET compose">Отменить</button><button type="submit">Отправить</button></div></form></section>`

const panel = (state: StubState): string =>
  `<section data-key="panel"><header><h2>Сообщения</h2><button type="button" data-close="" aria-label="Закрыть">×</button></header><nav data-key="boxes" aria-label="Где"><button type="button" id="n-box-incoming" data-call="GET panel" data-send="box=incoming" aria-current="page">Входящие</button><button type="button" id="n-box-outgoing" data-call="GET panel" data-send="box=outgoing">Отправленные</button></nav><div data-key="notice"></div>${compose(null)}<form data-key="filters" data-call="GET panel" data-send="part=list" data-live=""><label>Поиск <input type="search" name="q"></label><label>Метка <select id="n-f-color" name="color"><option value="">любая</option><option value="red" selected="">красная</option><option value="green">зелёная</option><option value="blue">синяя</option></select></label></form><div data-key="news"></div>${list(state)}</section>`
