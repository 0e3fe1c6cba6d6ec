import { ConfigError, type ServiceDefinition } from '@veche/service-kit'

/**
 * The services that this process runs: those of VECHE_SERVICES, or all.
 * @param text names with commas between them
 * @throws ConfigError where there is no such service, or one lacks another that it needs
 */
export function chosenServices(
  text: string | undefined,
  services: readonly ServiceDefinition[],
): readonly ServiceDefinition[] {
  if (text === undefined) return services
  const names = new Set(text.split(',').map((name) => name.trim()))
  const problems = [...names].flatMap((name) => problemsOf(name, names, services))
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `VECHE_SERVICES: ${problem}`))
  return services.filter(({ name }) => names.has(name))
}

function problemsOf(
  name: string,
  names: ReadonlySet<string>,
  services: readonly ServiceDefinition[],
): readonly string[] {
  const service = services.find((candidate) => candidate.name === name)
  if (service === undefined) {
    return [`there is no service "${name}"; there are ${services.map((known) => known.name).join(', ')}`]
  }
  const missing = service.needs.filter((need) => !names.has(need))
  if (missing.length === 0) return []
  return [
    `${name} needs ${missing.join(', ')} in the same process: name it too. Services in several processes are not built yet`,
  ]
}
