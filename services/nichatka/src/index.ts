import { defineService, type HttpRequest, type HttpResponse } from '@veche/service-kit'
import { BellBodies } from './answer/bell-bodies.ts'
import type { NichatkaContext } from './context.ts'
import { migrations } from './database/migrations.ts'
import { HostIds } from './host-ids.ts'
import { Hosts } from './hosts/hosts.ts'
import { Limits } from './limits.ts'
import { createStore } from './postgres-store.ts'
import { serve } from './routes/serve.ts'
import { hostsFileOf, nichatkaSettings } from './settings.ts'
import { KeptSuggestions } from './suggestions.ts'
import { KeptTimes } from './times/times.ts'
import { TokenVerifier } from './token/token-verifier.ts'
import { Typing } from './typing.ts'
import { WidgetFiles } from './widget-files.ts'

/** A bell and a panel beside another system's pages. Owns the schema `nichatka`; needs nothing of the messenger. */
export const nichatka = defineService({
  name: 'nichatka',
  needs: [],
  settings: nichatkaSettings,
  migrations,
  publicRpcs: [],
  async create({ database, clock, limiter, log, settings, dataFolder }) {
    const hosts = await Hosts.open(hostsFileOf(settings, dataFolder), log)
    const widget = await WidgetFiles.read()
    const store = createStore(database, clock)
    const context: NichatkaContext = {
      store,
      hosts,
      hostIds: new HostIds(store),
      tokens: new TokenVerifier((name) => hosts.find(name)),
      limits: new Limits(limiter, settings.rate),
      suggestions: new KeptSuggestions(store, clock),
      typing: new Typing(clock),
      times: new KeptTimes(),
      bells: new BellBodies(),
      clock,
      log,
    }
    return {
      routes() {},
      handle(request: HttpRequest, response: HttpResponse, address: string) {
        if (!request.url?.startsWith('/nichatka/')) return false
        if (!widget.serve(request, response)) void serve(context, request, response, address)
        return true
      },
      stop: () => hosts[Symbol.asyncDispose](),
    }
  },
})
