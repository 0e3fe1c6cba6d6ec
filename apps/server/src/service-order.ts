import type { ServiceDefinition } from '@veche/service-kit'

/** Services so that each comes after those it needs. @throws TypeError on a need that nobody meets, or a circle */
export function inOrderOfNeeds(services: readonly ServiceDefinition[]): ServiceDefinition[] {
  const ordered: ServiceDefinition[] = []
  const waiting = [...services]
  while (waiting.length > 0) {
    const index = waiting.findIndex(({ needs }) =>
      needs.every((need) => ordered.some(({ name }) => name === need)),
    )
    const [next] = index < 0 ? [] : waiting.splice(index, 1)
    if (next === undefined)
      throw new TypeError(`no order of services: ${waiting.map(({ name }) => name).join(', ')}`)
    ordered.push(next)
  }
  return ordered
}
