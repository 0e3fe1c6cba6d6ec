/** Under what the machine is reached in its local network. */
import { BlockList, isIP, isIPv6 } from 'node:net'
import { hostname, type NetworkInterfaceInfo, networkInterfaces } from 'node:os'

/** As `os.networkInterfaces` gives them. */
export type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>

/** Addresses of no public network: private, shared, of the link, of the machine itself. */
export const localNetworks = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  '127.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
]

/** Bridges of containers and virtual machines: nobody else in the network reaches those. */
const virtual = /^(docker|br-|veth|virbr|cni|flannel|vmnet|lxc)/

const local = new BlockList()
for (const network of localNetworks) {
  const [address = '', bits] = network.split('/')
  local.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4')
}

/** Whether an address is of a local network, and of no public one. */
export function isLocalAddress(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '')
  return isIP(plain) !== 0 && local.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
}

/** `<name of the machine>.local`, as multicast DNS calls it; veche.local where the machine has no name of its own. */
export function localNameOf(name: string = hostname()): string {
  const label = name.split('.', 1)[0]!.toLowerCase()
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label) && label !== 'localhost'
    ? `${label}.local`
    : 'veche.local'
}

/**
 * The addresses under which others reach a listener, those first that are the likeliest. Link-local IPv6 is left out: no URL
 * can name it.
 * @param listen the address that it listens on
 */
export function localAddresses(listen: string, interfaces: Interfaces = networkInterfaces()): string[] {
  const all = Object.entries(interfaces)
    .flatMap(([name, list = []]) => list.map((one) => ({ ...one, isVirtual: virtual.test(name) })))
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:') && isLocalAddress(address))
    .filter(({ family }) => listen === '::' || family === 'IPv4' || listen !== '0.0.0.0')
  const rank = ({ isVirtual, family, address }: (typeof all)[number]) =>
    (isVirtual ? 4 : 0) + (family === 'IPv6' ? 2 : 0) + (address.startsWith('169.254.') ? 1 : 0)
  const reached = all.toSorted((a, b) => rank(a) - rank(b)).map(({ address }) => address)
  return isEverywhere(listen) ? reached : reached.filter((address) => address === listen)
}

function isEverywhere(listen: string): boolean {
  return listen === '0.0.0.0' || listen === '::'
}
