/**
 * How services reach each other's internal RPCs. This is the one place that knows where a service runs: now all
 * run in this process, and calls go through Connect's in-memory transport, encoded and decoded as on the wire.
 */
import type { DescService } from '@bufbuild/protobuf'
import { type Client, createClient, createRouterTransport, type Transport } from '@connectrpc/connect'
import {
  dependencyTransport,
  errorInterceptor,
  type Logger,
  type Service,
  type ServiceDefinition,
} from '@veche/service-kit'

export class InternalClients {
  readonly #transports = new Map<string, Transport>()

  /** Makes a service's internal RPCs reachable for the others. */
  register(definition: ServiceDefinition, service: Service, log: Logger): void {
    const transport = createRouterTransport((router) => service.internalRoutes?.(router), {
      router: { interceptors: [errorInterceptor(log)] },
    })
    this.#transports.set(definition.name, dependencyTransport(transport))
  }

  /** A client for `caller`, which must list the owner of `service` among its needs. May be asked for before `register`. */
  clientFor<Desc extends DescService>(
    caller: Pick<ServiceDefinition, 'name' | 'needs'>,
    service: Desc,
  ): Client<Desc> {
    const owner = /^veche\.([a-z]+)\.internal\./.exec(service.typeName)?.[1] ?? ''
    if (!caller.needs.includes(owner)) throw new TypeError(`${caller.name} does not need ${service.typeName}`)
    return createClient(service, this.#lazily(owner))
  }

  #lazily(owner: string): Transport {
    const find = () => {
      const transport = this.#transports.get(owner)
      if (transport === undefined) throw new TypeError(`${owner} is not running`)
      return transport
    }
    return {
      unary: (...args) => find().unary(...args),
      stream: (...args) => find().stream(...args),
    }
  }
}
