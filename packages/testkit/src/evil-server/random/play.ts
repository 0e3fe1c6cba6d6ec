/** Plays stories with real clients, on copies of a scene that was set once. */
import { type EvilServer, introduce, listen, type Scene, type Victim } from '../evil-server.ts'
import { Operator } from '../operator.ts'
import { Director } from './director.ts'
import type { GroupStep, GroupStory } from './group-steps.ts'
import type { Liar } from './lies.ts'
import type { Step } from './steps.ts'
import { type Actor, accountOf, admit, type Story } from './story.ts'

export interface Stage {
  readonly scene: Scene
  /** By handle: a last-resort key package, as it came to the server. */
  readonly packages: ReadonlyMap<string, Uint8Array>
}

/** Three people: Alice and Bob have a chat, Carol has yet to meet them. */
export async function setScene(server: EvilServer): Promise<Stage> {
  const cast = await welcomeAll(server, ['alice', 'bob', 'carol'])
  await introduce(cast[0]!, cast[1]!)
  return stageOf(server, cast)
}

/** Six who let anybody add them: Alice, Bob and Carol have a group, which is Alice's; the others have met nobody. */
export async function setGroupScene(server: EvilServer): Promise<Stage> {
  const cast = await welcomeAll(server, ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'])
  for (const { client } of cast) await client.settings.setAcceptance('allowed')
  const [alice, ...others] = cast.slice(0, 3) as [Victim, ...Victim[]]
  const { chat } = await alice.client.groups.create({ name: 'The village' })
  for (const { handle } of others) await alice.client.groups.add(chat, handle)
  return stageOf(server, cast)
}

export function play(
  stage: Stage,
  steps: readonly Step[],
  judge: (story: Story) => Promise<void>,
): Promise<void> {
  return playOut(stage, { steps }, judge)
}

export function playInGroups(
  stage: Stage,
  story: GroupStory,
  judge: (story: Story) => Promise<void>,
): Promise<void> {
  return playOut(stage, story, judge)
}

/** Plays the steps and then lets everybody speak and hear once more; `judge` sees what came of it. */
async function playOut(
  { scene, packages }: Stage,
  { people, steps }: { people?: number; steps: readonly (Step | GroupStep)[] },
  judge: (story: Story) => Promise<void>,
): Promise<void> {
  const { server, cast } = await scene.begin(people)
  await using _ = server
  const operator = await Operator.create()
  const story: Story = {
    actors: cast.map((victim) => actorOf(victim)),
    operator,
    said: [],
    seen: new Map(),
    admitted: new Map(),
    links: new Map(),
    parted: false,
    crashes: [],
  }
  for (const actor of story.actors) admitPresent(story, actor)
  const director = new Director(server, story, await liarOf(story, packages))
  for (const step of steps) await director.act(step)
  await director.close()
  await judge(story)
}

async function welcomeAll(server: EvilServer, handles: readonly string[]): Promise<Victim[]> {
  const cast: Victim[] = []
  for (const handle of handles) cast.push(await server.welcome(handle))
  return cast
}

async function stageOf(server: EvilServer, cast: readonly Victim[]): Promise<Stage> {
  for (let round = 0; round < 2; round++) for (const victim of cast) await listen(victim)
  const packages = new Map(
    cast.map(({ handle, line }) => {
      const upload = line.calls.find(({ name }) => name === 'UploadKeyPackages')
      return [handle, (upload!.request as unknown as { lastResort: Uint8Array }).lastResort]
    }),
  )
  return { scene: await server.freeze(...cast), packages }
}

function actorOf(victim: Victim): Actor {
  const { client, handle } = victim
  const met = client
    .chats()
    .flatMap((chat) =>
      chat.type === 'private'
        ? [chat.with.handle]
        : client.groups.members(chat.chat).map((member) => member.handle),
    )
  return { handle, victim, before: [], known: undefined, met: new Set(met) }
}

function admitPresent(story: Story, actor: Actor): void {
  for (const { chat, type } of actor.victim.client.chats())
    if (type === 'group') admit(story, chat, accountOf(actor).account)
}

async function liarOf({ actors, operator }: Story, packages: ReadonlyMap<string, Uint8Array>): Promise<Liar> {
  const { chat } = actors[0]!.victim.client.chats()[0]!
  const group = await operator.groupLike(chat, accountOf(actors[0]!).account)
  const logs = () => actors.flatMap(({ victim }) => victim.line.logs)
  return {
    operator,
    forgeries: { commit: await operator.commit(group), message: await operator.message(group) },
    fromAnother: (log) =>
      logs()
        .find(({ chatId }) => !Buffer.from(chatId).equals(log.chatId))
        ?.entries.at(-1),
    packageOf: ({ handle }) => packages.get(handle),
  }
}
