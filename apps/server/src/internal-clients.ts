/**
 * How services reach each other's internal RPCs. This is the one place that knows where a service runs: now all
 * run in this process, and calls go through Connect's in-memory transport, encoded and decoded as on the wire.
 */
import type { DescService } from '@bufbuild/protobuf'
import {
  type Client,
  ConnectError,
  createClient,
  createRouterTransport,
  type Transport,
} from '@connectrpc/connect'
import {
  Code,
  DependencyError,
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

  /**
   * A client for `caller`, which must list the owner of `service` among those that it needs or tells. May be asked for
   * before `register`.
   */
  clientFor<Desc extends DescService>(
    { name, needs, tells = [] }: Pick<ServiceDefinition, 'name' | 'needs' | 'tells'>,
    service: Desc,
  ): Client<Desc> {
    const owner = /^veche\.([a-z]+)\.internal\./.exec(service.typeName)?.[1] ?? ''
    if (![...needs, ...tells].includes(owner))
      throw new TypeError(`${name} does not need ${service.typeName}`)
    return createClient(service, this.#lazily(owner))
  }

  #lazily(owner: string): Transport {
    const find = async () => {
      const transport = this.#transports.get(owner)
      if (transport) return transport
      throw new DependencyError(new ConnectError(`${owner} is not running`, Code.Unavailable))
    }
    return {
      unary: async (...args) => (await find()).unary(...args),
      stream: async (...args) => (await find()).stream(...args),
    }
  }
}
