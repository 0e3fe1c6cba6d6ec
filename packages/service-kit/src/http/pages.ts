import type { Writable } from 'node:stream'
import type { HttpRequest, HttpResponse } from './http-message.ts'
import type { Readiness } from './readiness.ts'

interface Page {
  readonly status: number
  readonly type: 'text/plain' | 'text/html'
  readonly text: string
}

/**
 * The few plain pages of the listener: what this is, whether it is ready, and 404 for the rest. Until the server is ready
 * the rest is 503: what an RPC would have answered is not known yet, and its caller is to come again.
 * @param home the page at `/`; the messenger's where it is left out
 */
export function servePage(
  request: HttpRequest,
  response: HttpResponse,
  readiness: Readiness,
  home: string = welcome,
): void {
  const { status, type, text } = findPage(request, readiness, home)
  response.statusCode = status
  response.setHeader('content-type', `${type}; charset=utf-8`)
  response.setHeader('content-length', Buffer.byteLength(text))
  const body: Writable = response
  body.end(request.method === 'HEAD' ? undefined : text)
}

function findPage({ method, url }: HttpRequest, readiness: Readiness, home: string): Page {
  const path = method === 'GET' || method === 'HEAD' ? url?.split('?', 1)[0] : undefined
  if (path === '/') return { status: 200, type: 'text/html', text: home }
  if (path !== '/health' && readiness.ready) return { status: 404, type: 'text/plain', text: 'not found\n' }
  return readiness.ready
    ? { status: 200, type: 'text/plain', text: 'ok\n' }
    : { status: 503, type: 'text/plain', text: 'starting or stopping\n' }
}

const welcome = `<!doctype html>
<html lang="ru">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Veche</title>
<h1>Вече</h1>
<p>Это сервер Вече — мессенджера со сквозным шифрованием. Прочитать сообщения могут только собеседники.
<p>Чтобы зарегистрироваться, установите Вече и выполните <code>veche register --help</code>. Если вы пришли по
ссылке-приглашению, код приглашения стоит в ней после знака «#».
<div lang="en">
<h1>Veche</h1>
<p>This is a server of Veche, an end-to-end encrypted messenger. Only the people in a conversation can read it.
<p>To register, install Veche and run <code>veche register --help</code>. If an invitation link brought you here,
its code stands after the “#”.
</div>
</html>
`
