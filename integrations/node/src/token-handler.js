// @ts-check
// Where the widget gets its next token before the last one expires.

/**
 * One handler for Node's http, Express and Fastify. Never a redirect to a sign-in page: whatever is not a token tells the widget
 * that its user has signed out. No other site gets one (attack C5).
 *
 * @template Request
 * @param {import('./index.js').Signer} signer
 * @param {(request: Request) => string | null | undefined | Promise<string | null | undefined>} nicknameOf
 * @returns {import('./index.js').TokenHandler<Request>}
 */
export function tokenHandler(signer, nicknameOf) {
  return async (request, response, next) => {
    try {
      const answer = await answerTo(request, () => nicknameOf(request), signer)
      return send(response, answer)
    } catch (error) {
      if (next === undefined) throw error
      next(error) // Express 4 looks at no promise
    }
  }
}

/**
 * @param {unknown} request
 * @param {() => string | null | undefined | Promise<string | null | undefined>} findNickname
 * @param {import('./index.js').Signer} signer
 * @returns {Promise<[status: number, body: string]>}
 */
async function answerTo(request, findNickname, signer) {
  const { method, headers } = /** @type {import('node:http').IncomingMessage} */ (request)
  if (method !== 'GET' && method !== 'HEAD') return [405, 'a token is asked for with GET']
  if ((headers['sec-fetch-site'] ?? 'same-origin') !== 'same-origin') {
    return [403, 'a token is for pages of this site']
  }
  const nickname = await findNickname()
  return nickname ? [200, signer.sign(nickname)] : [401, 'not signed in']
}

/**
 * @param {unknown} response
 * @param {[status: number, body: string]} answer
 */
function send(response, [status, body]) {
  const headers = {
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': 'same-origin',
    ...(status === 405 && { Allow: 'GET, HEAD' }),
  }
  if (isFastify(response)) return response.code(status).headers(headers).send(body)
  const plain = /** @type {import('node:http').ServerResponse} */ (response)
  plain.writeHead(status, headers).end(body)
}

/**
 * @param {any} response
 * @returns {response is { code(status: number): any }}
 */
function isFastify(response) {
  return typeof response.code === 'function' && response.raw !== undefined
}
