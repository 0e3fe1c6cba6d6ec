// Arrows point down only (docs/architecture.md): a workspace may depend on those in the lines above its own.
// Biome's noUndeclaredDependencies makes the imports agree with what package.json declares, so that looking
// at package.json is enough here.

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const layers = [
  ['@veche/protocol', '@veche/bell', '@veche/nichatka-host'],
  ['@veche/mls', '@veche/history', '@veche/service-kit'],
  [
    '@veche/sync',
    '@veche/service-accounts',
    '@veche/service-chats',
    '@veche/service-directory',
    '@veche/service-nichatka',
  ],
  ['@veche/client'],
  ['@veche/app-web'],
  ['@veche/app-server'],
  ['@veche/app-terminal'],
  ['@veche/testkit'],
]

/** What no line of a package may depend on although it stands above: each with its reason. */
const forbidden: Record<string, readonly string[]> = {
  // A service knows the engine's decoders (@veche/mls/wire) and the kit, never another service.
  '@veche/service-accounts': ['@veche/history'],
  '@veche/service-chats': ['@veche/history'],
  '@veche/service-directory': ['@veche/history', '@veche/mls'],
  // It runs alone, too: it knows nothing of the messenger.
  '@veche/service-nichatka': ['@veche/protocol', '@veche/history', '@veche/mls', '@veche/nichatka-host'],
  // Clients and servers share the contract alone.
  '@veche/sync': ['@veche/service-kit'],
  '@veche/client': [
    '@veche/service-kit',
    '@veche/service-accounts',
    '@veche/service-chats',
    '@veche/service-directory',
    '@veche/service-nichatka',
  ],
  // It serves the web app's files, and knows nothing of what is in them.
  '@veche/app-server': ['@veche/client', '@veche/history', '@veche/sync', '@veche/mls'],
}

/** One line for each arrow that points up, sideways or across. */
export function directionProblems(root: string): string[] {
  const manifests = globSync('{packages,services,apps,integrations}/*/package.json', { cwd: root }).map(
    (file) => JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest,
  )
  return manifests.flatMap((manifest) => manifestProblems(manifest))
}

export function manifestProblems({ name, dependencies = {} }: Manifest): string[] {
  const own = layerOf(name)
  if (own < 0) return [`${name} stands in no layer of scripts/direction.js`]
  return Object.keys(dependencies)
    .filter((dependency) => dependency.startsWith('@veche/'))
    .filter((dependency) => layerOf(dependency) >= own || forbidden[name]?.includes(dependency))
    .map((dependency) => `${name} must not depend on ${dependency}`)
}

function layerOf(name: string): number {
  return layers.findIndex((layer) => layer.includes(name))
}

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
}
