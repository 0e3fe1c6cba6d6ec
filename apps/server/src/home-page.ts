import type { ServiceDefinition } from '@veche/service-kit'

/** What stands at `/` where the messenger does not run; undefined where it does. */
export function homePage(services: readonly ServiceDefinition[]): string | undefined {
  if (services.some(({ name }) => name === 'accounts')) return undefined
  return `<!doctype html>
<html lang="ru">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Veche</title>
<h1>Вече</h1>
<p>Здесь работают службы Вече: ${namesOf(services)}. Мессенджера на этом сервере нет.
<div lang="en">
<h1>Veche</h1>
<p>Services of Veche run here: ${namesOf(services)}. There is no messenger on this server.
</div>
</html>
`
}

/** Names are the program's own, and hold nothing that HTML would read. */
function namesOf(services: readonly ServiceDefinition[]): string {
  return services.map(({ name }) => name).join(', ')
}
