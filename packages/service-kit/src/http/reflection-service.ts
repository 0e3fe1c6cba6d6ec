/**
 * grpc.reflection.v1, and v1alpha for older tools: lets grpcurl, Postman or a client in any language ask what the
 * public listener offers. It tells what `proto/` tells, and only of the services that are registered there and of what
 * their files import: never of an internal one.
 */
import { type DescFile, type DescMessage, type DescService, toBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import { Code, type ConnectRouter } from '@connectrpc/connect'
import {
  ServerReflection,
  type ServerReflectionRequest,
} from '@veche/protocol/gen/grpc/reflection/v1/reflection_pb.js'
import {
  ServerReflection as OlderServerReflection,
  type ServerReflectionRequest as OlderServerReflectionRequest,
} from '@veche/protocol/gen/grpc/reflection/v1alpha/reflection_pb.js'
import { RpcError } from '../rpc/rpc-error.ts'

export interface ReflectionLimits {
  /** Of one stream. */
  readonly maxRequests: number
  /** How long the next request may take; milliseconds. */
  readonly idleTimeoutMs: number
}

export const reflectionServices: readonly DescService[] = [ServerReflection, OlderServerReflection]
const defaultLimits: ReflectionLimits = { maxRequests: 1000, idleTimeoutMs: 10_000 }

/** @param services those of the public listener; the two of reflection itself come on top */
export function registerReflection(
  router: ConnectRouter,
  services: readonly DescService[],
  limits = defaultLimits,
): void {
  const catalogue = new Catalogue([...services, ...reflectionServices])
  router.service(ServerReflection, {
    async *serverReflectionInfo(requests) {
      for await (const request of bounded(requests, limits)) yield answer(catalogue, request)
    },
  })
  router.service(OlderServerReflection, {
    async *serverReflectionInfo(requests) {
      for await (const request of bounded(requests, limits)) yield answer(catalogue, request)
    },
  })
}

/** Two packages, field for field alike. */
type Request = ServerReflectionRequest | OlderServerReflectionRequest

function answer<R extends Request>(catalogue: Catalogue, request: R) {
  return {
    validHost: request.host,
    originalRequest: request,
    messageResponse: find(catalogue, request.messageRequest),
  }
}

function find(catalogue: Catalogue, asked: Request['messageRequest']) {
  switch (asked.case) {
    case 'listServices': {
      const service = catalogue.services.map((name) => ({ name }))
      return { case: 'listServicesResponse', value: { service } } as const
    }
    case 'fileByFilename':
      return filesFrom(catalogue.files.get(asked.value))
    case 'fileContainingSymbol':
      return filesFrom(catalogue.symbols.get(asked.value))
    case 'fileContainingExtension':
    case 'allExtensionNumbersOfType':
      return failure(Code.NotFound, 'there are no extensions')
    default:
      return failure(Code.InvalidArgument, 'nothing was asked')
  }
}

/** The file and all that it imports, so that one question is enough. */
function filesFrom(file: DescFile | undefined) {
  if (file === undefined) return failure(Code.NotFound, 'not found')
  const fileDescriptorProto = withImports(file).map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto))
  return { case: 'fileDescriptorResponse', value: { fileDescriptorProto } } as const
}

function failure(errorCode: Code, errorMessage: string) {
  return { case: 'errorResponse', value: { errorCode, errorMessage } } as const
}

function withImports(file: DescFile): DescFile[] {
  return [...new Set([file, ...file.dependencies.flatMap(withImports)])]
}

class Catalogue {
  /** Full names, sorted. */
  readonly services: readonly string[]
  readonly files = new Map<string, DescFile>()
  /** Full name of whatever may be asked for → the file it is in. */
  readonly symbols = new Map<string, DescFile>()

  constructor(services: readonly DescService[]) {
    this.services = [...new Set(services.map(({ typeName }) => typeName))].sort()
    for (const { typeName, methods, file } of services) {
      for (const imported of withImports(file)) this.#add(imported)
      this.symbols.set(typeName, file)
      for (const { name } of methods) this.symbols.set(`${typeName}.${name}`, file)
    }
  }

  #add(file: DescFile): void {
    this.files.set(file.proto.name, file)
    for (const { typeName } of file.enums) this.symbols.set(typeName, file)
    for (const message of file.messages) this.#addMessage(message, file)
  }

  #addMessage({ typeName, members, nestedEnums, nestedMessages }: DescMessage, file: DescFile): void {
    this.symbols.set(typeName, file)
    for (const { name } of members) this.symbols.set(`${typeName}.${name}`, file)
    for (const nested of nestedEnums) this.symbols.set(nested.typeName, file)
    for (const nested of nestedMessages) this.#addMessage(nested, file)
  }
}

/** Ends a stream that asks too much, or nothing for too long: whoever calls has no account. */
async function* bounded<T>(requests: AsyncIterable<T>, limits: ReflectionLimits): AsyncIterable<T> {
  const iterator = requests[Symbol.asyncIterator]()
  for (let count = 0; ; count++) {
    const next = await within(iterator.next(), limits.idleTimeoutMs)
    if (next.done) return
    if (count === limits.maxRequests) throw new RpcError(Code.ResourceExhausted, 'too_many_calls')
    yield next.value
  }
}

async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new RpcError(Code.DeadlineExceeded, 'stream_idle')), timeoutMs)
  try {
    return await Promise.race([promise, ended])
  } finally {
    clearTimeout(timer)
  }
}
