/**
 * Whom a server takes its visitor for: browsers in several languages, as their requests look, and a program. Whoever gives
 * one of them something else has to know which; so that the order of what each asks for is left to chance.
 */

export interface Visitor {
  /** Names that are the same in every language. */
  readonly name: string
  readonly protocol: 'HTTP/1.1' | 'HTTP/2'
  readonly headers: Readonly<Record<string, string>>
  /** Tells with each request what it is for, as browsers do. */
  readonly isBrowser: boolean
}

function browser(
  name: string,
  language: string,
  agent: string,
  more: Pick<Visitor, 'protocol'> & { readonly codings: string; readonly hints?: Record<string, string> },
): Visitor {
  const { protocol, codings, hints = {} } = more
  const headers = {
    'user-agent': `Mozilla/5.0 ${agent}`,
    'accept-language': language,
    'accept-encoding': codings,
    ...hints,
  }
  return { name: `${name}, ${language.split(',', 1)[0]}`, protocol, headers, isBrowser: true }
}

function chromium(platform: string, isMobile: boolean): Record<string, string> {
  const brands = '"Chromium";v="148", "Google Chrome";v="148", "Not/A)Brand";v="99"'
  return {
    'sec-ch-ua': brands,
    'sec-ch-ua-mobile': isMobile ? '?1' : '?0',
    'sec-ch-ua-platform': `"${platform}"`,
  }
}

const blink = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0'
const recent = { protocol: 'HTTP/2', codings: 'gzip, deflate, br, zstd' } as const
const apple = { protocol: 'HTTP/2', codings: 'gzip, deflate, br' } as const

export const visitors: readonly Visitor[] = [
  browser(
    'Chrome, Android',
    'ru-RU,ru;q=0.9,en-US;q=0.8',
    `(Linux; Android 10; K) ${blink} Mobile Safari/537.36`,
    {
      ...recent,
      hints: chromium('Android', true),
    },
  ),
  browser('Chrome, Windows', 'en-US,en;q=0.9', `(Windows NT 10.0; Win64; x64) ${blink} Safari/537.36`, {
    ...recent,
    hints: chromium('Windows', false),
  }),
  browser(
    'Firefox, Linux',
    'de,en-US;q=0.7,en;q=0.3',
    '(X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
    recent,
  ),
  browser(
    'Safari, iPhone',
    'ru',
    '(iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
    apple,
  ),
  browser(
    'Safari, macOS',
    'fr-FR,fr;q=0.9',
    '(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15',
    apple,
  ),
  // Old browsers and companies' proxies take no more than that.
  browser(
    'Chrome 61, Windows',
    'kk-KZ',
    '(Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/61.0.3163.100 Safari/537.36',
    {
      protocol: 'HTTP/1.1',
      codings: 'gzip, deflate',
    },
  ),
  {
    name: 'curl',
    protocol: 'HTTP/1.1',
    headers: { 'user-agent': 'curl/8.14.1', accept: '*/*' },
    isBrowser: false,
  },
]

/** What a browser says of a request besides: what the file is for (the Fetch standard, section 2.2). */
export function purposeHeaders(path: string): Readonly<Record<string, string>> {
  const { accept = '*/*', dest, mode, ...more } = purposeOf(path)
  const site = mode === 'navigate' ? 'none' : 'same-origin'
  return { accept, 'sec-fetch-dest': dest, 'sec-fetch-mode': mode, 'sec-fetch-site': site, ...more }
}

interface Purpose {
  readonly dest: string
  readonly mode: string
  readonly [header: string]: string
}

function purposeOf(path: string): Purpose {
  if (path === '/') {
    const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
    return {
      dest: 'document',
      mode: 'navigate',
      accept,
      'sec-fetch-user': '?1',
      'upgrade-insecure-requests': '1',
    }
  }
  if (path === '/service-worker.js') {
    return {
      dest: 'serviceworker',
      mode: 'same-origin',
      'service-worker': 'script',
      'cache-control': 'max-age=0',
    }
  }
  if (path.startsWith('/assets/worker-')) return { dest: 'worker', mode: 'same-origin' }
  const [, end = ''] = /\.([a-z]+)$/.exec(path) ?? []
  return purposes.get(end) ?? { dest: 'empty', mode: 'cors' }
}

const image = {
  dest: 'image',
  mode: 'no-cors',
  accept: 'image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8',
}
const purposes: ReadonlyMap<string, Purpose> = new Map<string, Purpose>([
  ['js', { dest: 'script', mode: 'cors' }],
  ['css', { dest: 'style', mode: 'no-cors', accept: 'text/css,*/*;q=0.1' }],
  ['webmanifest', { dest: 'manifest', mode: 'cors' }],
  ['png', image],
  ['svg', image],
])
