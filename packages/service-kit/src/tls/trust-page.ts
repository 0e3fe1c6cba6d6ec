/**
 * The page by which people come to trust the authority of a local network. It is the one thing that such a server answers in
 * plain text, for a device that does not trust it yet can load no other; whoever could change it on the way would give
 * another fingerprint, which is why people compare it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'
import type { Signpost } from '../http/http-listener.ts'
import type { HttpHandler, HttpResponse } from '../http/http-message.ts'
import { pointToTls } from '../http/refusals.ts'
import { fingerprintLines, fingerprintOf } from './fingerprint.ts'

export interface TrustPageOptions {
  /** PEM. */
  readonly authority: string
  /** Where to go on, once it is trusted: origins. */
  readonly addresses: () => readonly string[]
}

export const trustPath = '/trust'
export const authorityPath = '/authority.crt'

/** Everybody who comes in plain text gets the page, wherever they wanted to go. */
export function trustSignpost(options: TrustPageOptions): Signpost {
  return (request, response) => {
    if (!isRead(request)) return pointToTls(request, response)
    response.setHeader('connection', 'close')
    answer(request, response, pathOf(request) === authorityPath ? certificate(options) : page(options))
  }
}

/** The same page where it is asked for by TLS. @returns false where something else was asked for */
export function serveTrustPage(
  options: TrustPageOptions,
  ...[request, response]: Parameters<HttpHandler>
): boolean {
  const path = pathOf(request)
  if (!isRead(request) || (path !== trustPath && path !== authorityPath)) return false
  answer(request, response, path === authorityPath ? certificate(options) : page(options))
  return true
}

type Request = Pick<IncomingMessage, 'method' | 'url'>
interface Answer {
  readonly type: string
  readonly text: string
}

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD'
}

function pathOf({ url = '/' }: Request): string {
  return url.split('?', 1)[0]!
}

function answer({ method }: Request, response: HttpResponse | ServerResponse, { type, text }: Answer): void {
  response.statusCode = 200
  response.setHeader('content-type', type)
  response.setHeader('content-length', Buffer.byteLength(text))
  const body: Writable = response
  body.end(method === 'HEAD' ? undefined : text)
}

/** What systems take for an authority's certificate, and not for a text to be shown. */
function certificate({ authority }: TrustPageOptions): Answer {
  return { type: 'application/x-x509-ca-cert', text: authority }
}

function page({ authority, addresses }: TrustPageOptions): Answer {
  const fingerprint = fingerprintLines(fingerprintOf(authority)).join('\n')
  const links = addresses().map((url) => `<li><a href="${escaped(url)}">${escaped(url)}</a>`)
  const parts = { fingerprint, links: links.join('\n') }
  return { type: 'text/html; charset=utf-8', text: document(russian(parts), english(parts)) }
}

/** They come from the operator's settings and the system; none has such characters, and none may bring them. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

interface Parts {
  readonly fingerprint: string
  readonly links: string
}

const document = (first: string, second: string) => `<!doctype html>
<html lang="ru">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Вече · Veche</title>
${first}
<div lang="en">
${second}
</div>
</html>
`

const russian = ({ fingerprint, links }: Parts) => `<h1>Доверие к этому серверу Вече</h1>
<p>Этот сервер работает в вашей местной сети и сам выдаёт себе сертификат. Чтобы браузер ему поверил, один раз на каждом
устройстве установите его удостоверяющий центр. Он действует только для этого сервера и адресов местной сети: сайтов
интернета он подтвердить не может.
<ol>
<li>Скачайте <a href="${authorityPath}">сертификат центра</a> и установите его (как — ниже).
<li>Сравните отпечаток SHA-256 с тем, который назвал человек, запустивший сервер:
<pre>${fingerprint}</pre>
Если они различаются, ничего не устанавливайте: кто-то стоит между вами и сервером.
<li>Откройте Вече:
<ul>
${links}
</ul>
</ol>
<h2>Как установить</h2>
<dl>
<dt>Android
<dd>Настройки → Безопасность → Шифрование и учётные данные → Установить сертификат → Сертификат ЦС → выберите скачанный файл.
<dt>iPhone, iPad
<dd>Откройте эту страницу в Safari и скачайте сертификат. Настройки → «Профиль загружен» → Установить. Затем Настройки →
Основные → Об этом устройстве → Доверие сертификатам → включите «Veche».
<dt>Windows
<dd>Откройте файл → Установить сертификат → Текущий пользователь → Поместить в следующее хранилище → Доверенные корневые
центры сертификации.
<dt>macOS
<dd>Откройте файл: он попадёт в «Связку ключей». Дважды нажмите на «Veche» → Доверие → Всегда доверять.
<dt>Firefox на компьютере
<dd>Настройки → Приватность и защита → Сертификаты → Просмотр сертификатов → Центры сертификации → Импортировать → доверять
при идентификации веб-сайтов.
<dt>Linux: Chromium, Chrome
<dd>Настройки → Конфиденциальность и безопасность → Безопасность → Настроить сертификаты → Импортировать.
</dl>`

const english = ({ fingerprint, links }: Parts) => `<h1>Trusting this Veche server</h1>
<p>This server runs in your local network and certifies itself. For your browser to believe it, install its certificate
authority, once on each device. It is good for this server and for addresses of local networks alone: it cannot vouch for
any site of the internet.
<ol>
<li>Download the <a href="${authorityPath}">authority’s certificate</a> and install it (how: below).
<li>Compare the SHA-256 fingerprint with the one that the person who runs the server tells you:
<pre>${fingerprint}</pre>
If they differ, install nothing: somebody stands between you and the server.
<li>Open Veche:
<ul>
${links}
</ul>
</ol>
<h2>How to install it</h2>
<dl>
<dt>Android
<dd>Settings → Security → Encryption &amp; credentials → Install a certificate → CA certificate → choose the downloaded file.
<dt>iPhone, iPad
<dd>Open this page in Safari and download the certificate. Settings → “Profile Downloaded” → Install. Then Settings → General →
About → Certificate Trust Settings → switch “Veche” on.
<dt>Windows
<dd>Open the file → Install Certificate → Current User → Place all certificates in the following store → Trusted Root
Certification Authorities.
<dt>macOS
<dd>Open the file: it goes into Keychain Access. Double-click “Veche” → Trust → Always Trust.
<dt>Firefox on a computer
<dd>Settings → Privacy &amp; Security → Certificates → View Certificates → Authorities → Import → trust it to identify websites.
<dt>Linux: Chromium, Chrome
<dd>Settings → Privacy and security → Security → Manage certificates → Import.
</dl>`
