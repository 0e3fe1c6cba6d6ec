/**
 * From a request to its answer: path, size and spelling come first, then who asks, then what is asked; only then does the
 * route run. Whatever is wrong on the way is a Refusal, and answered as such.
 */
import type { HttpRequest, HttpResponse } from '@veche/service-kit'
import { respondBell, respondFragments, respondPreflight, respondRefusal } from '../answer/respond.ts'
import type { Exchange } from '../answer/send.ts'
import type { NichatkaContext } from '../context.ts'
import { toRefusal } from '../refusal.ts'
import { authenticate } from '../request/authenticate.ts'
import { Fields } from '../request/fields.ts'
import { ensureLook, type Look, likelyLook, takeTimes } from '../request/look.ts'
import { readBody } from '../request/read-body.ts'
import { wordsOf } from '../words/words.ts'
import { type FoundRoute, findRoute } from './find-route.ts'
import type { Answer } from './route.ts'

/** Answers; never throws. @param address stands for where the request comes from */
export async function serve(
  context: NichatkaContext,
  request: HttpRequest,
  response: HttpResponse,
  address: string,
): Promise<void> {
  const exchange: Exchange = { request, response, origins: context.hosts.origins }
  const fields = new Fields()
  let look = likelyLook(request, fields)
  try {
    if (request.method === 'OPTIONS') return respondPreflight(exchange, look)
    const found = await readRequest(request, fields)
    look = likelyLook(request, fields)
    const answer = await answerTo(context, exchange, { fields, found, look, address })
    if ('unread' in answer) respondBell(exchange, look, answer.unread, context.bells)
    else respondFragments(exchange, look, answer)
  } catch (error) {
    respondRefusal(exchange, look, toRefusal(error, context.log))
  }
}

/** Its path, and the fields of its URL and its body. @throws Refusal */
async function readRequest(request: HttpRequest, fields: Fields): Promise<FoundRoute> {
  const { url = '', method = '' } = request
  const question = url.indexOf('?')
  const found = findRoute(method, question < 0 ? url : url.slice(0, question))
  if (question >= 0) fields.add(url.slice(question + 1))
  if (method === 'POST' || method === 'PATCH') fields.add(await readBody(request))
  return found
}

interface Parts {
  readonly fields: Fields
  readonly found: FoundRoute
  readonly look: Look
  readonly address: string
}

async function answerTo(context: NichatkaContext, { request }: Exchange, parts: Parts): Promise<Answer> {
  const { fields, found, look, address } = parts
  const { host, claims } = await authenticate(context, request, fields, found, address)
  const who = `${host.name} ${claims.sub}`
  await context.limits.takeRequest(who)
  ensureLook(fields)
  const times = takeTimes(fields, context.times, look.lang)
  const asked = { context, words: wordsOf[look.lang], times, pathId: found.pathId, who }
  // All fields are taken before the user comes to be: a request with a mistake leaves nothing behind.
  const call = found.route.prepare(fields, asked)
  const hostId = await context.hostIds.find(host.name)
  return call({ ...asked, hostId, nickname: claims.sub })
}
